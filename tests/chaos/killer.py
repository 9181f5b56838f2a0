"""A kiosk core that kills itself (SIGKILL) at a chosen boundary: `python -m tests.chaos.killer JSON`.

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
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from drivers.client import DeviceClient
from kiosk.app import running
from kiosk.gateways.transport import Transport
from kiosk.journal.store import Journal
from kiosk.settings.profile import load_profile
from kiosk.settings.site import load_site
from tests.chaos.mutations import MUTATIONS
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
    async with running(load_site(site_file), load_profile(profile_file, overrides), window=window) as kiosk:
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


async def settled(kiosk: Any) -> None:
    """Wait until every effect has ended and everything is delivered."""
    if kiosk.printing is not None:
        await kiosk.printing.idle()
    for _ in range(400):
        if kiosk.journal.waiting() == 0:
            return
        await asyncio.sleep(0.05)


class Bench:
    """Asks the process that started this one to touch the emulators: a line out, a line back."""

    def __init__(self, keeper: tuple[str, str], *, only_settle: bool) -> None:
        self.keeper = keeper
        self.only_settle = only_settle

    async def place(self) -> None:
        await self._ask("place")

    async def take(self) -> None:
        await self._ask("take")

    async def lift(self) -> None:
        await self._ask("lift")

    async def _ask(self, what: str) -> None:
        sys.stdout.write(what + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)


def main() -> None:
    asked = json.loads(sys.argv[1])
    boundaries = Boundaries(asked["fatal"], Path(asked["report"]))
    if asked["mutation"]:
        MUTATIONS[asked["mutation"]]()
    watch(boundaries)
    bench = Bench((asked["keeper"], asked["pin"]), only_settle=asked["only_settle"])
    asyncio.run(visit(Path(asked["site"]), Path(asked["profile"]), asked["overrides"], bench, boundaries))


if __name__ == "__main__":
    main()
