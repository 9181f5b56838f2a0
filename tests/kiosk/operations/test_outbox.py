"""The outbox against a platform that fails by script: all arrives at least once, refusals end, pauses grow to a bound."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.gateways.back_office import Task, TaskKind, TaskState
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.gateways.rating import Rating
from kiosk.gateways.serials import Serial, SerialState, SuspendReason
from kiosk.journal.store import Journal
from kiosk.operations import outbox as module
from kiosk.operations.outbox import Outbox
from kiosk.policies import Outbox as Limits

LIMITS = Limits(first_pause=0.01, longest_pause=0.04)
FINAL = sorted(module._FINAL)
SLACK = 0.005
"""Seconds between setting a time and looking at it."""
PASSING = sorted(set(GatewayCode) - module._FINAL)


class ScriptedPlatform:
    """Fails as often as its script says, then takes everything; `calls` are the tries, `kept` what it has."""

    def __init__(self, script: list[GatewayCode | None] | None = None) -> None:
        self.script = list(script or [])
        self.calls: list[str] = []
        self.kept: list[str] = []
        self.issued: dict[str, str] = {}

    def _take(self, what: str) -> None:
        self.calls.append(what)
        code = self.script.pop(0) if self.script else None
        if code is not None:
            raise GatewayFault(code, "/v1/scripted")
        self.kept.append(what)

    async def suspend(self, serial: str, reason: SuspendReason) -> Serial:
        self._take(f"suspend {serial} {reason.value}")
        return serial_of(serial, "op")

    async def lookup(self, operation: str) -> Serial | None:
        self._take(f"lookup {operation}")
        found = self.issued.get(operation)
        return serial_of(found, operation) if found else None

    async def put_task(self, task: Task) -> TaskState:
        self._take(f"task {task.key} {task.kind.value}")
        return None  # type: ignore[return-value]  # nobody reads it

    async def rate(self, rating: Rating) -> None:
        self._take(f"rating {rating.visit} {rating.level}")


def serial_of(serial: str, operation: str) -> Serial:
    now = datetime.now(UTC)
    return Serial(
        serial=serial, operation=operation, state=SerialState.SUSPENDED, issued=now, expires=now + timedelta(days=1),
        pages=1, licence="L", sha256="00",
    )  # fmt: skip


async def until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up
        await asyncio.sleep(0.005)


def run_with(
    path: Path,
    platform: Any,
    work: Callable[[Outbox, Journal], Awaitable[None]],
    *,
    limits: Limits = LIMITS,
) -> None:
    """One life of the outbox on the journal at `path`."""

    async def go() -> None:
        journal = Journal(path)
        box = Outbox(journal, platform, limits)
        box.start()
        try:
            await work(box, journal)
        finally:
            await box.stop()
            journal.close()

    asyncio.run(go())


def post_some(box: Outbox) -> list[str]:
    """Post one of each kind; return what must be kept, in order."""
    box.post_suspension("S-1", SuspendReason.NOT_PRINTED)
    box.post_task("T-1", TaskKind.DOUBTFUL_PRINT, operation="op", serial="S-1", fault="paper_jam")
    box.post_rating("V-1", "KX-RS-001", 5)
    return ["suspend S-1 not_printed", "task T-1 doubtful_print", "rating V-1 5"]


@settings(max_examples=25, deadline=None)
@given(script=st.lists(st.none() | st.sampled_from(PASSING), max_size=10))
def test_everything_arrives_at_least_once_whatever_fails_on_the_way(
    tmp_path_factory: pytest.TempPathFactory, script: list[GatewayCode | None]
) -> None:
    platform = ScriptedPlatform(script)

    async def work(box: Outbox, journal: Journal) -> None:
        wanted = post_some(box)
        await until(lambda: journal.waiting() == 0)
        assert sorted(platform.kept) == sorted(wanted)
        failed = sum(code is not None for code in script) - sum(code is not None for code in platform.script)
        assert len(platform.calls) == len(wanted) + failed, "and no more often than it failed"
        assert journal.verify_chain() is None

    quick = Limits(first_pause=0.001, longest_pause=0.004)
    run_with(tmp_path_factory.mktemp("outbox") / "journal.sqlite", platform, work, limits=quick)


@pytest.mark.parametrize("code", FINAL)
def test_a_final_refusal_is_noted_and_not_repeated(tmp_path: Path, code: GatewayCode) -> None:
    platform = ScriptedPlatform([code])

    async def work(box: Outbox, journal: Journal) -> None:
        box.post_suspension("S-1", SuspendReason.KEEPER)
        await until(lambda: journal.waiting() == 0)
        box.post_rating("V-1", "KX-RS-001", 3)
        await until(lambda: journal.waiting() == 0)
        assert platform.calls == ["suspend S-1 keeper", "rating V-1 3"]
        outcomes = [row.payload["outcome"] for row in journal.audit_rows() if row.event == "delivered"]
        assert outcomes == [code.value, "delivered"]

    run_with(tmp_path / "journal.sqlite", platform, work)


def test_in_good_times_things_arrive_in_the_order_in_which_they_were_posted(tmp_path: Path) -> None:
    platform = ScriptedPlatform()

    async def work(box: Outbox, journal: Journal) -> None:
        wanted = [*post_some(box), *(f"rating V-{number} 4" for number in range(2, 12))]
        for number in range(2, 12):
            box.post_rating(f"V-{number}", "KX-RS-001", 4)
        await until(lambda: journal.waiting() == 0)
        assert platform.kept == wanted

    run_with(tmp_path / "journal.sqlite", platform, work)


def test_one_that_fails_does_not_hold_up_the_others(tmp_path: Path) -> None:
    platform = ScriptedPlatform([GatewayCode.SERVER_ERROR])

    async def work(box: Outbox, journal: Journal) -> None:
        wanted = post_some(box)
        await until(lambda: journal.waiting() == 0)
        assert platform.kept == [*wanted[1:], wanted[0]]

    run_with(tmp_path / "journal.sqlite", platform, work)


def test_posting_wakes_the_outbox_at_once(tmp_path: Path) -> None:
    platform = ScriptedPlatform()

    async def work(box: Outbox, journal: Journal) -> None:
        await asyncio.sleep(0.05)
        began = time.monotonic()
        box.post_suspension("S-1", SuspendReason.NOT_PRINTED)
        await until(lambda: journal.waiting() == 0)
        assert time.monotonic() - began < 1

    run_with(tmp_path / "journal.sqlite", platform, work, limits=Limits(first_pause=30, longest_pause=60))


def test_pauses_grow_and_are_bounded_and_the_tries_survive_a_restart(tmp_path: Path) -> None:
    """Measured as the journal has them: when each failure put the item off, and until when."""
    path = tmp_path / "journal.sqlite"
    limits = Limits(first_pause=0.02, longest_pause=0.64)
    pauses: list[float] = []

    class Noting(Journal):
        def postpone(self, key: str, until: float) -> None:
            pauses.append(until - time.time())
            super().postpone(key, 0.0)  # the test does not wait

    async def fail_some_times(times: int) -> None:
        journal = Noting(path)
        box = Outbox(journal, ScriptedPlatform([GatewayCode.UNREACHABLE] * 10_000), limits)  # type: ignore[arg-type]
        box.post_suspension("S-1", SuspendReason.NOT_PRINTED)
        box.start()
        began = len(pauses)
        await until(lambda: len(pauses) - began >= times)
        await box.stop()
        journal.close()

    asyncio.run(fail_some_times(4))
    asyncio.run(fail_some_times(6))
    for number, pause in enumerate(pauses):
        wanted = min(0.02 * 2**number, 0.64)
        assert 0.75 * wanted - SLACK <= pause <= 1.25 * wanted, (number, pauses)


def test_a_weekend_offline_does_not_end_the_outbox(tmp_path: Path) -> None:
    """At a minute's pause, 1024 tries are 17 hours; 2 to the power of that is no float."""
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    journal.post("suspend:S-1", "suspend", {"serial": "S-1", "reason": "not_printed"})
    journal._db.execute("UPDATE outbox SET tries = 5000")  # as many postponements would take the disk a minute
    journal.close()
    platform = ScriptedPlatform([GatewayCode.UNREACHABLE])

    async def work(box: Outbox, journal: Journal) -> None:
        await until(lambda: journal.waiting() == 0)
        assert platform.kept == ["suspend S-1 not_printed"]

    run_with(path, platform, work)


