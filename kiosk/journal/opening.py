"""Opening the journal file: private, whole, and of this program's schema; anything else is an error naming file and cure.

A file that cannot be used is never replaced by an empty one: it may hold prints that nobody has settled yet.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS operation (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, subject TEXT NOT NULL, device TEXT NOT NULL,
    fence INTEGER NOT NULL, serial TEXT NOT NULL, evidence TEXT NOT NULL, created REAL NOT NULL, updated REAL NOT NULL);
CREATE TABLE IF NOT EXISTS fence (device TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, created REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL, done_at REAL, outcome TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, event TEXT NOT NULL, operation TEXT NOT NULL,
    payload TEXT NOT NULL, hash TEXT NOT NULL);
"""
_TABLES = frozenset({"operation", "fence", "outbox", "audit"})

_MOVE_AWAY = (
    "move it away (do not delete it: prints in it may be unsettled), hand it to the back office, and start again"
)
_NO_FILE = "check that the folder can be written by the kiosk's user"


class JournalError(Exception):
    """The journal cannot be used, or an impossible move was asked for; names the file or the move."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the journal, making it where there is none. Raise JournalError naming file and cure, with the file left as it is."""
    try:
        _make_private(path)
        db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise JournalError(f"{path} cannot be opened as a journal: {error}; {_NO_FILE}") from error
    try:
        _prepare(db, path)
    except sqlite3.OperationalError as error:  # full, locked, read-only: the file itself may be sound
        db.close()
        cure = "make room on the disk, close other programs that hold the file, and see that it can be written"
        raise JournalError(f"{path} cannot be opened as a journal: {error}; {cure}") from error
    except sqlite3.Error as error:
        db.close()
        raise JournalError(f"{path} cannot be opened as a journal: {error}; {_MOVE_AWAY}") from error
    except JournalError:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    # Looked at first: a file of another version, of another program, or a damaged one is left as it is.
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, SCHEMA_VERSION):
        raise JournalError(
            f"{path} was written by another version ({version}); this one writes {SCHEMA_VERSION}:"
            f" start the kiosk's version that wrote it, or {_MOVE_AWAY}"
        )
    tables = {
        row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    }
    strange = tables - _TABLES if version == 0 else _TABLES - tables
    if strange:
        raise JournalError(f"{path} is no journal of a kiosk (table {min(strange)}); {_MOVE_AWAY}")
    found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise JournalError(f"{path} is damaged ({' '.join(found.split())}); {_MOVE_AWAY}")
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    if version == 0:  # nothing is written to a journal that is there: it must open on a full disk too
        db.executescript(_SCHEMA)
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def _make_private(path: Path) -> None:
    """Create the file for its owner alone before SQLite does, which gives -wal and -shm the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.chmod(0o600)
