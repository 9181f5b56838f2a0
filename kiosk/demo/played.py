"""A scenario on the stage: besides the emulated devices it may lay cards, break the platform, and touch the screen itself.

visitor    place(person), lift, face(who), take_paper
platform   fault(verb, endpoint, count, seconds), clear, stop, start             state: up, …
screen     touch(label)                                                          state: screen, mode
kiosk      (nothing can be done to it)    state: what the kiosk itself knows of its devices, "a4_printer.paper", "ups.link", …
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from drivers.emulators.describe import Argument, Description, Verb
from drivers.emulators.scenario import Scenario
from drivers.emulators.scenario_file import load
from kiosk.demo.glass import NotOnScreen
from kiosk.demo.roster import descriptions
from kiosk.demo.stage import StageBench
from kiosk.settings.profile import Profile

TOUCH_SECONDS = 5.0
"""How long a control is looked for: it may be disabled, or not drawn yet, for a moment."""

_LOOK_SECONDS = 0.1


def _verb(*names: str, optional: dict[str, str] | None = None) -> Verb:
    needed = tuple(Argument(name=name, type="str", needed=True) for name in names)
    return Verb(arguments=needed + tuple(Argument(name=k, type=t, needed=False) for k, t in (optional or {}).items()))


OF_THE_STAGE: dict[str, Description] = {
    "visitor": Description(
        verbs={"place": _verb("person"), "lift": _verb(), "face": _verb("who"), "take_paper": _verb()},
        has_state=False,  # it is seen at the devices
    ),
    "platform": Description(
        verbs={
            "fault": _verb("verb", optional={"endpoint": "str", "count": "int", "seconds": "float"}),
            "clear": _verb(),
            "stop": _verb(),
            "start": _verb(),
        }
    ),
    "screen": Description(verbs={"touch": _verb("label")}),
    "kiosk": Description(verbs={}),
}
"""What the stage has besides devices."""


class Hand(Protocol):
    """A hand and an eye on the screen; `kiosk.demo.glass.Glass` is one."""

    async def screen(self) -> dict[str, Any]:
        """Return what is on the glass (docs/screen-tree.md)."""
        ...

    async def state(self) -> dict[str, Any]:
        """Return what the dock page tells (`GET /state`)."""
        ...

    async def touch(self, label: str) -> None:
        """Touch the control with this label. Raise NotOnScreen."""
        ...


class PlayedStage:
    """The stage as a scenario's bench."""

    def __init__(self, bench: StageBench, hand: Hand) -> None:
        self._bench, self._hand = bench, hand

    async def do(self, device: str, verb: str, arguments: dict[str, Any]) -> Any:
        """See `drivers.emulators.scenario.Bench`."""
        if device == "screen":
            return await self._touch(arguments["label"])
        return await self._bench.do(device, verb, arguments)

    async def device_state(self, device: str) -> dict[str, Any]:
        """See `drivers.emulators.scenario.Bench`; `screen` is "" until it is drawn."""
        if device == "screen":
            now = await self._hand.screen()
            return {"screen": now["screen"] if now["drawn"] else "", "mode": now["mode"]}
        if device == "kiosk":
            rows = (await self._hand.state())["devices"]
            return {row["name"]: {**row["details"], **row} for row in rows}
        return await self._bench.device_state(device)

    async def _touch(self, label: str) -> None:
        give_up = time.monotonic() + TOUCH_SECONDS
        while True:
            try:
                return await self._hand.touch(label)
            except NotOnScreen as error:
                if time.monotonic() > give_up:
                    raise LookupError(str(error)) from None
            await asyncio.sleep(_LOOK_SECONDS)


def load_for_stage(path: Path, profile: Profile) -> Scenario:
    """Read a scenario for this stage. Raise `scenario_file.ScenarioMistake`."""
    return load(path, {**descriptions(profile), **OF_THE_STAGE})


Say = Callable[[str], None]


def telling(scenario: Scenario, say: Say) -> Callable[[int, int, Any], None]:
    """Return what tells a person of each step."""

    def told(number: int, index: int, step: Any) -> None:
        what = f"{step.device} {step.do}" if step.do else f"{step.after.device} 到了 {step.after.state}"
        say(f"剧本「{scenario.title}」第 {number} 遍第 {index}/{len(scenario.steps)} 步：{what}")

    return told
