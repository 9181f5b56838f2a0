"""A platform that is away, comes back, or answers with what cannot be proved: never another person's paper."""

from __future__ import annotations

import pytest

from tests.support.house import House
from tests.support.walk import Walk

pytestmark = [pytest.mark.anyio, pytest.mark.screen]


async def test_away_before_and_in_the_middle_is_told_and_tried_again(kiosk: House) -> None:
    walk, do, sheets = Walk(kiosk), kiosk.glass.do, kiosk.sheets_out()
    await do("platform", "stop")
    await walk.to_guide()
    await walk.touch("guide.start", "cannot")
    await kiosk.glass.says(
        "现在暂时办不了", "还没有读取您的任何信息。您可以这样办:", "办事系统", "连不上", "示例区政务服务中心 3 号窗口"
    )
    await do("platform", "start")
    await walk.touch("precheck.again", "card")
    await walk.from_card_to_licence_consent()
    await do("platform", "stop")
    await walk.touch("licence_consent.agree", "fetch_slow")
    await kiosk.glass.says("办事系统没有回应", "没有打印任何东西,也没有留下您的信息。请再试一次,或稍后再来。")
    await do("platform", "start")
    await walk.touch("fetch_failed.again", "review")
    await do("platform", "stop")
    await walk.touch("review.print", "print_failed")
    await kiosk.glass.says("没有打印出来")
    await do("platform", "start")
    await walk.leaves()
    assert kiosk.sheets_out() == sheets


@pytest.mark.parametrize("verb", ["another_person", "broken_seal"])
async def test_what_cannot_be_proved_is_not_printed(kiosk: House, verb: str) -> None:
    walk, sheets = Walk(kiosk), kiosk.sheets_out()
    before = await kiosk.platform()
    await walk.to_licence_consent()
    await kiosk.glass.do("platform", "fault", verb=verb)
    await walk.touch("licence_consent.agree", "referral")
    await kiosk.glass.says("这份文件没有通过核对", "为免出错,没有打印。已经通知后台,请到窗口办理。", "0000-12345678")
    await walk.leaves()
    assert kiosk.sheets_out() == sheets
    after = await kiosk.delivered()
    assert after["counts"]["tasks"] == before["counts"]["tasks"] + 1, "the back office was told indeed"
    assert after["serials"] == before["serials"]
