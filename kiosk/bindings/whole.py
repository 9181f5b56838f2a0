"""Writing a file wholly or not at all, whenever the power goes.

A rename within a folder is atomic (rename(2)); what it renames must be on the disk before, and the folder after it.
"""

from __future__ import annotations

import os
from pathlib import Path

NEW = ".new"
"""The ending of what is still being written; a reader never looks at it."""


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file: it then holds this, on the disk; after a power cut it holds this or what it held before. Raise OSError.

    A link that lies where it is written is not followed: on a stick it could lead to a file of this machine.
    """
    new = path.with_name(f".{path.name}{NEW}")
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(fd, rest) :]
        os.fsync(fd)
    finally:
        os.close(fd)
    os.rename(new, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have what was renamed or taken away in a folder reach the disk. Raise OSError."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
