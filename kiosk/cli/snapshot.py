"""A copy of a journal to look at: the file itself, and what SQLite keeps beside it, is neither changed nor locked.

Opening a journal in WAL mode writes, even to read: `-shm` and `-wal` appear beside it, with the mode and owner of whoever
looked. Looked at as root, the kiosk could not open its journal any more. So both files are copied and the copy is opened.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kiosk.cli.failure import Failure, Usage, why
from kiosk.journal.store import Journal, JournalError
from kiosk.logbook.store import Logbook, LogbookError

_TRIES = 20
_PAUSE_SECONDS = 0.05
"""A kiosk writes a few rows a step, each within a millisecond or so: a moment without a write comes soon."""


@contextmanager
def snapshot(path: Path) -> Iterator[Journal]:
    """Yield a journal with what `path` holds now, also while a kiosk writes to it.

    Raise Usage when the file is not there or is no journal, Failure when it does not stand still long enough.
    """
    if not path.is_file():
        raise Usage(f"{path}：没有日志文件 → 检查路径；机器运行过一次后才会有")
    with tempfile.TemporaryDirectory(prefix="kiosk-journal-") as folder:
        copy = Path(folder) / "journal.sqlite"
        try:
            _copy(path, copy)
        except OSError as error:
            raise Usage(why(error)) from None
        _require_journal(path, copy)
        try:
            journal = Journal(copy)
        except JournalError as error:
            raise Usage(_unusable(path, str(error).replace(str(copy), "").strip())) from None
        try:
            yield journal
        finally:
            journal.close()


@contextmanager
def logbook_copy(path: Path) -> Iterator[Logbook]:
    """Yield a logbook with what `path` holds now, also while a kiosk writes to it. Raise Usage, Failure."""
    if not path.is_file():
        raise Usage(f"{path}：没有运行日志 → 检查路径；机器运行过一次后才会有")
    with tempfile.TemporaryDirectory(prefix="kiosk-logbook-") as folder:
        copy = Path(folder) / "logbook.sqlite"
        try:
            _copy(path, copy)
            with closing(Logbook(copy)) as logbook:
                yield logbook
        except OSError as error:
            raise Usage(why(error)) from None
        except LogbookError as error:
            raise Failure(f"{path}：读不了（{error}）→ 机器会自己换一份新的") from None


def _copy(path: Path, copy: Path) -> None:
    log, log_copy = _beside(path), _beside(copy)
    for _ in range(_TRIES):
        before = _seen(path), _seen(log)
        log_copy.unlink(missing_ok=True)
        if before[1] is not None:
            shutil.copyfile(log, log_copy)
        shutil.copyfile(path, copy)
        if (_seen(path), _seen(log)) == before:
            return
        time.sleep(_PAUSE_SECONDS)
    raise Failure(f"{path}：一直有程序在写，抄不下来 → 过一会儿再试")


def _beside(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _seen(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _require_journal(path: Path, copy: Path) -> None:
    """An empty file, and a database of something else, would be made into a journal by opening it as one."""
    try:
        with closing(sqlite3.connect(copy)) as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise Usage(_unusable(path, str(error))) from None
    if not {"operation", "outbox", "audit"} <= tables:
        raise Usage(_unusable(path, "里面没有日志的表"))


def _unusable(path: Path, reason: str) -> str:
    return f"{path}：不是本程序能读的日志（{reason}）→ 检查路径；用写它的那个版本来看"
