"""Endpoints of the back office, the ratings, the keepers and the health of the platform."""

from __future__ import annotations

import hmac
import secrets
import sqlite3
from datetime import datetime, timedelta

import msgspec

from kiosk.gateways.back_office import CloseRequest, ListRequest, Task, TaskList, TaskState
from kiosk.gateways.health import Department, Health, HealthRequest
from kiosk.gateways.interface import Status
from kiosk.gateways.keeper import Confirmation, KeeperRequest
from kiosk.gateways.rating import Rating, RatingKept
from kiosk.licences import citizen_number
from kiosk.sandbox.fault_desk import Applied, Verb
from kiosk.sandbox.platform import Platform, Refuse
from kiosk.sandbox.provision import DEPARTMENT_NAME, pin_digest

_PIN_TRIES = 5
_LOCKED_FOR = timedelta(minutes=10)
_DOWN_NOTICE = "系统升级中，请在恢复后再来，或到窗口办理。"


async def put_task(platform: Platform, kiosk: str, task: Task, faults: Applied) -> TaskState:
    """Put a task once. One with a citizen number in it is refused: the queue is read by many."""
    body = msgspec.json.encode(task)
    if citizen_number.find_all(body.decode()):
        raise Refuse(Status.BAD_VALUE, "a task holds no personal data")
    with platform.database as database:
        database.execute(
            "INSERT OR IGNORE INTO tasks (kiosk, key, body, opened) VALUES (?, ?, ?, ?)",
            (kiosk, task.key, body, platform.now().isoformat()),
        )
        kept = _task(platform, kiosk, task.key)
    if kept.task != task:
        raise Refuse(Status.CONFLICT, "this key names another task")
    return kept


async def close_task(platform: Platform, kiosk: str, request: CloseRequest, faults: Applied) -> TaskState:
    """Close a task with a reason."""
    if not (request.reason.strip() and request.by.strip()):
        raise Refuse(Status.BAD_VALUE, "a task is closed with a reason, by somebody")
    with platform.database as database:
        kept = _task(platform, kiosk, request.key)
        if kept.closed is None:
            database.execute(
                "UPDATE tasks SET closed = ?, reason = ?, closed_by = ? WHERE kiosk = ? AND key = ?",
                (platform.now().isoformat(), request.reason, request.by, kiosk, request.key),
            )
            return _task(platform, kiosk, request.key)
    if (kept.reason, kept.by) != (request.reason, request.by):
        raise Refuse(Status.CONFLICT, "the task has been closed for another reason")
    return kept


async def list_tasks(platform: Platform, kiosk: str, request: ListRequest, faults: Applied) -> TaskList:
    """List this kiosk's tasks, oldest first."""
    query = "SELECT * FROM tasks WHERE kiosk = ? AND (closed IS NULL OR NOT ?) ORDER BY opened, rowid"
    rows = platform.database.execute(query, (kiosk, request.open_only)).fetchall()
    return TaskList(tasks=tuple(_task_state(row) for row in rows))


async def rate(platform: Platform, kiosk: str, rating: Rating, faults: Applied) -> RatingKept:
    """Keep one rating a visit."""
    with platform.database as database:
        database.execute(
            "INSERT OR IGNORE INTO ratings VALUES (?, ?, ?, ?, ?)",
            (kiosk, rating.visit, rating.item, rating.level, rating.at.isoformat()),
        )
        query = "SELECT level FROM ratings WHERE kiosk = ? AND visit = ?"
        row = database.execute(query, (kiosk, rating.visit)).fetchone()
    if row["level"] != rating.level:
        raise Refuse(Status.CONFLICT, "a visit is rated once")
    return RatingKept(visit=rating.visit, level=rating.level)


async def confirm(platform: Platform, kiosk: str, request: KeeperRequest, faults: Applied) -> Confirmation:
    """Check a keeper's PIN. The fifth wrong one in a row locks; an unknown code answers like a wrong PIN."""
    now = platform.now()
    with platform.database as database:
        row = database.execute("SELECT * FROM keepers WHERE code = ?", (request.keeper,)).fetchone()
        if row is not None and row["locked_until"] and datetime.fromisoformat(row["locked_until"]) > now:
            raise Refuse(Status.KEEPER_LOCKED, "locked")
    if row is None or not hmac.compare_digest(pin_digest(request.pin.reveal(), row["salt"]), row["digest"]):
        raise _count_failure(platform, row, now)
    confirmation = Confirmation(confirmation=secrets.token_hex(12), keeper=request.keeper, at=now)
    with platform.database as database:
        database.execute("UPDATE keepers SET failures = 0, locked_until = NULL WHERE code = ?", (request.keeper,))
        database.execute(
            "INSERT INTO confirmations VALUES (?, ?, ?, ?, ?, ?)",
            (confirmation.confirmation, kiosk, request.keeper, request.visit, request.item, now.isoformat()),
        )
    return confirmation


async def health(platform: Platform, kiosk: str, request: HealthRequest, faults: Applied) -> Health:
    """Tell what works. Maintenance is a state here, not a fault."""
    down = Verb.DEPARTMENT_DOWN in faults
    department = Department(
        code=platform.licence_type.department,
        name=DEPARTMENT_NAME,
        up=not down,
        opens="00:00",
        closes="24:00",
        notice=_DOWN_NOTICE if down else "",
    )
    return Health(up=Verb.MAINTENANCE not in faults, time=platform.now(), departments=(department,))


def _count_failure(platform: Platform, row: sqlite3.Row | None, now: datetime) -> Refuse:
    if row is None:
        return Refuse(Status.WRONG_PIN, "code or PIN wrong")
    failures = row["failures"] + 1
    locks = failures >= _PIN_TRIES
    with platform.database as database:
        database.execute(
            "UPDATE keepers SET failures = ?, locked_until = ? WHERE code = ?",
            (0 if locks else failures, (now + _LOCKED_FOR).isoformat() if locks else None, row["code"]),
        )
    return Refuse(Status.KEEPER_LOCKED, "locked") if locks else Refuse(Status.WRONG_PIN, "code or PIN wrong")


def _task(platform: Platform, kiosk: str, key: str) -> TaskState:
    row = platform.database.execute("SELECT * FROM tasks WHERE kiosk = ? AND key = ?", (kiosk, key)).fetchone()
    if row is None:
        raise Refuse(Status.NOT_FOUND, "no such task")
    return _task_state(row)


def _task_state(row: sqlite3.Row) -> TaskState:
    return TaskState(
        task=msgspec.json.decode(row["body"], type=Task),
        kiosk=row["kiosk"],
        opened=datetime.fromisoformat(row["opened"]),
        closed=datetime.fromisoformat(row["closed"]) if row["closed"] else None,
        reason=row["reason"],
        by=row["closed_by"],
    )