def test_what_waits_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    dead = ScriptedPlatform([GatewayCode.UNREACHABLE] * 100)
    wanted: list[str] = []

    async def without_platform(box: Outbox, journal: Journal) -> None:
        wanted.extend(post_some(box))
        await until(lambda: len(dead.calls) >= 3)

    async def only_wait(box: Outbox, journal: Journal) -> None:
        await until(lambda: journal.waiting() == 0)

    run_with(path, dead, without_platform)
    well = ScriptedPlatform()
    run_with(path, well, only_wait)
    assert sorted(well.kept) == sorted(wanted)
    again = ScriptedPlatform()
    run_with(path, again, only_wait)
    assert again.calls == [], "what was delivered stays delivered"


def test_an_operation_whose_serial_is_unknown_is_looked_up_first(tmp_path: Path) -> None:
    platform = ScriptedPlatform()
    platform.issued["op-issued"] = "S-9"

    async def work(box: Outbox, journal: Journal) -> None:
        box.post_operation_suspension("op-issued")
        box.post_operation_suspension("op-never")
        await until(lambda: journal.waiting() == 0)
        assert platform.kept == ["lookup op-issued", "suspend S-9 not_printed", "lookup op-never"]
        outcomes = [row.payload["outcome"] for row in journal.audit_rows() if row.event == "delivered"]
        assert outcomes == ["delivered", "never issued"]

    run_with(tmp_path / "journal.sqlite", platform, work)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("of_the_future", {}),
        ("suspend", {"serial": "S-0", "reason": "a reason of the future"}),
        ("rating", {"visit": "V-0"}),
        ("task", {"key": "T", "task": "doubtful_print", "at": "noon", "operation": "", "serial": "", "evidence": {}}),
    ],
)
def test_an_item_that_cannot_be_read_stays_and_holds_up_nobody(tmp_path: Path, kind: str, body: dict[str, Any]) -> None:
    platform = ScriptedPlatform()
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    journal.post("unreadable", kind, body)
    journal.close()

    async def work(box: Outbox, journal: Journal) -> None:
        wanted = post_some(box)
        await until(lambda: journal.waiting() == 1)
        assert platform.kept == wanted
        assert [item.key for item in journal.due(1e12)] == ["unreadable"]

    run_with(path, platform, work)


