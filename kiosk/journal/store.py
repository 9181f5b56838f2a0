"""The journal file: SQLite, WAL, synchronous=FULL, one writer. A call that returns has reached the disk.

Every change of an operation also appends to `audit`, a chain in which each row's hash covers the row before it, so that a
row taken out or altered shows (`verify_chain`). Payloads are JSON objects of closed, non-personal values; a `Secret`
cannot be put in, because no JSON encoder takes it.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from kiosk.journal.opening import JournalError, connect
from kiosk.journal.states import MOVES, OPEN_STATES, PrintState

__all__ = ["AuditRow", "Journal", "JournalError", "Operation", "OutboxItem", "follows"]

ROOM_BYTES = 8 * 2**20
"""Free on the disk before a visit begins. A visit writes some 20 kB; the rest is for whoever else writes meanwhile."""


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One effect that outlives its visit. `subject` is a random token of the visit, not of the person."""

    id: str
    kind: str
    state: PrintState
    subject: str
    device: str
    fence: int
    serial: str
    evidence: dict[str, Any]
    created: float
    updated: float


class OutboxItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that must reach the platform, however long that takes; `key` makes a repetition harmless."""

    key: str
    kind: str
    body: dict[str, Any]
    tries: int
    created: float


class AuditRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the audit chain."""

    seq: int
    at: float
    event: str
    operation: str
    payload: dict[str, Any]
    hash: str


