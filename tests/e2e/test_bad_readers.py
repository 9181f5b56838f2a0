"""Garbled, short, late and silent bytes from the reader: a sentence each, another try, and a visit that can still be done."""

from __future__ import annotations

import pytest

from tests.support.house import House
from tests.support.walk import Walk

pytestmark = [pytest.mark.anyio, pytest.mark.screen]

NOT_CLEAR = "没有读清楚,请再试一次。"
NO_ANSWER = "设备没有回应,请稍等片刻再试一次。"
NOT_READ = "没有读出来。请把身份证单独平放,不要叠着别的卡。"

READ = "3001"
"""The command that reads text and photograph."""


async def test_each_kind_of_bad_reading_has_its_sentence_and_another_try(hasty: House) -> None:
    walk, do = Walk(hasty), hasty.glass.do
    before = await hasty.platform()
    await walk.to_card()
    for fault, sentence in (
        ({"kind": "garble"}, NOT_CLEAR),
        ({"kind": "short", "command": READ}, NOT_CLEAR),
        ({"kind": "slow", "command": READ, "seconds": 3.0}, NO_ANSWER),
        ({"kind": "silent"}, NO_ANSWER),
        ({"kind": "status", "command": READ, "sw3": 0x41}, NOT_READ),
    ):
        await do("id_reader", "fault", **fault)
        await walk.place()
        await hasty.glass.wait_for("card_trouble")
        await hasty.glass.says(sentence, "再放一次", "换个办法")
        await do("id_reader", "clear_faults")
        await walk.goes()
        await hasty.device("id_reader", readiness="ready")
        await walk.touch("card.retry", "card")
    await do("id_reader", "fault", kind="lift_early", times=1)
    await walk.place()
    await hasty.glass.says("请再放一次", "身份证拿得早了一点。请再放一次,听到提示再拿走。")
    await walk.place()
    await hasty.glass.wait_for("face_consent")
    await walk.leaves()
    assert (await hasty.platform())["counts"] == before["counts"]


async def test_a_reader_that_dies_while_it_reads_leads_to_another_way(kiosk: House) -> None:
    walk = Walk(kiosk)
    await walk.to_card()
    await kiosk.glass.do("id_reader", "fault", kind="die_mid_command", times=1)
    await walk.place()
    await kiosk.glass.wait_for("card_trouble")
    await kiosk.glass.says("请换一台机器,或到窗口办理。")
    await walk.touch("card.other_way", "referral")
    await kiosk.glass.says("示例区政务服务中心 3 号窗口", "0000-12345678")
    await walk.goes()
    await walk.leaves()
