"""A printer that is away before, or fails in the middle: said before the card, or a serial that is void and a slip for it."""

from __future__ import annotations

import pytest

from kiosk.journal.states import PrintState
from tests.support.house import House
from tests.support.walk import Walk

pytestmark = [pytest.mark.anyio, pytest.mark.screen]


async def test_unplugged_or_empty_before_is_said_before_the_card(kiosk: House) -> None:
    walk, do = Walk(kiosk), kiosk.glass.do
    await do("a4_printer", "empty")
    await kiosk.device("a4_printer", paper="out")
    await walk.to_guide()
    await walk.touch("guide.start", "cannot")
    await kiosk.glass.says("打印机和纸", "缺纸", "还没有读取您的任何信息。您可以这样办:")
    await do("a4_printer", "load", sheets=50)
    await do("a4_printer", "unplug")
    await kiosk.device("a4_printer", link="gone")
    await walk.touch("precheck.again", "cannot")
    await kiosk.glass.says("打印机和纸", "暂时不行", "示例区政务服务中心 3 号窗口")
    await do("a4_printer", "replug")
    await kiosk.device("a4_printer", readiness="ready")
    await walk.touch("precheck.again", "card")
    await walk.leaves()


async def test_one_that_dies_in_the_middle_leaves_a_void_serial_and_a_slip(hasty: House) -> None:
    walk, do = Walk(hasty), hasty.glass.do
    sheets, slips = hasty.sheets_out(), len(hasty.slips())
    await walk.to_review()
    await do("a4_printer", "die_mid_job")
    await walk.touch("review.print", "print_failed", seconds=40)
    operation = hasty.operations()[-1]
    assert operation.state is PrintState.DOUBTFUL
    await hasty.glass.says("这一份没有打好", "这一份已经停用。凭编号可以免费重打,不用再排队。", operation.serial)
    await hasty.glass.touch(walk.say("print_failed.slip"))
    await hasty.glass.says("凭条已打印,请取走。", operation.serial)
    assert operation.serial in hasty.slips()[slips]
    await walk.leaves()
    assert hasty.sheets_out() == sheets
    assert (await hasty.delivered())["serials"].get("active", 0) == 0


async def test_a_jam_is_told_a_mended_printer_is_offered_again_and_half_a_paper_does_not_count(hasty: House) -> None:
    walk, do, sheets = Walk(hasty, person="p2"), hasty.glass.do, hasty.sheets_out()
    await walk.to_review()
    await do("a4_printer", "jam", at_page=1)
    await walk.touch("review.print", "print_failed", seconds=40)
    await hasty.glass.says("没有打印出来", "打印机卡纸了")
    assert hasty.operations()[-1].state is PrintState.VOID
    await do("a4_printer", "clear_jam")
    await hasty.glass.says(walk.say("print_failed.again"))
    await do("a4_printer", "jam", at_page=2)
    await hasty.glass.touch(walk.say("print_failed.again"))
    await hasty.glass.says("这一份没有打好", "打印机卡纸了", seconds=40)
    operation = hasty.operations()[-1]
    assert operation.state is PrintState.DOUBTFUL
    await hasty.glass.says(operation.serial)
    await walk.leaves()
    assert hasty.sheets_out() == sheets + 1
    assert (await hasty.delivered())["serials"].get("active", 0) == 0, "half a paper counts for nothing"
