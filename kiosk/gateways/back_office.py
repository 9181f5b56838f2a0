"""Port: the back-office queue. What a kiosk cannot settle by itself becomes a task that a person closes with a reason."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec


class TaskKind(StrEnum):
    """What has to be looked into."""

    DOUBTFUL_PRINT = "doubtful_print"
    PAPER_LEFT = "paper_left"
    CARD_LEFT = "card_left"
    HELP_WANTED = "help_wanted"
    OWNER_MISMATCH = "owner_mismatch"
    SEAL_INVALID = "seal_invalid"
    DEVICE_FAULT = "device_fault"
    SELF_TEST = "self_test"
    SUPPLY = "supply"
    STAFF_LOCKED_OUT = "staff_locked_out"


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to settle. `key` names it (the operation, or a random name); `evidence` are short facts by name, e.g. a
    page counter. Codes and numbers only: a task holds no personal data, and a platform refuses one with a citizen number."""

    key: str
    kind: TaskKind
    at: datetime
    operation: str = ""
    serial: str = ""
    evidence: dict[str, str] = {}


class TaskState(msgspec.Struct, frozen=True, kw_only=True):
    """A task in the queue. `closed` is None while it is open."""

    task: Task
    kiosk: str
    opened: datetime
    closed: datetime | None = None
    reason: str = ""
    by: str = ""


class CloseRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Close a task. `reason` must say something (a later success does not close an anomaly); `by` is a staff code."""

    key: str
    reason: str
    by: str


class ListRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for this kiosk's tasks."""

    open_only: bool = True


class TaskList(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks, oldest first."""

    tasks: tuple[TaskState, ...]


class BackOffice(Protocol):
    """The port. Every call raises `GatewayFault`; repeating one with the same content changes nothing."""

    async def put_task(self, task: Task) -> TaskState:
        """Put a task. CONFLICT when its key names another one."""

    async def close_task(self, key: str, reason: str, by: str) -> TaskState:
        """Close a task with a reason. REFUSED when the reason is empty."""

    async def tasks(self, *, open_only: bool = True) -> tuple[TaskState, ...]:
        """List this kiosk's tasks, oldest first."""
