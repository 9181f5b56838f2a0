"""A kiosk core that kills itself (SIGKILL) at a chosen boundary; started by tests/chaos/lives.py, which tells it where.

A boundary is the moment just before, or just after, something that others can see: a journal commit, a request to the
platform, a command to a device. The core is the real one; the window is scripted. N counts boundaries from the start of the
visit; with N = 0 nothing is killed and the boundaries are listed in the report.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import kiosk.assembly  # noqa: F401  what a start would read behind the first screen: every life finds it loaded
from drivers.client import DeviceClient
from drivers.link.channel import Channel
from drivers.link.parent import parent_channel
from kiosk.app import running
from kiosk.gateways.transport import Transport
from kiosk.journal.store import Journal
from kiosk.kiosk import Kiosk
from kiosk.settings.profile import load_profile
from kiosk.settings.site import load_site
from tests.chaos.mutations import MUTATIONS
from tests.support.face_later import face_later
from tests.support.scripted import ScriptedWindow, doing, typing


class Boundaries:
    """Counts boundaries while armed, and ends the process at the chosen one."""

    def __init__(self, fatal: int, report: Path) -> None:
        self.armed = False
        self._fatal = fatal
        self._report = report
        self._names: list[str] = []

    def cross(self, name: str) -> None:
        if not self.armed:
            return
        self._names.append(name)
        if len(self._names) == self._fatal:
            self._report.write_text(json.dumps({"killed_at": name}), "utf-8")
            os.kill(os.getpid(), signal.SIGKILL)

    def finished(self, **facts: Any) -> None:
        self._report.write_text(json.dumps({"boundaries": self._names, **facts}), "utf-8")


def watch(boundaries: Boundaries) -> None:
    """Put a boundary before and after each thing that others can see."""

    def around(owner: type, method: str, name: Callable[..., str]) -> None:
        original = getattr(owner, method)

        if asyncio.iscoroutinefunction(original):

            @functools.wraps(original)
            async def awaited(self: Any, *args: Any, **kwargs: Any) -> Any:
                boundaries.cross(f"before {name(*args)}")
                try:
                    return await original(self, *args, **kwargs)
                finally:
                    boundaries.cross(f"after {name(*args)}")

            setattr(owner, method, awaited)
        else:

            @functools.wraps(original)
            def called(self: Any, *args: Any, **kwargs: Any) -> Any:
                boundaries.cross(f"before {name(*args)}")
                try:
                    return original(self, *args, **kwargs)
                finally:
                    boundaries.cross(f"after {name(*args)}")

            setattr(owner, method, called)

    around(Journal, "begin_print", lambda *_: "journal intent")
    around(Journal, "note", lambda *_: "journal note")
    around(Journal, "move", lambda _, state, *__: f"journal {state.value}")
    around(Journal, "post", lambda key, *_: f"journal post {key.partition(':')[0]}")
    around(Transport, "call", lambda endpoint, *_: f"platform {endpoint.path}")
    around(DeviceClient, "call", lambda command, *_: f"device {type(command).__name__}")


async def visit(
    site_file: Path, profile_file: Path, overrides: dict[str, Any], bench: Bench, boundaries: Boundaries
) -> None:
    keeper = bench.keeper
    window = ScriptedWindow(
        {
            "recovering": None,
            "idle": ["standard", None],
            "choose": "KX-RS-001",
            "guide": "start",
            "precheck": None,
            "card": doing(bench.place),
            "card_reading": None,
            "face_consent": "other_way",
            "other_way": "keeper",
            "keeper": typing("confirm", keeper=keeper[0], pin=keeper[1]),
            "keeper_asking": None,
            "licence_consent": "agree",
            "fetch": None,
            "review": "print",
            "printing": None,
            "take_paper": doing(bench.take),
            "slip_question": "slip",
            "rate": "level_4",
            "take_card": doing(bench.lift),
            "thanks": "done",
            "print_failed": "done",
        }
    )
    site, profile = load_site(site_file), load_profile(profile_file, overrides)
    with face_later():  # this visitor goes to the keeper
        await lived(running(site, profile, window=window), bench, boundaries)


async def lived(kiosk_running: AbstractAsyncContextManager[Kiosk], bench: Bench, boundaries: Boundaries) -> None:
    async with kiosk_running as kiosk:
        while any(each.status is None for each in kiosk.devices.table()):
            await asyncio.sleep(0.02)
        if bench.only_settle:
            await settled(kiosk)
            boundaries.finished(settled=kiosk.settled)
            return
        boundaries.armed = True
        ending = await asyncio.wait_for(kiosk.lobby.one_visit(), 60)
        await settled(kiosk)
        boundaries.armed = False
        boundaries.finished(ending=str(ending))


async def settled(kiosk: Kiosk) -> None:
    """Wait until every effect has ended and everything is delivered."""
    if kiosk.printing is not None:
        await kiosk.printing.idle()
    for _ in range(400):
        if kiosk.journal.waiting() == 0:
            return
        await asyncio.sleep(0.05)


class Bench:
    """Asks the process that started this one to touch the emulators: a word out, a word back."""

    def __init__(self, link: Channel, keeper: tuple[str, str], *, only_settle: bool) -> None:
        self.keeper = keeper
        self.only_settle = only_settle
        self._link = link

    async def place(self) -> None:
        await self._ask(b"place")

    async def take(self) -> None:
        await self._ask(b"take")

    async def lift(self) -> None:
        await self._ask(b"lift")

    async def _ask(self, what: bytes) -> None:
        self._link.send(what)
        await asyncio.to_thread(self._link.receive)


def main() -> int:
    """Live one life, as the first word on the channel asks."""
    link = parent_channel()
    packet = link.receive()
    assert packet is not None
    asked = json.loads(packet[0])
    boundaries = Boundaries(asked["fatal"], Path(asked["report"]))
    if asked["mutation"]:
        MUTATIONS[asked["mutation"]]()
    watch(boundaries)
    bench = Bench(link, (asked["keeper"], asked["pin"]), only_settle=asked["only_settle"])
    asyncio.run(visit(Path(asked["site"]), Path(asked["profile"]), asked["overrides"], bench, boundaries))
    return 0
