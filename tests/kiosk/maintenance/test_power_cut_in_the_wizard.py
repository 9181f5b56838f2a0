"""The power goes at each boundary of everything that the wizard writes, from the first screen to the last, in a process of its own:
the next start finds the old binding or the new one, whole, and never one without the report that it names."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from drivers.buses.client import BusWatch
from drivers.buses.table import Table
from drivers.client import Link, Snapshot
from drivers.contract.common import DeviceClass, Readiness
from drivers.contract.id_card import Status
from kiosk.bindings.in_force import InForce
from kiosk.documents.chain import load_roots
from kiosk.documents.signed_record import verified
from kiosk.maintenance.frame import StaffComposer
from kiosk.maintenance.replacing import newcomer, sight
from kiosk.maintenance.replacing.task import run
from kiosk.maintenance.rights import Role, Staff
from kiosk.maintenance.samples.common import PLACE
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.policies import visit_policy
from kiosk.policies.maintenance import maintenance_policy
from kiosk.settings.profile import DeviceSettings
from kiosk.visit import Backed
from tests.kiosk.bindings.cutting import cut_at
from tests.kiosk.bindings.test_bindings_in_force import AT, KIOSK, Desk
from tests.kiosk.maintenance.test_replacing import Says
from tests.kiosk.maintenance.test_replacing_rules import HID, PORT, RAW, table
from tests.support.scripted import ScriptedWindow


class Bench:
    """Devices without hosts: what is plugged in changes with the screens, and whatever is bound is ready at once."""

    def __init__(self, profile_device: DeviceSettings) -> None:
        self.device = profile_device
        self.there = table(PORT)
        self.engaged = lambda name: False

    def table(self) -> list[Snapshot]:
        return [self.snapshot]

    @property
    def snapshot(self) -> Snapshot:
        status = Status(readiness=Readiness.READY)
        return Snapshot("id_reader", DeviceClass.ID_CARD_READER, self.device.driver, Link.HERE, status=status)

    def named(self, name: str) -> Any:
        return SimpleNamespace(snapshot=self.snapshot)

    def settings(self, name: str) -> DeviceSettings:
        return self.device

    async def rebind(self, name: str, device: DeviceSettings) -> None:
        self.device = device

    @asynccontextmanager
    async def released(self, name: str) -> AsyncIterator[None]:
        yield

    def bus_watch(self, wanted: Any, on_change: Any = None) -> BusWatch:
        async def nothing(*_: Any) -> None:
            return None

        return cast(BusWatch, SimpleNamespace(table=lambda: self.there, start=nothing, stop=nothing, settled=nothing))

    def become(self, there: Table) -> Any:
        async def act(_: Any) -> None:
            self.there = there

        return act


def walk(desk: Desk) -> None:
    """The wizard from the choice of the device to its end, with real files and the real key."""
    bench = Bench(desk.profile.devices["id_reader"].model_copy(update={"settings": {"port": PORT.node}}))
    window = ScriptedWindow(
        {
            "staff_replace_choose": ["id_reader", "back"],
            "staff_replace_unplug": bench.become(table()),
            "staff_replace_plug": bench.become(table(RAW, HID)),
            "staff_replace_driver": "sdt_usb",
            "staff_replace_opening": None,
            "staff_replace_ready": "start",
            "staff_replace_test": ["done", None],
            "staff_replace_result": "sign",
            "staff_replace_sign": "sign",
            "staff_replace_waiting": None,
            "staff_replace_end": "ok",
        }
    )
    site = SimpleNamespace(kiosk_id=KIOSK, state_folder=desk.site.state_folder, policies=None)
    tools = SimpleNamespace(
        site=site,
        profile=desk.profile,
        bindings=InForce(desk.profile),
        conformity=Says(),
        devices=bench,
        logbook=SimpleNamespace(write=lambda *_, **__: None),
        signer=desk.signer,
        now=lambda: AT,
    )
    shift = Shift(
        window, visit_policy(), maintenance_policy(), StaffComposer(PLACE), record=lambda event, **facts: None
    )
    shift.begin(Staff(code="T-0001", role=Role.TECHNICIAN))
    shift.doing("replace")
    with pytest.raises(Backed):
        asyncio.run(asyncio.wait_for(run(shift, cast(Toolbox, tools)), 20))
    assert bench.device.driver == "sdt_usb"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No host is started, and nothing is waited for."""

    async def tried(name: str, device_class: DeviceClass, driver: str, *_: Any, **__: Any) -> Snapshot:
        return Snapshot(name, device_class, driver, Link.HERE)

    monkeypatch.setattr(newcomer, "tried", tried)
    monkeypatch.setattr(sight, "PARTS_SECONDS", 0.0)
    monkeypatch.setattr(sight, "_LOOK_SECONDS", 0.01)


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(False, id="the profile's device before", marks=pytest.mark.slow),
        pytest.param(True, id="a binding before"),
    ],
)
def test_a_power_cut_anywhere_in_the_wizard_leaves_a_whole_binding(tmp_path: Path, hasty: None, again: bool) -> None:
    seen = set()
    cuts = 0
    for at in itertools.count(1):
        folder = tmp_path / str(at)
        folder.mkdir()
        desk = Desk(folder)
        if again:
            desk.put(_before())
        if not cut_at(at, lambda desk=desk: walk(desk)):  # type: ignore[misc]
            break
        cuts += 1
        found = desk.start()
        assert found.refused == (), f"cut {at}: half a binding"
        driver = found.profile.devices["id_reader"].driver
        seen.add(driver)
        if driver == "sdt_usb":
            report = desk.site.state_folder / "reports" / found.bindings["id_reader"].binding.report
            record = verified(report.read_bytes(), "replacement", KIOSK, load_roots(desk.roots))
            assert record.body["passed"], "bound without the proof that it works"
        else:
            settings = found.profile.devices["id_reader"].settings
            assert settings == ({"port": "/dev/before"} if again else {"port": "/dev/x"})
    assert seen == {"sdt_serial", "sdt_usb"}, "the cut never came before, or never after, the decisive moment"
    assert cuts > 30, "the boundaries were not watched"


def _before() -> Any:
    from tests.kiosk.bindings.test_bindings_in_force import binding

    return binding(driver="sdt_serial", place=None, settings={"port": "/dev/before"})
