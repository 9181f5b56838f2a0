"""What the door must not forget over a restart: wrong tries, used time codes, the latest hour it has seen (`door.json`).

A try is written down before it is judged: whoever pulls the plug in between has tried. A file that cannot be read shuts the door
for a first time, as a burglar's hand would have it; one that cannot be written (a full disk) makes each wrong try a lock-out, so
that the technician who comes to make room gets in, and nobody guesses.
"""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from kiosk.maintenance.door import lockout
from kiosk.maintenance.door.lockout import Lock
from kiosk.maintenance.door.private import write_private
from kiosk.maintenance.door.rules import DoorRules

_log = logging.getLogger("kiosk.maintenance")


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file. `used`: time codes that have counted, as role, number and step, newest last. `seen`: Unix seconds."""

    lock: Lock = Lock()
    used: tuple[tuple[str, str, int], ...] = ()
    seen: float = 0.0


class DoorMemory:
    """One door's memory. Every change is on disk before the call returns, as far as the disk allows."""

    def __init__(self, path: Path, rules: DoorRules) -> None:
        self._path, self._rules = path, rules
        self._kept = self._read()
        self._before = self._kept.lock
        self._writes = True
        if self._kept.lock != Lock():  # nothing is written for nothing
            self._keep(msgspec.structs.replace(self._kept, lock=lockout.resumed(self._kept.lock, lockout.now())))

    # --- wrong tries

    def left(self) -> float:
        """Seconds that the door stays shut."""
        return lockout.left(self._kept.lock, lockout.now())

    @property
    def tries_left(self) -> int:
        """How many wrong tries there are until the door is shut."""
        return self._rules.lockout.tries - self._kept.lock.wrong % self._rules.lockout.tries

    @property
    def wrong(self) -> int:
        """Wrong tries in a row."""
        return self._kept.lock.wrong

    @property
    def alarms(self) -> bool:
        """Whether the last try, if it was wrong, is one that somebody must be told of."""
        return lockout.alarms(self._before, self._kept.lock, self._rules.lockout)

    def try_begins(self) -> None:
        """Count a try as wrong before it is judged. Nobody may try while `left()` is not 0."""
        before, at, rule = self._kept.lock, lockout.now(), self._rules.lockout
        self._keep(msgspec.structs.replace(self._kept, lock=lockout.wrong(before, at, rule)))
        if not self._writes:
            self._kept = msgspec.structs.replace(self._kept, lock=lockout.wrong(before, at, rule, all_tries=True))
        self._before = before

    def try_was_right(self) -> None:
        """Somebody came in: earlier wrong tries are forgiven."""
        self._keep(msgspec.structs.replace(self._kept, lock=Lock()))

    def try_was_expired(self) -> None:
        """Both things were right and count no more: it was no wrong try, and forgives none: who has left could else
        guess on for ever."""
        self._keep(msgspec.structs.replace(self._kept, lock=self._before))

    # --- time codes

    def set_back(self, now: float) -> bool:
        """Whether the clock stands before an hour that this door has seen: then no time code can be believed."""
        return now < self._kept.seen - self._rules.time_code.set_back_seconds

    def sees(self, now: float, *, trusted: bool = False) -> None:
        """Note the hour. `trusted`: somebody of the roster is here, and from now on this hour counts, even if it is earlier."""
        latest = now if trusted else max(now, self._kept.seen)
        if latest != self._kept.seen:
            self._keep(msgspec.structs.replace(self._kept, seen=latest))

    def use(self, role: str, number: str, step: int) -> bool:
        """Use up a time code; False when it was used before."""
        code = (role, number, step)
        if code in self._kept.used:
            return False
        used = (*self._kept.used, code)[-self._rules.time_code.kept :]
        self._keep(msgspec.structs.replace(self._kept, used=used))
        return True

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
