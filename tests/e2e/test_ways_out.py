"""Back, help, leave, and no: on the real window, from any screen, and nothing of the visitor stays."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.demo.glass import nodes
from kiosk.screens.screen import Mode
from tests.support.house import House
from tests.support.walk import Walk, words

pytestmark = [pytest.mark.anyio, pytest.mark.screen]


async def visits(kiosk: House) -> int:
    ended: int = (await kiosk.glass.state())["visits"]
    return ended


async def test_help_comes_over_a_screen_and_leads_back_to_it(kiosk: House) -> None:
    walk = Walk(kiosk, Mode.ELDER)
    await walk.touch("bar.help", "help")
    await walk.touch("help.go_on", "idle")
    await walk.to_guide()
    before = await kiosk.glass.screen()
    await walk.touch("bar.help", "help")
    await kiosk.glass.says("0000-12345678", "12345")
    await walk.touch("help.go_on", "guide")
    assert words(await kiosk.glass.screen()) == words(before)
    await walk.touch("guide.start", "card")
    await walk.touch("bar.help", "help")
    await walk.touch("help.go_on", "card")
    await walk.place()
    await kiosk.glass.wait_for("face_consent")
    await walk.leaves()


async def test_a_cleared_box_stays_clear_and_no_is_a_way_too(kiosk: House) -> None:
    walk = Walk(kiosk)
    await walk.to_licence_consent()
    await kiosk.glass.touch("社会保险个人参保证明")
    await kiosk.glass.says("未选")
    await walk.touch("bar.help", "help")
    await walk.touch("help.go_on", "licence_consent")
    assert box(await kiosk.glass.screen()) == "未选"
    await kiosk.glass.touch(walk.say("licence_consent.agree"))
    told = await kiosk.glass.says(walk.say("licence_consent.none_ticked"))
    assert box(told) == "未选", "a yes that was taken back is not given again by the screen"
    await walk.touch("licence_consent.other", "referral")
    await walk.leaves()


def box(screen: dict[str, Any]) -> str:
    (found,) = [node["value"] for node in nodes(screen) if node["role"] == "checkbox"]
    return str(found)


async def test_back_leads_to_the_step_before_and_the_card_is_asked_for_again(kiosk: House) -> None:
    walk = Walk(kiosk)
    ended = await visits(kiosk)
    await walk.to_choice()
    await kiosk.glass.touch(walk.say("bar.home"))
    await walk.is_over(ended)
    await walk.to_guide()
    await walk.touch("bar.back", "choose")
    await walk.touch("打印参保证明", "guide")
    await walk.touch("guide.start", "card")
    await walk.touch("bar.back", "elder_offer")  # the second time: whoever goes to and fro may want it simpler
    await walk.touch("elder_offer.no", "guide")
    await walk.touch("guide.start", "card")
    await walk.place()
    await kiosk.glass.wait_for("face_consent")
    await kiosk.glass.do("visitor", "face", who="astronaut")
    await walk.touch("face_consent.agree", "licence_consent", seconds=40)
    await walk.touch("bar.back", "card")
    await kiosk.glass.says("请把身份证拿起来,再放一次。")
    await walk.goes()
    await walk.place()
    await kiosk.glass.wait_for("face_consent")
    assert [row.payload["step"] for row in kiosk.audit("step")][-1] == "face_consent", "the face is asked for again too"
    await walk.leaves()


async def test_leaving_before_the_print_wipes_and_prints_nothing(kiosk: House) -> None:
    walk, sheets, before = Walk(kiosk, Mode.ELDER, "p2"), kiosk.sheets_out(), await kiosk.platform()
    await walk.to_review()
    await kiosk.glass.touch(walk.say("bar.leave"))
    await kiosk.glass.says(walk.say("take.card_title"))
    assert await kiosk.alive() <= kiosk.alive_between_visits, "wiped before the card is seen off"
    ended = await visits(kiosk)
    await walk.goes()
    await walk.is_over(ended)
    assert kiosk.sheets_out() == sheets
    assert [row.payload["ending"] for row in kiosk.audit("wiped")][-1] == "left"
    assert (await kiosk.platform())["serials"] == before["serials"]


async def test_once_it_prints_nobody_can_leave(kiosk: House) -> None:
    walk = Walk(kiosk)
    await kiosk.glass.do("a4_printer", "slow", seconds_per_page=2.0)
    await walk.to_review()
    screen = await walk.touch("review.print", "printing")
    bar = {node["name"]: node for node in nodes(screen) if node["role"] == "button"}
    assert [bar[name]["enabled"] for name in ("返回", "离开", "叫人帮忙")] == [False, False, True]
    x, y, width, height = bar["离开"]["bounds_px"]
    await kiosk.glass.touch_at(x + width // 2, y + height // 2)
    await kiosk.glass.wait_for("take_paper", seconds=30)
    await kiosk.glass.do("a4_printer", "slow", seconds_per_page=0.2)
    await walk.finish()


async def test_no_to_the_face_leads_to_the_referral_slip(kiosk: House) -> None:
    walk, slips = Walk(kiosk), len(kiosk.slips())
    await walk.to_face_consent()
    await walk.touch("face_consent.other", "other_way")
    await walk.touch("other_way.referral", "referral")
    await kiosk.glass.touch(walk.say("referral.print"))
    await kiosk.glass.says(walk.say("referral.printed"))
    assert "示例区政务服务中心 3 号窗口" in kiosk.slips()[slips]
    ended = await visits(kiosk)
    await walk.touch("referral.done", "take_card")
    await walk.goes()
    await kiosk.glass.wait_for("thanks")
    await kiosk.glass.touch(walk.say("thanks.done"))
    await walk.is_over(ended)