def test_a_clock_that_was_set_back_holds_nothing_up(tmp_path: Path) -> None:
    """What failed at three o'clock was put off until a minute past three; then the clock is set back by two hours, or years."""
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    journal.post("suspend:S-1", "suspend", {"serial": "S-1", "reason": "doubtful_print"})
    journal.postpone("suspend:S-1", time.time() + 7200)
    journal.close()
    platform = ScriptedPlatform()

    async def work(box: Outbox, journal: Journal) -> None:
        await until(lambda: journal.waiting() == 0)
        assert platform.kept == ["suspend S-1 doubtful_print"]

    run_with(path, platform, work)


def test_a_pause_that_is_still_right_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    journal.post("rating:V-1", "rating", {"visit": "V-1", "item": "I", "level": 5, "at": 0.0})
    journal.postpone("rating:V-1", time.time() + 60)
    journal.close()
    platform = ScriptedPlatform()

    async def work(box: Outbox, journal: Journal) -> None:
        await asyncio.sleep(0.1)
        assert platform.calls == []

    run_with(path, platform, work, limits=Limits(first_pause=0.01, longest_pause=60))


def test_a_row_that_somebody_made_unreadable_stays_and_holds_up_nobody(tmp_path: Path) -> None:
    """Not written by any program: its text is no JSON. The suspension behind it must still arrive."""
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    journal.post("broken", "task", {"key": "T"})
    journal._db.execute("UPDATE outbox SET body = '{' WHERE key = 'broken'")
    journal.close()
    platform = ScriptedPlatform()

    async def work(box: Outbox, journal: Journal) -> None:
        wanted = post_some(box)
        await until(lambda: journal.waiting() == 1)
        assert platform.kept == wanted

    run_with(path, platform, work)


def test_a_defect_in_one_delivery_does_not_end_the_outbox(tmp_path: Path) -> None:
    """A task that ends silently would leave every later doubtful paper valid."""

    class Defective(ScriptedPlatform):
        async def rate(self, rating: Rating) -> None:
            self.calls.append("rating")
            raise RuntimeError("a defect")

    platform = Defective()

    async def work(box: Outbox, journal: Journal) -> None:
        box.post_rating("V-1", "KX-RS-001", 5)
        await until(lambda: platform.calls == ["rating"])
        box.post_suspension("S-1", SuspendReason.DOUBTFUL_PRINT)
        await until(lambda: platform.kept == ["suspend S-1 doubtful_print"])
        assert journal.waiting() == 1, "the rating waits"

    run_with(tmp_path / "journal.sqlite", platform, work, limits=Limits(first_pause=0.5, longest_pause=1))


def test_a_file_that_cannot_be_read_for_a_while_does_not_end_the_outbox(tmp_path: Path) -> None:
    platform = ScriptedPlatform()

    async def work(box: Outbox, journal: Journal) -> None:
        journal._db.execute("ALTER TABLE outbox RENAME TO away")
        await asyncio.sleep(0.05)
        journal._db.execute("ALTER TABLE away RENAME TO outbox")
        box.post_suspension("S-1", SuspendReason.DOUBTFUL_PRINT)
        await until(lambda: journal.waiting() == 0)
        assert platform.kept == ["suspend S-1 doubtful_print"]

    run_with(tmp_path / "journal.sqlite", platform, work)
