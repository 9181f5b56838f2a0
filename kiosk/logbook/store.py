"""The file: entries that are only added, and values that are replaced. Bounded, private, and never a reason to stand still."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_log = logging.getLogger("kiosk.logbook")

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_kind ON entry (kind, subject, id);
CREATE TABLE IF NOT EXISTS value (key TEXT PRIMARY KEY, body TEXT NOT NULL);
"""

MOST_OF_A_KIND = 20_000
"""The newest of each kind are kept: two years and more of a sample an hour, and weeks of a device that flaps all day."""

_TIDY_EVERY = 500
"""Written entries between two looks at how many there are."""


class LogbookError(Exception):
    """The logbook cannot be read or written now; names the file. Whoever serves visitors goes on without it."""


@dataclass(frozen=True)
class Entry:
    """One entry. `at` is Unix time in seconds, `subject` what it is about (a device's name; empty: the machine)."""

    id: int
    at: float
    kind: str
    subject: str
    body: dict[str, Any]


class Logbook:
    """One file, for one process; may be used from any of its threads."""

    def __init__(self, path: Path) -> None:
        """Open it, making it where there is none. A file that is damaged or of another version is put aside, under its name
        with the time, and a new one begun. Raise LogbookError where no file can be made at all."""
        self.path = path
        self._lock = threading.Lock()
        self._written = 0
        try:
            self._db = _open(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # full, locked, read-only: the file itself may be sound
                raise LogbookError(f"{path} cannot be opened: {error}") from error
            aside = path.with_name(f"{path.name}.damaged-{time.time():.0f}")
            _log.error("%s is damaged (%s); it is kept as %s, and a new one begun", path, error, aside.name)
            path.replace(aside)
            for rest in ("-wal", "-shm"):
                path.with_name(path.name + rest).unlink(missing_ok=True)
            self._db = _open(path)
        except OSError as error:
            raise LogbookError(f"{path} cannot be opened: {error.strerror}") from error

    @classmethod
    def begin(cls, path: Path) -> Logbook:
        """Open the file; where none can be had (a full or broken disk) remember until the end of this process only."""
        try:
            return cls(path)
        except LogbookError as error:
            _log.error("the logbook is kept in memory only: %s", error)
            book = cls.__new__(cls)
            book.path, book._lock, book._written = path, threading.Lock(), 0
            book._db = _connect(":memory:")
            return book

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    # --- entries

    def write(self, kind: str, subject: str = "", /, *, at: float | None = None, **body: Any) -> None:
        """Add an entry; `at` is now unless it is given. Raise LogbookError."""
        row = (time.time() if at is None else at, kind, subject, _json(body))
        with self._using() as db:
            db.execute("INSERT INTO entry (at, kind, subject, body) VALUES (?, ?, ?, ?)", row)
            self._written += 1
            if self._written % _TIDY_EVERY == 0:
                _tidy(db)

    def entries(
        self, kind: str, *, subject: str | None = None, since: float = 0.0, newest: int | None = None
    ) -> list[Entry]:
        """Return the entries of a kind, oldest first; of one subject, from a Unix time on, the newest so many.

        Raise LogbookError.
        """
        with self._using() as db:
            rows = db.execute(
                "SELECT id, at, kind, subject, body FROM entry WHERE kind = ? AND (? IS NULL OR subject = ?) AND at >= ?"
                " ORDER BY id DESC LIMIT ?",
                (kind, subject, subject, since, -1 if newest is None else newest),
            ).fetchall()
            return [Entry(row[0], row[1], row[2], row[3], json.loads(row[4])) for row in reversed(rows)]

    # --- values

    def put(self, key: str, body: dict[str, Any]) -> None:
        """Replace a value. Raise LogbookError."""
        with self._using() as db:
            db.execute(
                "INSERT INTO value VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body",
                (key, _json(body)),
            )

    def get(self, key: str) -> dict[str, Any] | None:
        """Return a value, None where there is none. Raise LogbookError."""
        with self._using() as db:
            row = db.execute("SELECT body FROM value WHERE key = ?", (key,)).fetchone()
            return None if row is None else json.loads(row[0])

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._db
            except (sqlite3.Error, ValueError) as error:
                raise LogbookError(f"{self.path}: {error}") from error


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.chmod(0o600)
    return _connect(str(path))


def _connect(name: str) -> sqlite3.Connection:
    db = sqlite3.connect(name, check_same_thread=False, isolation_level=None)
    try:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, SCHEMA_VERSION):
            raise sqlite3.DatabaseError(f"written by version {version}, this one writes {SCHEMA_VERSION}")
        if (found := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise sqlite3.DatabaseError(" ".join(found.split()))
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.executescript(_SCHEMA)
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    except BaseException:
        db.close()
        raise
    return db


def _tidy(db: sqlite3.Connection) -> None:
    for (kind,) in db.execute("SELECT DISTINCT kind FROM entry").fetchall():
        db.execute(
            "DELETE FROM entry WHERE kind = ? AND id <= (SELECT id FROM entry WHERE kind = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (kind, kind, MOST_OF_A_KIND),
        )


def _json(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
