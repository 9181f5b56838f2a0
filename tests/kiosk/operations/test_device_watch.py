"""「已通知管理员」 is true: a device that needs somebody becomes one task, a passing fault none."""

from __future__ import annotations

from typing import Any

from drivers.client import Link, Snapshot
from drivers.contract.a4_printer import Status
from drivers.contract.common import DeviceClass
from drivers.contract.faults import FaultCode, fault
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