class Journal:
    """The open journal. Thread-safe; every public method is one transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._db = connect(path)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    # --- prints

    def begin_print(self, operation: str, *, subject: str, device: str, evidence: dict[str, Any]) -> Operation:
        """Write the intent and take the next fence of the device, in one transaction."""
        now = time.time()
        with self._transaction():
            self._db.execute(
                "INSERT INTO fence VALUES (?, 1) ON CONFLICT (device) DO UPDATE SET value = value + 1", (device,)
            )
            fence = self._db.execute("SELECT value FROM fence WHERE device = ?", (device,)).fetchone()[0]
            self._db.execute(
                "INSERT INTO operation VALUES (?, 'print', ?, ?, ?, ?, '', ?, ?, ?)",
                (operation, PrintState.INTENT, subject, device, fence, _json(evidence), now, now),
            )
            self._audit(now, PrintState.INTENT, operation, {"fence": fence, **evidence})
        return self.operation(operation)

    def note(self, operation: str, *, serial: str | None = None, **evidence: Any) -> Operation:
        """Add to an operation's evidence (and set its serial) without a move."""
        return self._update(operation, None, serial, evidence)

    def move(self, operation: str, state: PrintState, **evidence: Any) -> Operation:
        """Move to another state. Raise JournalError when `MOVES` has no such move."""
        return self._update(operation, state, None, evidence)

    def _update(
        self, operation: str, state: PrintState | None, serial: str | None, evidence: dict[str, Any]
    ) -> Operation:
        now = time.time()
        with self._transaction():
            before = self._read(operation)
            after = before.state if state is None else state
            if state is not None and state not in MOVES[before.state]:
                raise JournalError(f"a print cannot go from {before.state} to {state}")
            known = {**before.evidence, **evidence}
            self._db.execute(
                "UPDATE operation SET state = ?, serial = ?, evidence = ?, updated = ? WHERE id = ?",
                (after, before.serial if serial is None else serial, _json(known), now, operation),
            )
            noted = evidence if serial is None else {"serial": serial, **evidence}
            self._audit(now, after if state is not None else "note", operation, noted)
        return self.operation(operation)

    def operation(self, operation: str) -> Operation:
        """Return one operation. Raise LookupError when there is none."""
        with self._reading():
            return self._read(operation)

    def open_operations(self) -> list[Operation]:
        """Return what a restart must settle, oldest first."""
        states = tuple(OPEN_STATES)
        marks = ",".join("?" * len(states))
        with self._reading():
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM operation WHERE state IN ({marks}) ORDER BY created",  # noqa: S608  marks are "?"
                states,
            ).fetchall()
        return [_operation(row) for row in rows]

    def operations(self) -> list[Operation]:
        """Return all operations, oldest first."""
        with self._reading():
            rows = self._db.execute(f"SELECT {_COLUMNS} FROM operation ORDER BY created").fetchall()  # noqa: S608
        return [_operation(row) for row in rows]

    def has_serial(self, serial: str) -> bool:
        """Whether an operation has had this serial."""
        with self._reading():
            found = self._db.execute("SELECT 1 FROM operation WHERE serial = ? LIMIT 1", (serial,)).fetchone()
        return found is not None

    def _read(self, operation: str) -> Operation:
        row = self._db.execute(f"SELECT {_COLUMNS} FROM operation WHERE id = ?", (operation,)).fetchone()  # noqa: S608
        if row is None:
            raise LookupError(f"no operation {operation}")
        return _operation(row)

    def counts(self) -> dict[str, int]:
        """Return how many operations there are in each state. Numbers only."""
        with self._reading():
            rows = self._db.execute("SELECT state, count(*) FROM operation GROUP BY state ORDER BY state").fetchall()
        return {str(state): int(count) for state, count in rows}

    # --- outbox

    def post(self, key: str, kind: str, body: dict[str, Any]) -> None:
        """Put something into the outbox; the same key again changes nothing."""
        now = time.time()
        with self._transaction():
            done = self._db.execute(
                "INSERT INTO outbox (key, kind, body, created, next_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (key, kind, _json(body), now, now),
            )
            if done.rowcount:
                self._audit(now, f"post:{kind}", str(body.get("operation", "")), {"key": key})

    def due(self, now: float, *, furthest: float | None = None) -> list[OutboxItem]:
        """Return what waits to be delivered now, oldest first. Times are Unix times.

        What is put off beyond `furthest` is due too: nothing is ever put off so far, so the clock was set back meanwhile.
        """
        beyond = math.inf if furthest is None else furthest
        with self._reading():
            rows = self._db.execute(
                "SELECT key, kind, body, tries, created FROM outbox"
                " WHERE done_at IS NULL AND (next_at <= ? OR next_at > ?) ORDER BY rowid",
                (now, beyond),
            ).fetchall()
        return [OutboxItem(key=r[0], kind=r[1], body=_body(r[2]), tries=r[3], created=r[4]) for r in rows]

    def waiting(self) -> int:
        """Return how many things wait in the outbox."""
        with self._reading():
            return int(self._db.execute("SELECT count(*) FROM outbox WHERE done_at IS NULL").fetchone()[0])

    def oldest_waiting(self) -> float | None:
        """Return since when the oldest thing in the outbox waits (Unix time), None when it is empty."""
        with self._reading():
            found = self._db.execute("SELECT min(created) FROM outbox WHERE done_at IS NULL").fetchone()[0]
        return None if found is None else float(found)

    def delivered(self, key: str, outcome: str) -> None:
        """Mark an outbox item as delivered (or finally refused) with the platform's word."""
        now = time.time()
        with self._transaction():
            self._db.execute("UPDATE outbox SET done_at = ?, outcome = ? WHERE key = ?", (now, outcome, key))
            self._audit(now, "delivered", "", {"key": key, "outcome": outcome})

    def postpone(self, key: str, until: float) -> None:
        """Count a failed try and wait until then."""
        with self._transaction():
            self._db.execute("UPDATE outbox SET tries = tries + 1, next_at = ? WHERE key = ?", (until, key))

    # --- room

    def has_room(self) -> bool:
        """Whether a whole visit can be written: there is room to spare, and a row just written has reached the disk."""
        try:
            free = shutil.disk_usage(self.path.parent).free
            self.record("disk", free_mb=free // 2**20)
        except (OSError, JournalError):
            return False
        return free >= ROOM_BYTES

    # --- audit

    def record(self, event: str, **payload: Any) -> None:
        """Append an event that belongs to no operation (a visit's steps, faults, keeper acts)."""
        with self._transaction():
            self._audit(time.time(), event, "", payload)

    def audit_rows(self) -> Iterator[AuditRow]:
        """Yield the audit chain from its beginning. Raise JournalError at a row that somebody made unreadable."""
        try:
            with self._lock:
                rows = self._db.execute(
                    "SELECT seq, at, event, operation, payload, hash FROM audit ORDER BY seq"
                ).fetchall()
            for seq, at, event, operation, payload, digest in rows:
                yield AuditRow(
                    seq=seq, at=at, event=event, operation=operation, payload=json.loads(payload), hash=digest
                )
        except (sqlite3.Error, ValueError) as error:
            raise JournalError(f"{self.path} holds an audit row that cannot be read: {error}") from error

    def newest_at(self) -> float | None:
        """Return when the newest row of the chain was written (Unix time), None when there is none."""
        with self._reading():
            found = self._db.execute("SELECT at FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        return None if found is None else float(found[0])

    def events(self, event: str, *, after: int = 0) -> list[AuditRow]:
        """Return the rows of one kind behind a sequence number, oldest first. Raise JournalError."""
        with self._reading():
            rows = self._db.execute(
                "SELECT seq, at, event, operation, payload, hash FROM audit WHERE event = ? AND seq > ? ORDER BY seq",
                (event, after),
            ).fetchall()
            try:
                return [
                    AuditRow(seq=r[0], at=r[1], event=r[2], operation=r[3], payload=json.loads(r[4]), hash=r[5])
                    for r in rows
                ]
            except ValueError as error:
                raise JournalError(f"{self.path} holds an audit row that cannot be read: {error}") from error

    def verify_chain(self) -> int | None:
        """Return the first sequence number whose hash is wrong or that is missing, None when the chain holds."""
        with self._reading():
            # As bytes: what somebody wrote into the file by hand need not be text, let alone JSON.
            rows = self._db.execute(
                "SELECT seq, CASE typeof(at) WHEN 'real' THEN at END, CAST(event AS BLOB), CAST(operation AS BLOB),"
                " CAST(payload AS BLOB), CAST(hash AS BLOB) FROM audit ORDER BY seq"
            ).fetchall()
            # SQLite keeps the highest number ever given: without it nobody would miss the newest rows.
            last = self._db.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'audit'").fetchone()[0] or 0
        previous, expected = b"", 1
        for seq, at, event, operation, payload, digest in rows:
            if seq != expected or digest != _chain(previous, at, event, operation, payload):
                return expected
            previous, expected = digest, expected + 1
        return expected if expected <= last else None

    def _audit(self, at: float, event: str, operation: str, payload: dict[str, Any]) -> None:
        last = self._db.execute("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        text = _json(payload)
        previous = last[0].encode() if last else b""
        digest = _chain(previous, at, event.encode(), operation.encode(), text.encode()).decode()
        self._db.execute(
            "INSERT INTO audit (at, event, operation, payload, hash) VALUES (?, ?, ?, ?, ?)",
            (at, event, operation, text, digest),
        )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise JournalError(f"{self.path} cannot be read: {error}") from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException as error:
                # On a full disk SQLite may have rolled back by itself; then there is nothing to take back.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise JournalError(f"{self.path} cannot be written: {error}") from error
                raise


_COLUMNS = "id, kind, state, subject, device, fence, serial, evidence, created, updated"


def _operation(row: tuple[Any, ...]) -> Operation:
    return Operation(
        id=row[0],
        kind=row[1],
        state=PrintState(row[2]),
        subject=row[3],
        device=row[4],
        fence=row[5],
        serial=row[6],
        evidence=json.loads(row[7]),
        created=row[8],
        updated=row[9],
    )


def _body(text: str) -> dict[str, Any]:
    """An outbox body that somebody made unreadable is an empty one: its reader then says so, and the others still go out."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def follows(previous: str, row: AuditRow) -> bool:
    """Whether a row's hash is the one that it must have behind a row with the hash `previous` ("" for the first)."""
    text = _json(row.payload).encode()
    return _chain(previous.encode(), row.at, row.event.encode(), row.operation.encode(), text).decode() == row.hash


def _chain(previous: bytes, at: float, event: bytes, operation: bytes, payload: bytes) -> bytes:
    text = b"\n".join((previous, repr(at).encode(), event, operation, payload))
    return hashlib.sha256(text).hexdigest().encode()
