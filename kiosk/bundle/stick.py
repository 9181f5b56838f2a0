"""Writing onto a USB stick.

A stick that is full, locked or pulled out half way is told as such, and nothing half-written stays where it could be taken for a
bundle: the file gets its name only when all of it is on the stick.
"""

from __future__ import annotations

import errno
import shutil
from enum import StrEnum
from pathlib import Path

from kiosk.bindings.whole import NEW, write_whole
from kiosk.sticks import Stick


class Why(StrEnum):
    """Why a file is not on the stick."""

    FULL = "full"
    LOCKED = "locked"
    GONE = "gone"
    BROKEN = "broken"


class NotWritten(Exception):
    """The file is not on the stick."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


def write(stick: Stick, name: str, content: bytes) -> Path:
    """Write a file wholly, synced to the stick; return where it lies. Raise NotWritten: then nothing of it is left there."""
    path = stick.folder / name
    try:
        if shutil.disk_usage(stick.folder).free < len(content):
            raise NotWritten(Why.FULL)
        write_whole(path, content)
        if path.read_bytes() != content:
            raise NotWritten(Why.BROKEN)
    except OSError as error:
        _tidy(path)
        raise NotWritten(_WHY.get(error.errno or 0, Why.BROKEN)) from error
    except NotWritten:
        _tidy(path)
        raise
    return path


_WHY = {
    errno.ENOSPC: Why.FULL,
    errno.EDQUOT: Why.FULL,
    errno.EFBIG: Why.FULL,
    errno.EROFS: Why.LOCKED,
    errno.EACCES: Why.LOCKED,
    errno.EPERM: Why.LOCKED,
    errno.ENOENT: Why.GONE,
    errno.ENODEV: Why.GONE,
    errno.ENXIO: Why.GONE,
    errno.ENOTDIR: Why.GONE,
}


def _tidy(path: Path) -> None:
    """Take away what was begun, where the stick is still there to do so."""
    for left in (path, path.with_name(f".{path.name}{NEW}")):
        try:
            left.unlink(missing_ok=True)
        except OSError:
            return  # it is gone, or cannot be written: then nothing was either
