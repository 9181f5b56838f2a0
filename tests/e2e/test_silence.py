"""Nobody answers: a warning that can be answered, an end that leaves nothing, and a card that is asked for until it is taken."""

from __future__ import annotations

import time
from typing import Any

import pytest

from kiosk.demo.glass import nodes
from kiosk.screens.screen import Mode
from tests.support.house import House
from tests.support.walk import Walk, words

pytestmark = [pytest.mark.anyio, pytest.mark.screen]


def value_of(role: str, screen: dict[str, Any]) -> str:
    (found,) = [node["value"] for node in nodes(screen) if node["role"] == role]
    return str(found)


async def test_silence_is_warned_of_ends_the_visit_and_asks_for_the_card_until_it_is_lifted(hasty: House) -> None:
    walk = Walk(hasty, Mode.ELDER, "p2")
    await walk.to_choice()
    await walk.touch("choose.more", "more")
    await hasty.glass.touch("下一页")
    turned = words(await hasty.glass.says("上一页"))

    await hasty.glass.wait_for("idle_warning", seconds=8)
    await walk.touch("idle_warning.go_on", "more")
    assert words(await hasty.glass.screen()) == turned, "going on finds the screen as it was left"
    await walk.leaves()

    await walk.to_face_consent()  # the card is read: a face takes longer than this hasty kiosk waits
    warned = await hasty.glass.wait_for("idle_warning", seconds=8)
    began = time.monotonic()
    await hasty.glass.says("您还在吗?", "接着办", "不办了")
    first = int(value_of("timer", warned).split()[0])
    tasks = (await hasty.platform())["counts"]["tasks"]
    ended = (await hasty.glass.state())["visits"]
    later = await hasty.glass.says("秒后回到首页", f"{first - 5} ", seconds=8)
    assert later["screen"] == "idle_warning", "it counts down"
    await hasty.glass.wait_for("take_card", seconds=25)
    assert time.monotonic() - began >= 19, "twenty seconds to answer (WCAG 2.2.1)"
    assert await hasty.alive() <= hasty.alive_between_visits, "wiped before the card is seen off"

    await hasty.glass.says("身份证还在机器上,请拿走。", seconds=8)
    await hasty.until(lambda state: state["bench"]["platform"]["counts"]["tasks"] == tasks + 1)
    assert (await hasty.glass.screen())["screen"] == "take_card", "the keeper is told, and the asking goes on"
    await walk.goes()
    await walk.is_over(ended)
    assert [row.payload["ending"] for row in hasty.audit("wiped")][-1] == "timed_out"
