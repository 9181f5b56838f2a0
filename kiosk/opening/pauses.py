"""What staff have put out of service until a time: an item, a device, or the whole kiosk. Ends by itself, survives restarts.

Kept in a file of its own (`pauses.json` in the state folder): it decides what visitors may do, so it must not go with a logbook
that is put aside. Where the disk takes nothing (it is full) a pause holds all the same, but only until the next start, and whoever
makes it is told so.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import re
import time
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

from kiosk.bindings.whole import write_whole

_log = logging.getLogger("kiosk.opening")

FILE = "pauses.json"
"""In the state folder."""

LONGEST_WORDS = 40
"""Characters of a message in staff's own words: two lines on the screen that it stands on."""

_LONG_NUMBER = re.compile(
    r"\d{11,}"
    r"|(?<!\d)1[3-9](?:[ .·–—-]?\d){9}(?!\d)"  # a mobile telephone, in groups
    r"|(?:\d[ .·–—-]?){17}[\dXx]"  # an identity number, in groups
)
"""What is a person's and nothing for a public screen, also with gaps in it. Hours ("8:30-11:30 14:00-17:30") and an office's
telephone ("0571-8765 4321") are none."""

_LAST_YEAR = 253_370_764_800.0
"""Unix time of the year 9999: what lies behind it is no date."""


class Kind(StrEnum):
    """What is paused."""

    KIOSK = "kiosk"
    ITEM = "item"
    DEVICE = "device"


class Why(StrEnum):
    """Reasons that visitors read in their own language (`paused.why_…`). OWN: in staff's own words."""

    REPAIR = "repair"
    UPKEEP = "upkeep"
    PAPER = "paper"
    NETWORK = "network"
    POWER = "power"
    SYSTEM = "system"
    OWN = "own"


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """One pause. `name` is the item's code or the device's name, "" for the kiosk. `since`, `until`: Unix time in seconds.

    `words` are staff's own, as typed (with OWN only). `by` is a staff code.
    """

    kind: Kind
    name: str = ""
    why: Why
    words: str = ""
    since: float
    until: Annotated[float, msgspec.Meta(ge=0, le=_LAST_YEAR)]
    by: str = ""

    @property
    def what(self) -> tuple[Kind, str]:
        """What it is about: one thing has one pause."""
        return (self.kind, self.name)


def fit_words(typed: str) -> str | None:
    """The message as it is shown; None where it cannot be: empty, too long, not to be printed (control characters, turned
    writing), or with a long number in it."""
    words = " ".join(typed.split())
    fits = 0 < len(words) <= LONGEST_WORDS and words.isprintable()
    return words if fits and _LONG_NUMBER.search(unicodedata.normalize("NFKC", words)) is None else None


class Pauses:
    """The pauses of this kiosk. `now` is Unix time."""

    def __init__(self, file: Path, now: Callable[[], float] = time.time) -> None:
        self._file = file
        self._now = now
        self._kept = _read(file)
        self._written = True

    def active(self) -> tuple[Pause, ...]:
        """What is paused now, the oldest first."""
        now = self._now()
        return tuple(each for each in self._kept if now < each.until)

    def of(self, kind: Kind, name: str = "") -> Pause | None:
        """The pause of this thing, None while it serves."""
        return next((each for each in self.active() if each.what == (kind, name)), None)

    def begin(self, pause: Pause) -> None:
        """Pause something, in place of an earlier pause of it. Raise NotKept: it is paused until the next start only."""
        self._keep((*(each for each in self.active() if each.what != pause.what), pause))

    def end(self, kind: Kind, name: str = "") -> bool:
        """Let it serve again; False when it was not paused. Raise NotKept: it serves until the next start only."""
        left = tuple(each for each in self.active() if each.what != (kind, name))
        if len(left) == len(self.active()):
            return False
        self._keep(left)
        return True

    def catch_up(self) -> None:
        """Write what could not be written before, if it can be now. Raise NotKept."""
        if not self._written:
            self._keep(self.active())

    def _keep(self, pauses: tuple[Pause, ...]) -> None:
        self._kept, self._written = pauses, False
        try:
            write_whole(self._file, msgspec.json.encode(pauses))
            self._written = True
        except OSError as error:
            _log.error(
                "%s cannot be written (%s): it holds until the next start", self._file.name, type(error).__name__
            )
            raise NotKept(full=error.errno in (errno.ENOSPC, errno.EDQUOT)) from error


class NotKept(Exception):
    """What was said holds, but is not on the disk: the next start knows nothing of it. `full`: for the disk has no room."""

    def __init__(self, *, full: bool) -> None:
        super().__init__("full" if full else "not written")
        self.full = full


def running(file: Path, now: float) -> tuple[Pause, ...] | None:
    """What the file of a kiosk says is paused at this Unix time, read only; None where it cannot be read."""
    try:
        return tuple(each for each in _decoded(file) if now < each.until)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, RecursionError):
        return None


def _decoded(file: Path) -> tuple[Pause, ...]:
    found = msgspec.json.decode(file.read_bytes(), type=tuple[Pause, ...])
    if any(each.why is Why.OWN and fit_words(each.words) != each.words for each in found):
        raise ValueError("words that staff could not have typed")
    return found


def _read(file: Path) -> tuple[Pause, ...]:
    """What was kept. A file that cannot be read is put aside and said: nobody knows any more what was paused."""
    try:
        return _decoded(file)
    except FileNotFoundError:
        return ()
    except OSError as error:
        _log.error("%s cannot be read (%s): nothing is paused", file.name, type(error).__name__)
        return ()
    except (ValueError, RecursionError) as error:  # bytes that are no text are no MsgspecError
        _log.error("%s is damaged (%s), put aside: nothing is paused", file.name, type(error).__name__)
        with contextlib.suppress(OSError):  # a disk that is read-only: the next start finds it again
            file.replace(file.with_name(file.name + ".damaged"))
        return ()
