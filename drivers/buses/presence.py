"""When a thing counts as there. "Came" counts at once; "gone" only when it was missed three times in a row.

A printer that left CUPS's list for a moment made a till print twice (Odoo, PR #244076). Only the kernel's word, a `remove` event,
is believed at once. Being unable to ask is a miss too: a daemon that restarts takes nothing away.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable

import msgspec

from drivers.buses.table import Answer, BusState
from drivers.contract.bus import Attached
from drivers.contract.faults import Fault

_log = logging.getLogger("drivers.buses")


class Presence:
    """The state of one bus, fed with each answer. Changes are logged, once down and once up; repetitions are not."""

    def __init__(self, state: BusState, *, misses_until_gone: int = 3) -> None:
        self.state = state
        self._until = misses_until_gone
        self._misses: Counter[str] = Counter()
        self._failures = 0

    @property
    def doubtful(self) -> bool:
        """Whether something was missed and not given up yet: ask again soon."""
        return bool(self._misses) or 0 < self._failures < self._until

    def listed(self, things: Iterable[Attached], *, removed: bool = False) -> bool:
        """Take a listing; `removed`: the kernel said that something was taken away. Return whether the state changed."""
        now = set(things)
        self._failures = 0
        kept = self._missed(now, removed=removed)
        return self._become(
            Answer.LISTED, tuple(sorted(now | kept, key=lambda thing: (thing.identity, thing.node))), None
        )

    def failed(self, fault: Fault, *, misses: int = 1) -> bool:
        """The bus could not be asked; one that hung for long counts as several misses. Return whether the state changed."""
        self._failures += misses
        if self.state.answer is Answer.LISTED and self._failures < self._until:
            return False
        self._misses.clear()
        if self.state.fault is not None and self.state.fault.code is fault.code:
            return False
        return self._become(Answer.FAILED, (), fault)

    def _missed(self, now: set[Attached], *, removed: bool) -> set[Attached]:
        """What was there, is not listed now, and is not given up yet.

        A thing whose identity is listed with another node (it was plugged in again) is not missed: it is the other one.
        """
        before = Counter(thing.identity for thing in self.state.things)
        short = before - Counter(thing.identity for thing in now)
        if removed:
            short.clear()
        self._misses = Counter({identity: self._misses[identity] + 1 for identity in short})
        kept: set[Attached] = set()
        for thing in self.state.things:
            if thing not in now and short[thing.identity] > 0 and self._misses[thing.identity] < self._until:
                short[thing.identity] -= 1
                kept.add(thing)
        self._misses = Counter({thing.identity: self._misses[thing.identity] for thing in kept})
        return kept

    def _become(self, answer: Answer, things: tuple[Attached, ...], fault: Fault | None) -> bool:
        before = self.state
        if (before.answer, before.things, before.fault) == (answer, things, fault):
            return False
        since = before.since if answer is before.answer else time.time()
        self.state = msgspec.structs.replace(before, answer=answer, things=things, fault=fault, since=since)
        self._tell(before)
        return True

    def _tell(self, before: BusState) -> None:
        after = self.state
        if after.fault is not None:
            _log.warning("%s: cannot be asked: %s %s", after.bus, after.fault.code, after.fault.detail)
        elif before.answer is Answer.FAILED:
            _log.info("%s: answers again", after.bus)
        if after.fault is None:
            for thing in after.things:
                if thing not in before.things:
                    _log.info("%s: came: %s", after.bus, thing.node)
            for thing in before.things:
                if thing not in after.things:
                    _log.info("%s: gone: %s", after.bus, thing.node)
