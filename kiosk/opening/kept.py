"""Small files that are whole or not there: written beside, brought to the disk, then put in place."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, body: bytes) -> None:
    """Replace the file; after a power cut it is the old one or the new one. Raise OSError, then it is the old one."""
    beside = path.with_name(path.name + ".new")
    opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(opened, body)
        os.fsync(opened)
    finally:
        os.close(opened)
    os.replace(beside, path)
    _to_disk(path.parent)


def remove_whole(path: Path) -> None:
    """Take the file away, also after a power cut. Raise OSError; one that is not there is away already."""
    path.unlink(missing_ok=True)
    _to_disk(path.parent)


def _to_disk(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
