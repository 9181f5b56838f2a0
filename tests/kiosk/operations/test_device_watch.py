"""「已通知管理员」 is true: a device that needs somebody becomes one task, a passing fault none."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from drivers.client import Link, Snapshot
from drivers.contract.a4_printer import Status
from drivers.contract.common import DeviceClass
from drivers.contract.faults import FaultCode, fault
from kiosk.journal.store import JournalError
from kiosk.operations import device_watch as module
from kiosk.operations.device_watch import LASTS_SECONDS, DeviceWatch


class Posted:
    def __init__(self) -> None:
        self.tasks: list[tuple[str, dict[str, str]]] = []

    def post_task(self, key: str, kind: Any, *, operation: str = "", serial: str = "", **evidence: str) -> None:
        self.tasks.append((key, evidence))


def printer(*codes: FaultCode, link: Link = Link.HERE, gone: FaultCode | None = None) -> list[Snapshot]:
    status = Status(faults=tuple(fault(code) for code in codes)) if link is Link.HERE else None
    snapshot = Snapshot("a4_printer", DeviceClass.A4_PRINTER, "ipp", link=link, status=status)
    snapshot.fault = fault(gone) if gone else None
    return [snapshot]


def test_a_lasting_fault_is_told_once_and_again_after_it_was_mended() -> None:
    posted = Posted()
    watch = DeviceWatch(posted, "K-1")  # type: ignore[arg-type]
    for second in range(20):
        watch.look(printer(FaultCode.PAPER_OUT), 1000.0 + second)
    assert [evidence for _, evidence in posted.tasks] == [{"device": "a4_printer", "code": "paper_out"}]
    watch.look(printer(), 1030.0)
    watch.look(printer(FaultCode.PAPER_OUT), 1040.0)
    watch.look(printer(FaultCode.PAPER_OUT), 1040.0 + LASTS_SECONDS)
    assert len({key for key, _ in posted.tasks}) == 2


def test_a_passing_fault_and_one_that_heals_itself_are_not_told() -> None:
    posted = Posted()
    watch = DeviceWatch(posted, "K-1")  # type: ignore[arg-type]
    watch.look(printer(FaultCode.COVER_OPEN), 1000.0)
    watch.look(printer(), 1000.0 + LASTS_SECONDS)
    for second in range(20):
        watch.look(printer(link=Link.GONE, gone=FaultCode.HOST_DIED), 1010.0 + second)
    assert posted.tasks == []


def test_a_device_that_is_gone_is_told() -> None:
    posted = Posted()
    watch = DeviceWatch(posted, "K-1")  # type: ignore[arg-type]
    watch.look(printer(link=Link.GONE, gone=FaultCode.PORT_ABSENT), 1000.0)
    watch.look(printer(link=Link.GONE, gone=FaultCode.PORT_ABSENT), 1000.0 + LASTS_SECONDS)
    assert [evidence["code"] for _, evidence in posted.tasks] == ["port_absent"]


def test_what_staff_do_at_the_machine_is_nobodys_task_and_what_they_leave_wrong_is() -> None:
    posted = Posted()
    watch = DeviceWatch(posted, "K-1")  # type: ignore[arg-type]
    for second in range(20):
        watch.look(printer(FaultCode.COVER_OPEN), 1000.0 + second, attended=True)
    watch.look(printer(), 1020.0, attended=True)
    watch.look(printer(FaultCode.PAPER_OUT), 1021.0, attended=True)
    watch.look(printer(FaultCode.PAPER_OUT), 1030.0, attended=True)
    assert posted.tasks == []
    watch.look(printer(FaultCode.PAPER_OUT), 1031.0)
    assert [evidence["code"] for _, evidence in posted.tasks] == ["paper_out"], "told when they have gone"


def test_a_full_disk_puts_the_telling_off_and_does_not_end_the_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch that ended silently would make 「已通知管理员」 a lie until the next start."""

    class Full(Posted):
        full = True

        def post_task(self, key: str, kind: Any, *, operation: str = "", serial: str = "", **evidence: str) -> None:
            if self.full:
                raise JournalError("the disk is full")
            super().post_task(key, kind, operation=operation, serial=serial, **evidence)

    class Table:
        def expected(self) -> list[Snapshot]:
            return printer(FaultCode.PAPER_OUT)

    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(module, "LASTS_SECONDS", 0.02)
    posted = Full()

    async def go() -> None:
        watching = asyncio.create_task(DeviceWatch(posted, "K-1").run(Table()))  # type: ignore[arg-type]
        await asyncio.sleep(0.15)
        assert not watching.done()
        posted.full = False
        await asyncio.sleep(0.15)
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching

    asyncio.run(go())
    assert [evidence["code"] for _, evidence in posted.tasks] == ["paper_out"]


def test_a_clock_that_jumps_neither_tells_a_passing_fault_nor_keeps_back_a_lasting_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`run` measures by the monotonic clock; the wall clock only names the task."""

    class Table:
        def expected(self) -> list[Snapshot]:
            return printer(FaultCode.PAPER_OUT)

    walls = iter(range(10**9, 0, -7200))
    monkeypatch.setattr(module.time, "time", lambda: float(next(walls)))
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(module, "LASTS_SECONDS", 0.05)
    posted = Posted()

    async def go() -> None:
        watching = asyncio.create_task(DeviceWatch(posted, "K-1").run(Table()))  # type: ignore[arg-type]
        await asyncio.sleep(0.2)
        watching.cancel()

    asyncio.run(go())
    assert len(posted.tasks) == 1
