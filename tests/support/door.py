"""The door of a kiosk on its stage: how somebody comes, and what is written down of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from kiosk.maintenance.door.enter import Door, door_of
from kiosk.maintenance.door.lockout import Lock
from kiosk.maintenance.door.memory import Kept
from kiosk.maintenance.service import How
from tests.support.bench import Run
from tests.support.scripted import typing
from tests.support.shift import pin_of
from tests.support.standing import Test
from tests.support.waiting import until

HOME = {"staff_home": "leave", "staff_leaving": "go"}
Acts = list[dict[str, Any]]
At = Callable[[Test], None]
"""Runs a test at the door."""


def door_at(run: Run) -> Door:
    door = run.kiosk.lobby.service.door
    assert isinstance(door, Door)
    return door


def started_again(run: Run) -> Door:
    """The door as it is after a restart of the program."""
    door = door_of(run.kiosk.site)
    assert door is not None
    return door


async def come(run: Run, *, seconds: float = 60.0, **script: Any) -> Acts:
    """One stay at the door (and inside, if it opens); return what was written down."""
    run.window.begin_anew({**HOME, **script})
    before = run.audited()
    run.kiosk.lobby.service.request(How.GESTURE)
    await asyncio.wait_for(run.kiosk.lobby.service.serve(), seconds)
    assert not run.window.problem, run.window.problem
    return [dict(row.payload) for row in run.audit_since(before, "staff")]


def wrong_pin(run: Run, code: str) -> str:
    return f"{(int(pin_of(run, code)) + 1) % 10**6:06d}"


def typed(run: Run, code: str, pin: str = "") -> dict[str, Any]:
    """Comes by code and PIN."""
    return {"staff_door": "code", "staff_door_code": typing("enter", code=code[2:], pin=pin or pin_of(run, code))}


def said(acts: Acts, act: str) -> Acts:
    return [each for each in acts if each["act"] == act]


def let_time_pass(door: Door, seconds: float) -> None:
    """As if the machine had run for so long."""
    door.memory._keep(passed(door.memory._kept, seconds))


def passed(kept: Kept, seconds: float) -> Kept:
    def earlier(lock: Lock) -> Lock:
        return msgspec.structs.replace(lock, since=lock.since - seconds)

    aims = {aim: earlier(lock) for aim, lock in kept.aims.items()}
    return msgspec.structs.replace(kept, lock=earlier(kept.lock), aims=aims)


async def shown(run: Run, name: str) -> None:
    """Wait until this screen is the newest."""
    await until(lambda: run.window.names[-1:] == [name], told=lambda: run.window.names)
