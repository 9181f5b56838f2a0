"""Brings the journal's outbox to the platform: suspensions, back-office tasks, ratings. Each item is named by a key, so that
a repetition is harmless; what fails waits, with growing pauses, over restarts too."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from datetime import UTC, datetime
from typing import Any, Protocol

from drivers.link.within import within
from kiosk.gateways.back_office import BackOffice, Task, TaskKind
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.gateways.rating import Level, Rating, Ratings
from kiosk.gateways.serials import Serials, SuspendReason
from kiosk.journal.store import Journal, JournalError, OutboxItem
from kiosk.policies import Outbox as Limits

_log = logging.getLogger("kiosk.outbox")

_FINAL = frozenset(
    {GatewayCode.REFUSED, GatewayCode.NOT_FOUND, GatewayCode.CONFLICT, GatewayCode.NO_RECORD, GatewayCode.WRONG_PERSON}
)
"""Answers that a repetition cannot change. Everything else is tried again."""

_MOST_DOUBLINGS = 32
"""The longest pause is reached long before; after a weekend offline a power of the tries themselves is no float any more."""

_SPREAD = 0.25
"""By this share pauses are shorter or longer, so that not everybody comes back at once."""


class Platform(Serials, BackOffice, Ratings, Protocol):
    """The ports that the outbox delivers to."""


class Outbox:
    """The deliverer. `post_*` write to disk and return; delivery follows."""

    def __init__(self, journal: Journal, platform: Platform, limits: Limits) -> None:
        self._journal = journal
        self._platform = platform
        self._limits = limits
        self._posted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    # --- writing

    def post_suspension(self, serial: str, reason: SuspendReason) -> None:
        """The paper with this serial must not count."""
        self._post(f"suspend:{serial}", "suspend", {"serial": serial, "reason": reason.value})

    def post_operation_suspension(self, operation: str) -> None:
        """Whatever serial was issued for this operation must not count (its answer may have been lost)."""
        self._post(f"suspend-operation:{operation}", "suspend_operation", {"operation": operation})

    def post_task(self, key: str, kind: TaskKind, *, operation: str = "", serial: str = "", **evidence: str) -> None:
        """Something for a person to look into."""
        body = {"task": kind.value, "at": time.time(), "operation": operation, "serial": serial, "evidence": evidence}
        self._post(f"task:{key}", "task", {"key": key, **body})

    def post_rating(self, visit: str, item: str, level: int) -> None:
        """A visitor's rating."""
        self._post(f"rating:{visit}", "rating", {"visit": visit, "item": item, "level": level, "at": time.time()})

    def _post(self, key: str, kind: str, body: dict[str, Any]) -> None:
        self._journal.post(key, kind, body)
        self._posted.set()

    # --- delivering

    def start(self) -> None:
        """Begin to deliver."""
        self._task = asyncio.create_task(self._deliver_forever(), name="outbox")

    async def stop(self) -> None:
        """Stop; what waits stays in the journal."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _deliver_forever(self) -> None:
        while True:
            self._posted.clear()
            try:
                now = time.time()
                for item in self._journal.due(now, furthest=now + self._limits.longest_pause * (1 + _SPREAD)):
                    await self._deliver(item)
            except JournalError as error:
                # A full disk: what was delivered but not noted is delivered again, which its key makes harmless.
                _log.error("the outbox waits for its journal: %s", error)
            with contextlib.suppress(TimeoutError):
                await within(self._limits.first_pause, self._posted.wait())

    async def _deliver(self, item: OutboxItem) -> None:
        try:
            outcome = await self._send(item.kind, item.body)
        except GatewayFault as error:
            if error.code in _FINAL:
                self._journal.delivered(item.key, error.code.value)
                return
            self._postpone(item, error.code.value)
            return
        except (LookupError, TypeError, ValueError) as error:
            # Written by a program that is not this one. It must not hold up the others, nor be forgotten.
            _log.error("the journal holds an outbox item (%s) that cannot be read: %s", item.kind, type(error).__name__)
            self._postpone(item, "unreadable")
            return
        except Exception as error:
            # A defect of ours: it puts off this item alone. An outbox that ended here would leave doubtful papers valid.
            _log.error("the outbox failed over an item (%s): %s", item.kind, type(error).__name__)
            self._postpone(item, "defect")
            return
        self._journal.delivered(item.key, outcome)

    def _postpone(self, item: OutboxItem, why: str) -> None:
        doublings = min(item.tries, _MOST_DOUBLINGS)
        pause = min(self._limits.first_pause * 2**doublings, self._limits.longest_pause)
        # A thousand kiosks come back at once after a cut: spread them.
        spread = random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311
        self._journal.postpone(item.key, time.time() + pause * spread)
        _log.info("not delivered (%s), again in about %.0f s: %s", why, pause, item.kind)

    async def _send(self, kind: str, body: dict[str, Any]) -> str:
        match kind:
            case "suspend":
                await self._platform.suspend(body["serial"], SuspendReason(body["reason"]))
            case "suspend_operation":
                serial = await self._platform.lookup(body["operation"])
                if serial is None:
                    return "never issued"
                await self._platform.suspend(serial.serial, SuspendReason.NOT_PRINTED)
            case "task":
                await self._platform.put_task(_task(body))
            case "rating":
                await self._platform.rate(
                    Rating(visit=body["visit"], item=body["item"], level=Level(body["level"]), at=_time(body["at"]))
                )
            case _:
                raise ValueError(f"the journal holds an outbox item of unknown kind {kind!r}")
        return "delivered"


def _task(body: dict[str, Any]) -> Task:
    return Task(
        key=body["key"],
        kind=TaskKind(body["task"]),
        at=_time(body["at"]),
        operation=body["operation"],
        serial=body["serial"],
        evidence=body["evidence"],
    )


def _time(unix: float) -> datetime:
    return datetime.fromtimestamp(unix, UTC)
