"""The staff's tools on a machine without a kiosk: real files, journal, logbook, keys; devices and platform as the test says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from drivers.client import Link, Snapshot
from drivers.contract import a4_printer, id_card, receipt_printer
from drivers.contract.common import DeviceClass, Readiness, Supply
from drivers.contract.faults import FaultCode, fault
from kiosk.bindings.in_force import InForce
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.gateways.health import Health
from kiosk.journal.store import Journal
from kiosk.logbook.fault_log import FaultLog
from kiosk.logbook.store import Logbook
from kiosk.maintenance.replacing.first_service import FirstService
from kiosk.maintenance.toolbox import Toolbox
from kiosk.opening.pauses import FILE as PAUSES_FILE
from kiosk.opening.pauses import Pauses
from kiosk.opening.serving import serving
from kiosk.opening.start import Start, Way
from kiosk.operations.outbox import Outbox
from kiosk.policies import visit_policy
from kiosk.policies.maintenance import maintenance_policy
from tests.support.machine import Machine, machine

READY = Readiness.READY


def well() -> list[Snapshot]:
    """Three devices of a village's kiosk, all well."""
    return [
        Snapshot(
            "id_reader",
            DeviceClass.ID_CARD_READER,
            "sdt_serial",
            link=Link.HERE,
            status=id_card.Status(readiness=READY),
        ),
        Snapshot(
            "a4_printer",
            DeviceClass.A4_PRINTER,
            "ipp",
            link=Link.HERE,
            status=a4_printer.Status(
                readiness=READY, paper=Supply.OK, toner=Supply.OK, sheets=180, impressions=4000, toner_percent=40
            ),
        ),
        Snapshot(
            "receipt_printer",
            DeviceClass.RECEIPT_PRINTER,
            "escpos",
            link=Link.HERE,
            status=receipt_printer.Status(readiness=READY, paper=Supply.OK),
        ),
    ]


def broken(snapshot: Snapshot, code: FaultCode) -> Snapshot:
    """The same device with a fault."""
    import msgspec

    status = msgspec.structs.replace(snapshot.status, readiness=Readiness.FAULT, faults=(fault(code),))
    return replace(snapshot, status=status)


class Platform:
    """Answers health as told: its clock is `off` seconds wrong; None: it does not answer."""

    def __init__(self, now: Any) -> None:
        self._now = now
        self.off: float | None = 0.0
        self.up = True

    async def health(self) -> Health:
        if self.off is None:
            raise GatewayFault(GatewayCode.UNREACHABLE, "health")
        return Health(up=self.up, time=self._now() + timedelta(seconds=self.off))


class Bench:
    """What a test may change: `devices`, `platform`, `now`."""

    def __init__(self, folder: Path, *, at: datetime | None = None) -> None:
        self.machine: Machine = machine(folder)
        self.now = at or datetime.now(UTC)
        self.devices = well()
        self.platform = Platform(lambda: self.now)
        state = self.machine.site.state_folder
        self.journal = Journal(state / "journal.sqlite")
        self.logbook = Logbook(state / "logbook.sqlite")
        outbox = Outbox(self.journal, None, visit_policy().outbox)  # type: ignore[arg-type]  # nothing is delivered here
        devices = SimpleNamespace(table=lambda: list(self.devices), expected=lambda: list(self.devices))
        self.tools = Toolbox(
            site=self.machine.site,
            profile=self.machine.profile,
            bindings=InForce(self.machine.profile),
            conformity=None,
            first_service=FirstService(self.logbook, cast(Any, devices), InForce(self.machine.profile)),
            devices=cast(Any, devices),
            platform=cast(Any, self.platform),
            outbox=outbox,
            logbook=self.logbook,
            records=self.journal,
            signer=self.machine.signer,
            policy=maintenance_policy(),
            now=lambda: self.now,
            serving=serving(Pauses(state / PAUSES_FILE), Start(Way.FULL), self.machine.profile, self.machine.site.zone),
            history=FaultLog(self.logbook),
            restart=lambda: None,
        )

    def tasks(self) -> list[dict[str, str]]:
        """What was told to the back office, by its evidence."""
        return [item.body["evidence"] for item in self.journal.due(1e12) if item.kind == "task"]

    def close(self) -> None:
        self.journal.close()
        self.logbook.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "machine")
    yield made
    made.close()
