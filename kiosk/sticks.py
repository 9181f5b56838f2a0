"""USB sticks that are mounted now: file systems on removable or USB disks, by /proc and /sys. Nothing is mounted or written here.

Where the system mounts them is its own business (udisks2 under /media, a rule of udev wherever it says): what counts is the disk.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

PROC, SYS = Path("/proc"), Path("/sys")


class Stick(msgspec.Struct, frozen=True, kw_only=True):
    """One file system. `device` is its node's name (sdb1), `free` in bytes, `writable` for this account."""

    device: str
    folder: Path
    label: str
    free: int
    writable: bool = True


def sticks(*, proc: Path = PROC, sys: Path = SYS) -> tuple[Stick, ...]:
    """The sticks that are there, in the order in which they were mounted. What cannot be looked at is left out."""
    found = []
    for number, mounted, options in _mounts(proc):
        block = _block(number, sys)
        if block is None or not _removable(block):
            continue
        try:
            free = shutil.disk_usage(mounted).free
        except OSError:
            continue
        writable = "rw" in options.split(",") and os.access(mounted, os.W_OK)
        label = _label(block, mounted)
        found.append(Stick(device=block.name, folder=mounted, label=label, free=free, writable=writable))
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


def files_on(folders: tuple[Path, ...], *patterns: str) -> tuple[Path, ...]:
    """The files on sticks whose names fit, at the top and one folder deep."""
    found = {
        file
        for folder in folders
        for pattern in patterns
        for file in (*folder.glob(pattern), *folder.glob(f"*/{pattern}"))
        if file.is_file()
    }
    return tuple(sorted(found))


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
