"""Wrong tries and what they cost. Pure: a lock goes in, a lock comes out; whoever calls keeps it (`memory.py`).

Time is counted by the machine's own running (CLOCK_BOOTTIME), never by its clock, so that nobody shortens a wait by setting the
clock. How long a machine was off nobody knows: after another boot what was left begins again.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from kiosk.maintenance.door.rules import LockRule

_MOST_DOUBLINGS = 32
"""The longest wait is reached long before; a power of the tries themselves is no float any more some day."""


class Moment(NamedTuple):
    """A moment of one boot: which one, and seconds since then."""

    boot: str
    seconds: float


class Lock(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`wrong` tries in a row; `wait` seconds were still to be waited at `since` of `boot`."""

    wrong: int = 0
    wait: float = 0.0
    boot: str = ""
    since: float = 0.0


def now() -> Moment:
    """This moment, on this machine."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return Moment(boot, time.clock_gettime(time.CLOCK_BOOTTIME))


def left(lock: Lock, at: Moment) -> float:
    """Seconds that the door stays shut; 0: somebody may try."""
    if at.boot != lock.boot:
        return lock.wait
    return max(0.0, lock.wait - max(0.0, at.seconds - lock.since))


def resumed(lock: Lock, at: Moment) -> Lock:
    """The same lock, counted from this moment: to be kept whenever a boot has begun that it does not know."""
    return Lock(wrong=lock.wrong, wait=left(lock, at), boot=at.boot, since=at.seconds)


def wrong(lock: Lock, at: Moment, rule: LockRule, *, all_tries: bool = False) -> Lock:
    """One more wrong try; `all_tries`: it takes all that were left. While the door is shut nobody tries, and nothing is counted."""
    if left(lock, at) > 0:
        return lock
    tries = lock.wrong + (rule.tries - lock.wrong % rule.tries if all_tries else 1)
    if tries % rule.tries:
        return Lock(wrong=tries, boot=at.boot, since=at.seconds)
    doublings = min(tries // rule.tries - 1, _MOST_DOUBLINGS)
    wait = min(rule.first_seconds * 2**doublings, rule.longest_seconds)
    return Lock(wrong=tries, wait=wait, boot=at.boot, since=at.seconds)


def alarms(before: Lock, after: Lock, rule: LockRule) -> bool:
    """Whether somebody must be told: this try has shut the door for the `alarm_after`th time in a row."""
    return before.wrong < after.wrong == rule.alarm_after * rule.tries
