"""返回 leads one question back while something is being paused, and from the first question to where it began."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kiosk.maintenance import pausing
from kiosk.maintenance.rights import Role, Staff
from kiosk.maintenance.samples.common import shift, site
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.opening.pauses import Kind, Pause, Why
from kiosk.screens.screen import Answer, Screen
from kiosk.visit import Backed


class Begun:
    """The pauses of a machine on which nothing is paused yet."""

    def __init__(self, there: Pause | None = None) -> None:
        self.begun: list[Pause] = []
        self.there = there

    def of(self, kind: Kind, name: str) -> Pause | None:
        """What is paused."""
        return self.there

    def end(self, kind: Kind, name: str) -> None:
        self.there = None

    def begin(self, pause: Pause) -> None:
        self.begun.append(pause)


def paused(*answers: str, pauses: Begun | None = None) -> tuple[list[Pause], list[str]]:
    """Answer one question after the other ("back" goes back); return what was paused, and the screens."""
    pauses = pauses or Begun()
    made, shown, left = shift(), [], list(answers)

    async def ask(screen: Callable[[], Screen], **_: Any) -> Answer:
        shown.append(screen().name.removeprefix("staff_pausing_"))
        if (action := left.pop(0)) == "back":
            raise Backed
        return Answer(action=action)

    here = SimpleNamespace(
        ask=ask,
        say=made.say,
        composer=made.composer,
        who=Staff(code="T-0001", role=Role.TECHNICIAN),
        act=lambda *_, **__: None,
    )
    now = datetime(2026, 3, 20, 9, 41, tzinfo=UTC)
    tools = SimpleNamespace(
        site=site(), now=lambda: now, serving=SimpleNamespace(pauses=pauses, end_text=lambda *_: "10:00")
    )
    asyncio.run(pausing.change(cast(Shift, here), cast(Toolbox, tools), Kind.KIOSK, ""))
    return pauses.begun, shown


def test_back_from_the_own_words_and_from_the_end_leads_to_the_reasons() -> None:
    begun, shown = paused(Why.OWN.value, "back", Why.PAPER.value, "back", Why.REPAIR.value, "0")
    assert shown == ["why", "words", "why", "until", "why", "until"]
    assert [each.why for each in begun] == [Why.REPAIR]


def test_back_from_the_reasons_pauses_nothing() -> None:
    with pytest.raises(Backed):
        paused("back")


@pytest.mark.parametrize(("answer", "serves"), [("resume", True), ("no", False)])
def test_what_is_paused_serves_again_only_when_somebody_says_so(answer: str, serves: bool) -> None:
    pauses = Begun(Pause(kind=Kind.KIOSK, name="", why=Why.REPAIR, words="", since=0.0, until=9e9, by="T-0002"))
    assert paused(answer, pauses=pauses) == ([], ["resume"])
    assert (pauses.there is None) is serves
