"""However a visit ends, nothing of how it was shown is left: the next visitor finds 标准版, and everything known is wiped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from drivers.contract.secret import SecretText
from kiosk.catalogue.item import items
from kiosk.journey.runner import END
from kiosk.lobby import Lobby, lobby
from kiosk.policies import visit_policy
from kiosk.screens.compose import Composer, Place
from kiosk.screens.screen import Look, Mode
from kiosk.settings.hours import Hours
from kiosk.settings.profile import Offered
from kiosk.visit import Ending, Visit, VisitEnds
from tests.support.scripted import ScriptedWindow

ITEM = next(iter(items()))


async def _raises(error: BaseException) -> str:
    raise error


ENDINGS: dict[Ending, Callable[[], Awaitable[str]]] = {
    Ending.DONE: lambda: asyncio.sleep(0, END),
    Ending.LEFT: lambda: _raises(VisitEnds(Ending.LEFT)),
    Ending.TIMED_OUT: lambda: _raises(VisitEnds(Ending.TIMED_OUT)),
    Ending.CRASHED: lambda: _raises(RuntimeError()),
}


def test_there_is_no_other_ending() -> None:
    assert set(ENDINGS) == set(Ending) - {Ending.SERVICE}  # that one is nobody's visit: tests/kiosk/maintenance


@pytest.mark.parametrize("how", [*ENDINGS, "stopped"])
@pytest.mark.parametrize("by", ["chosen", "changed", "offered"])
def test_the_mode_ends_with_the_visit(how: Any, by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name = SecretText("某某")

    async def walk(route: object, visit: Visit, desk: object) -> str:
        visit.give(name)
        if by == "offered":
            await visit.offer_elder()
        assert visit.elder
        visit.call = None
        if how == "stopped":
            raise asyncio.CancelledError
        return await ENDINGS[how]()

    monkeypatch.setattr(lobby, "walk", walk)
    window = ScriptedWindow(
        {
            "idle": ["signs", "elder" if by == "chosen" else "standard", None],
            "choose": ["mode", ITEM] if by == "changed" else ITEM,
            "elder_offer": "elder",
            "thanks": "done",
        }
    )

    async def go() -> None:
        served = Lobby(window, _desk(), visit_policy(), Composer(_PLACE), lambda event, **payload: None, _nobody())
        if how == "stopped":
            with pytest.raises(asyncio.CancelledError):
                await served.one_visit()
        else:
            assert await served.one_visit() is how
        last = window.looks[-1]
        assert last.mode is Mode.ELDER, "the good-bye is still said in the visitor's mode"
        assert last.signs, "and in sign language, for whoever asked for it"
        assert name.wiped
        waiting = asyncio.ensure_future(served.one_visit())
        while window.shown[-1].name != "idle":
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert window.looks[-1] == Look()

    asyncio.run(go())


_PLACE = Place(name="某地", phone="", elsewhere_place="", elsewhere_hours="")


def _nobody() -> Any:
    """No staff ever asks for the machine."""
    return SimpleNamespace(wanted=asyncio.Event(), let_try=lambda trial: None)


def _desk() -> Any:
    """As much of a desk as the lobby itself asks: every item is offered somehow, and there is no reader to lift a card from."""
    devices = SimpleNamespace(
        offered=lambda code, required: Offered.GUIDE, ready=lambda device_class: None, of=lambda device_class: None
    )
    return SimpleNamespace(
        site=SimpleNamespace(items=(ITEM,), hours=Hours(), favourites=(), zone=UTC),
        devices=devices,
        now=lambda: datetime.now(UTC),
        serving=SimpleNamespace(shut=lambda: None, note=lambda *about: ""),
        local_now=lambda: datetime(2026, 11, 22, 12, 0),
    )
