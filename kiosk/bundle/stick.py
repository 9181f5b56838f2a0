"""USB sticks that can be written to now: mounted file systems on removable disks, by /proc and /sys; and writing onto one.

A stick that is full, locked or pulled out half way is told as such, and nothing half-written stays where it could be taken for a
bundle: the file gets its name only when all of it is on the stick.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from kiosk.bindings.whole import NEW, write_whole

PROC, SYS = Path("/proc"), Path("/sys")


class Stick(msgspec.Struct, frozen=True, kw_only=True):
    """One file system. `device` is its node's name (sdb1), `free` in bytes."""

    device: str
    folder: Path
    label: str
    free: int


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


def sticks(*, proc: Path = PROC, sys: Path = SYS) -> tuple[Stick, ...]:
    """The sticks that are there, in the order in which they were mounted. What cannot be looked at is left out."""
    found = []
    for number, mounted, options in _mounts(proc):
        block = _block(number, sys)
        if block is None or not _removable(block) or "rw" not in options.split(","):
            continue
        try:
            free = shutil.disk_usage(mounted).free
        except OSError:
            continue
        if os.access(mounted, os.W_OK):
            found.append(Stick(device=block.name, folder=mounted, label=_label(block, mounted), free=free))
    return tuple(found)


def plugged_unmounted(*, proc: Path = PROC, sys: Path = SYS) -> bool:
    """Whether a removable disk with a medium is there of which nothing is mounted: plugged in, but nobody mounts it here."""
    mounted = {block.name for number, _, _ in _mounts(proc) if (block := _block(number, sys)) is not None}
    try:
        disks = sorted((sys / "block").iterdir())
    except OSError:
        return False
    return any(
        _removable(disk)
        and _text(disk / "size") not in ("", "0")
        and not any(name == disk.name or (disk / name).exists() for name in mounted)
        for disk in disks
    )


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


def _mounts(proc: Path) -> Iterator[tuple[str, Path, str]]:
    """(major:minor, mount point, options) of proc_pid_mountinfo(5)."""
    for line in _text(proc / "self" / "mountinfo").splitlines():
        fields = line.split(" ")
        if len(fields) > 6:
            # Spaces, tabs, line feeds and backslashes in a path are written as octal.
            yield fields[2], Path(fields[4].encode().decode("unicode_escape").encode("latin-1").decode()), fields[5]


def _block(number: str, sys: Path) -> Path | None:
    link = sys / "dev" / "block" / number
    return link.resolve() if link.exists() else None


def _removable(block: Path) -> bool:
    """By the disk's own flag, or because it hangs on a USB port (large sticks and USB disks call themselves fixed)."""
    disks = [each for each in (block, block.parent) if (each / "removable").exists()]
    return any(_text(each / "removable") == "1" for each in disks) or any(
        part.startswith("usb") and part[3:].isdigit() for part in block.parts
    )


def _label(block: Path, mounted: Path) -> str:
    """What the disk says it is, else the folder's name."""
    for each in (block, block.parent):
        model = " ".join((_text(each / "device" / "vendor"), _text(each / "device" / "model"))).strip()
        if model:
            return model
    return mounted.name


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
