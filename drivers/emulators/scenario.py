"""A scenario: what happens to emulated devices, and when. Read from a file by `scenario_file`, played here on any bench.

A round goes through the steps in order. A step waits for what it says it comes `after`, then for its time (`at`: seconds since the
round began; `pause`: seconds since the step before), and then does one thing. The same seed gives the same jitter.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec

LOOK_SECONDS = 0.1
"""Between two looks at a device's state."""

WITHIN_SECONDS = 60.0
"""How long a state is waited for, unless the step says so itself: longer than reading, comparing and printing take together."""

FOREVER = 0
"""As `repeat`: round after round until it is ended."""


class After(msgspec.Struct, frozen=True, kw_only=True):
    """Wait until `state` (dotted for an inner value) of a device is one of these values, at most `within` seconds."""

    device: str
    state: str
    values: tuple[Any, ...]
    within: float = WITHIN_SECONDS


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step. Without `do` it only waits. `jitter`: up to so many seconds later."""

    after: After | None = None
    at: float | None = None
    pause: float = 0.0
    jitter: float = 0.0
    device: str = ""
    do: str = ""
    arguments: dict[str, Any] = {}


class Emulated(msgspec.Struct, frozen=True, kw_only=True):
    """A device of a bench that stands alone: the driver whose emulator is started, and its options."""

    driver: str
    options: dict[str, Any] = {}


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file. `devices` are those that it brings along, for a bench without a kiosk."""

    path: Path
    title: str
    steps: tuple[Step, ...]
    devices: dict[str, Emulated] = {}
    repeat: int = 1
    seed: int = 1


class Bench(Protocol):
    """Where a scenario is played: emulators in this process, those of a kiosk's stage, or a test's own."""

    async def do(self, device: str, verb: str, arguments: dict[str, Any]) -> Any:
        """Call a verb. Raise LookupError, ValueError, TypeError, OSError or RuntimeError with the device's words."""
        ...

    async def device_state(self, device: str) -> dict[str, Any]:
        """Return a device's state."""
        ...


class ScenarioStopped(Exception):
    """A step could not be done; says in Chinese which, why, and what to do."""


Told = Callable[[int, int, Step], None]


async def play(scenario: Scenario, bench: Bench, told: Told | None = None, *, pace: float = 1.0) -> None:
    """Play every round. Raise ScenarioStopped.

    `told` hears of each step that was done: round and step, from 1. `pace` stretches the steps' own times (0: as fast as the
    bench goes); what is waited for takes the time that it takes.
    """
    chance = random.Random(scenario.seed)  # noqa: S311  when things happen on a bench is no secret
    number = 0
    while scenario.repeat == FOREVER or number < scenario.repeat:
        number += 1
        began = time.monotonic()
        for index, step in enumerate(scenario.steps, start=1):
            where = f"{scenario.path}: 第 {index} 步"
            if step.after is not None:
                await _wait(step.after, bench, where)
            due = pace * step.pause if step.at is None else began + pace * step.at - time.monotonic()
            await asyncio.sleep(max(0.0, due) + pace * step.jitter * chance.random())
            if step.do:
                await _do(step, bench, where)
            if told is not None:
                told(number, index, step)


async def _do(step: Step, bench: Bench, where: str) -> None:
    try:
        await bench.do(step.device, step.do, dict(step.arguments))
    except (LookupError, ValueError, TypeError, OSError, RuntimeError) as error:
        raise ScenarioStopped(f"{where}: {step.device} {step.do}: 没有做成（{error}）→ 改这一步") from error


async def _wait(after: After, bench: Bench, where: str) -> None:
    give_up = time.monotonic() + after.within
    while (found := _inner(await bench.device_state(after.device), after.state)) not in after.values:
        if time.monotonic() > give_up:
            wanted = " 或 ".join(str(each) for each in after.values)
            raise ScenarioStopped(
                f"{where}: 等了 {after.within:g} 秒，{after.device} 的 {after.state} 是 {found}，不是 {wanted}"
                " → 看看前面几步有没有起作用，或把 after.within 写大些"
            )
        await asyncio.sleep(LOOK_SECONDS)


def _inner(state: Any, dotted: str) -> Any:
    for key in dotted.split("."):
        if not isinstance(state, dict) or key not in state:
            return None
        state = state[key]
    return state
