"""The platform's tables (SQLite). Times are ISO 8601 in UTC. Only invented people are ever in here."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_SCHEMA = """
CREATE TABLE people (id TEXT PRIMARY KEY, number TEXT UNIQUE NOT NULL, body BLOB NOT NULL);
CREATE TABLE grants (
    "grant" TEXT PRIMARY KEY, kiosk TEXT NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL, content TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES people (id), licence_type TEXT NOT NULL, item TEXT NOT NULL, purpose TEXT NOT NULL,
    expires TEXT NOT NULL, used TEXT, UNIQUE (kiosk, key, position)
);
CREATE TABLE licences (
    identifier TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (id), state TEXT NOT NULL,
    valid_to TEXT NOT NULL, sha256 TEXT NOT NULL, pages INTEGER NOT NULL
);
CREATE TABLE serials (
    serial TEXT PRIMARY KEY, kiosk TEXT NOT NULL, operation TEXT NOT NULL, state TEXT NOT NULL, issued TEXT NOT NULL,
    expires TEXT NOT NULL, pages INTEGER NOT NULL, licence TEXT NOT NULL REFERENCES licences (identifier),
    sha256 TEXT NOT NULL, item TEXT NOT NULL, replaces TEXT NOT NULL DEFAULT '', replaced_by TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '', UNIQUE (kiosk, operation)
);
CREATE TABLE tasks (
    kiosk TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, opened TEXT NOT NULL, closed TEXT,
    reason TEXT NOT NULL DEFAULT '', closed_by TEXT NOT NULL DEFAULT '', PRIMARY KEY (kiosk, key)
);
CREATE TABLE ratings (kiosk TEXT NOT NULL, visit TEXT NOT NULL, item TEXT NOT NULL, level INTEGER NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (kiosk, visit));
CREATE TABLE keepers (
    code TEXT PRIMARY KEY, salt BLOB NOT NULL, digest BLOB NOT NULL, failures INTEGER NOT NULL DEFAULT 0, locked_until TEXT
);
CREATE TABLE confirmations (
    confirmation TEXT PRIMARY KEY, kiosk TEXT NOT NULL, keeper TEXT NOT NULL, visit TEXT NOT NULL, item TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE TABLE codes (
    digest BLOB PRIMARY KEY, kiosk TEXT UNIQUE NOT NULL, expires TEXT NOT NULL, items TEXT NOT NULL, favourites TEXT NOT NULL,
    texts BLOB NOT NULL, key BLOB, certificate BLOB, secret BLOB
);
CREATE TABLE wrong_codes (peer TEXT PRIMARY KEY, failures INTEGER NOT NULL, locked_until TEXT);
"""


def create(path: Path) -> sqlite3.Connection:
    """Make the file and its tables."""
    database = open_store(path)
    path.chmod(0o600)
    database.executescript(_SCHEMA)
    return database


def open_store(path: Path) -> sqlite3.Connection:
    """Open the file; each `with database:` block is one transaction. Rows are read by column name."""
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA foreign_keys = ON")
    database.execute("PRAGMA journal_mode = WAL")
    return database
