"""What the door must not forget over a restart: wrong tries, used time codes, the latest hour it has seen (`door.json`).

Wrong tries are counted twice: for the door, whatever was tried, and for what they were aimed at (one code, one card, the time
codes). Who comes in makes the door's count and their own undone, nobody else's: else four guesses at a colleague's PIN, one's own
PIN, and four more would go on for ever.

A try is written down before it is judged: whoever pulls the plug in between has tried, and an alarm that it raised is told when
the power is back. A file that cannot be read shuts the door for a first time, as a burglar's hand would have it; one that cannot
be written (a full disk) makes each wrong try a lock-out, so that the technician who comes to make room gets in, and nobody guesses.
"""

from __future__ import annotations

import logging
import secrets
from enum import StrEnum
from pathlib import Path

import msgspec

from kiosk.maintenance.door import lockout
from kiosk.maintenance.door.lockout import Lock
from kiosk.maintenance.door.private import write_private
from kiosk.maintenance.door.rules import DoorRules

_log = logging.getLogger("kiosk.maintenance")


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The file. `aims`: wrong tries by what they were aimed at, never more than there are codes and cards. `used`: time codes that
    have counted, as role, number and step, newest last. `seen`: Unix seconds. `alarm` names one that the back office was not told
    of yet."""

    lock: Lock = Lock()
    aims: dict[str, Lock] = {}
    used: tuple[tuple[str, str, int], ...] = ()
    seen: float = 0.0
    alarm: str = ""


class Use(StrEnum):
    """What became of a time code: it counts; it has counted before; or nobody could remember tomorrow that it has counted."""

    COUNTS = "counts"
    BEFORE = "before"
    UNWRITTEN = "unwritten"


class DoorMemory:
    """One door's memory. Every change is on disk before the call returns, as far as the disk allows."""

    def __init__(self, path: Path, rules: DoorRules) -> None:
        self._path, self._rules = path, rules
        self._kept = self._read()
        self._before = self._kept
        self._writes = True
        if self._kept.lock != Lock() or self._kept.aims:  # nothing is written for nothing
            at = lockout.now()
            aims = {aim: lockout.resumed(lock, at) if lock.wait else lock for aim, lock in self._kept.aims.items()}
            self._keep(msgspec.structs.replace(self._kept, lock=lockout.resumed(self._kept.lock, at), aims=aims))

    # --- wrong tries

    def left(self, aim: str = "") -> float:
        """Seconds that the door stays shut; with `aim`: to whoever tries at this, never less than the door's own."""
        at = lockout.now()
        return max(lockout.left(self._kept.lock, at), lockout.left(self._kept.aims.get(aim, Lock()), at))

    def tries_left(self, aim: str) -> int:
        """How many wrong tries at this there are until something is shut."""
        tries = self._rules.lockout.tries
        return min(tries - lock.wrong % tries for lock in (self._kept.lock, self._kept.aims.get(aim, Lock())))

    @property
    def wrong(self) -> int:
        """Wrong tries in a row, at whatever."""
        return self._kept.lock.wrong

    def wrong_at(self, aim: str) -> int:
        """Wrong tries at this since its owner last came in."""
        return self._kept.aims.get(aim, Lock()).wrong

    def try_begins(self, aim: str = "") -> None:
        """Count a try as wrong before it is judged; without `aim` at nothing that could be guessed. Nobody may try while
        `left(aim)` is not 0."""
        self._before = self._kept
        self._keep(self._counted(self._before, aim))
        if not self._writes:
            self._kept = self._counted(self._before, aim, all_tries=True)

    def try_was_right(self, aim: str) -> None:
        """Somebody came in: earlier wrong tries at the door and at what is theirs are forgiven, those at others' are not."""
        aims = {each: lock for each, lock in self._kept.aims.items() if each != aim}
        self._keep(msgspec.structs.replace(self._kept, lock=Lock(), aims=aims, alarm=self._before.alarm))

    def try_was_none(self) -> None:
        """Both things were right and let nobody in (expired): it was no wrong try, and forgives none: who has left could else
        guess on for ever."""
        before = self._before
        self._keep(msgspec.structs.replace(self._kept, lock=before.lock, aims=before.aims, alarm=before.alarm))

    def _counted(self, before: Kept, aim: str, *, all_tries: bool = False) -> Kept:
        rule, at = self._rules.lockout, lockout.now()
        locks = {"": before.lock, **({aim: before.aims.get(aim, Lock())} if aim else {})}
        after = {each: lockout.wrong(lock, at, rule, all_tries=all_tries) for each, lock in locks.items()}
        alarms = any(lockout.alarms(locks[each], after[each], rule) for each in locks)
        alarm = before.alarm or (secrets.token_hex(4) if alarms else "")
        door = after.pop("")
        return msgspec.structs.replace(before, lock=door, aims={**before.aims, **after}, alarm=alarm)

    # --- the alarm

    @property
    def alarm(self) -> str:
        """Names the alarm that must still be told; empty: none."""
        return self._kept.alarm

    def alarm_is_told(self) -> None:
        """It lies in the outbox, which forgets nothing."""
        self._keep(msgspec.structs.replace(self._kept, alarm=""))

    # --- time codes

    def set_back(self, now: float) -> bool:
        """Whether the clock stands before an hour that this door has seen: then no time code can be believed."""
        return now < self._kept.seen - self._rules.time_code.set_back_seconds

    def sees(self, now: float, *, trusted: bool = False) -> None:
        """Note the hour. `trusted`: somebody of the roster is here, and from now on this hour counts, even if it is earlier."""
        latest = now if trusted else max(now, self._kept.seen)
        if latest != self._kept.seen:
            self._keep(msgspec.structs.replace(self._kept, seen=latest))

    def use(self, role: str, number: str, step: int) -> Use:
        """Use up a time code. It counts only when that is on the disk: else it would count again after a restart."""
        code = (role, number, step)
        if code in self._kept.used:
            return Use.BEFORE
        used = (*self._kept.used, code)[-self._rules.time_code.kept :]
        self._keep(msgspec.structs.replace(self._kept, used=used))
        return Use.COUNTS if self._writes else Use.UNWRITTEN

    # --- the file

    def _read(self) -> Kept:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Kept)
        except FileNotFoundError:
            return Kept()
        except (OSError, ValueError, RecursionError) as error:  # bytes that are no text are no DecodeError
            _log.error("%s cannot be read (%s): the door begins shut", self._path, type(error).__name__)
            rule = self._rules.lockout
            return Kept(lock=Lock(wrong=rule.tries, wait=rule.first_seconds))

    def _keep(self, kept: Kept) -> None:
        self._kept = kept
        try:
            write_private(self._path, msgspec.json.encode(kept))
            self._writes = True
        except OSError as error:
            _log.error("%s cannot be written (%s): each wrong try shuts the door", self._path, error.strerror)
            self._writes = False
