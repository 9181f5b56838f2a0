"""A start that does not finish is not repeated for ever.

The marker `start.json` in the state folder is written before anything is started, and taken away when the first screen stands and
everything behind it was started. Whoever finds one knows how many starts before did not get there, in this boot of the machine
and in boots before:

    none          FULL: everything
    one           SAFE: without optional devices, voice and sign language
    two or more   HELD: nothing is started but the screen, which says so and waits for staff

Where the count cannot be kept, the start is SAFE at least: it could be any number. Limits: kiosk/policies/start.toml.
"""

from __future__ import annotations

import asyncio
import logging
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec

from kiosk.bindings.whole import sync_folder, write_whole

_log = logging.getLogger("kiosk.opening")

MARKER = "start.json"

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Way(StrEnum):
    """How much is started."""

    FULL = "full"
    SAFE = "safe"
    HELD = "held"


class Because(StrEnum):
    """Why not everything is started."""

    TRIES = "tries"  # starts before it did not finish, in this boot
    BOOTS = "boots"  # in boots before, one after the other
    UNCOUNTED = "uncounted"  # the count cannot be written: it could be any number


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`start.toml`: after how many unfinished starts; and how long a start must stand to have finished."""

    safe_after: Annotated[int, msgspec.Meta(ge=1)]
    held_after: Annotated[int, msgspec.Meta(ge=2)]
    safe_after_boots: Annotated[int, msgspec.Meta(ge=1)]
    calm_seconds: Annotated[float, msgspec.Meta(ge=0)]


class Marker(msgspec.Struct, frozen=True, kw_only=True):
    """`tries`: starts in this boot that have not finished, the one under way with them. `boots`: boots before, with such starts."""

    boot: str
    tries: int
    boots: int = 0


@cache
def limits() -> Limits:
    """The limits that ship."""
    return msgspec.convert(tomllib.loads(files("kiosk.policies").joinpath("start.toml").read_text("utf-8")), Limits)


def boot_id() -> str:
    """This boot of the machine; "" where the kernel does not say."""
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except OSError:
        return ""


def judged(found: Marker | None, boot: str, limits: Limits) -> tuple[Way, Marker]:
    """How to start after what was found, and what is to be found if this one does not finish either."""
    if found is None:
        return Way.FULL, Marker(boot=boot, tries=1)
    same = found.boot == boot
    failed, boots = (found.tries, found.boots) if same else (0, found.boots + 1)
    marker = Marker(boot=boot, tries=failed + 1, boots=boots)
    if failed >= limits.held_after:
        return Way.HELD, marker
    return (Way.SAFE if failed >= limits.safe_after or boots >= limits.safe_after_boots else Way.FULL), marker


@dataclass
class Start:
    """The start that is under way."""

    way: Way
    unfinished: int = 0
    """Starts before it that did not finish, in this boot."""
    file: Path | None = None
    because: Because | None = None
    """None: everything is started."""
    boots: int = 0
    """Boots before this one, one after the other, in which no start finished."""

    def facts(self) -> dict[str, str | int]:
        """For the chain, and for whoever looks from afar."""
        because = "" if self.because is None else self.because.value
        return {"way": self.way.value, "because": because, "unfinished": self.unfinished, "boots": self.boots}

    def finished(self) -> None:
        """It stands: the count begins anew. One that is held has not finished: nobody has mended anything yet."""
        if self.way is not Way.HELD:
            self.forget()

    def forget(self) -> None:
        """Count no more: staff try again, or the kiosk was told to end."""
        if self.file is None:
            return
        try:
            self.file.unlink(missing_ok=True)
            sync_folder(self.file.parent)
        except OSError as error:
            _log.error("the count of starts stays (%s): the next one is taken for one more", type(error).__name__)

    def left(self, kind: type[BaseException] | None, *_: object) -> None:
        """How the kiosk ended: told to, or by a defect. An exit callback."""
        if self.way is not Way.HELD and (kind is None or issubclass(kind, asyncio.CancelledError | GeneratorExit)):
            self.forget()


def begin(folder: Path, boot: str | None = None) -> Start:
    """Read the marker of the start before, write that of this one."""
    file = folder / MARKER
    found = _read(file)
    way, marker = judged(found, boot_id() if boot is None else boot, limits())
    because = None if way is Way.FULL else Because.TRIES if marker.tries > limits().safe_after else Because.BOOTS
    try:
        write_whole(file, msgspec.json.encode(marker))
    except OSError as error:
        _log.error("starts cannot be counted here (%s): nothing optional is started", type(error).__name__)
        way, because = (Way.SAFE, Because.UNCOUNTED) if way is Way.FULL else (way, because)
    if way is not Way.FULL:
        _log.warning("%d starts before this one did not finish: %s start", marker.tries - 1, way)
    return Start(way, marker.tries - 1, file, because, marker.boots)


def left_behind(folder: Path) -> dict[str, int]:
    """What a kiosk that does not run has left of its last start; empty: it finished, or was told to end."""
    found = _read(folder / MARKER)
    return {} if found is None else {"unfinished": found.tries, "boots": found.boots}


def _read(file: Path) -> Marker | None:
    """What was left. One that is damaged was left by a start too."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Marker)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):  # bytes that are no text are no MsgspecError
        return Marker(boot=boot_id(), tries=1)
