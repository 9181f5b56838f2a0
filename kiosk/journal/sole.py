"""One core at a time on one state folder: a second one would settle, and so suspend, what the first is just printing."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.journal.opening import JournalError


@contextmanager
def sole_user(folder: Path) -> Iterator[None]:
    """Hold the folder for as long as the block lasts. Raise JournalError naming it when another process does.

    A lock of the kernel's: it ends with the process, however that ends, and is not inherited by its children.
    """
    path = folder / "kiosk.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise JournalError(
            f"{path} cannot be opened: {error.strerror}; check that its folder can be written"
        ) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        raise JournalError(
            f"another kiosk is running on {folder} (it holds {path.name}); end it first, or give this one a state folder of its own"
        ) from None
    try:
        yield
    finally:
        os.close(fd)
