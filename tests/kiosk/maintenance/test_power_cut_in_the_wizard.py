"""The power goes at each screen, at each act and at each boundary of everything that the wizard writes, in a process of its own.

The next start finds the old binding or the new one, whole, and never one without the report that it names.
"""

from __future__ import annotations

import asyncio
import itertools
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from drivers.buses.client import BusWatch
from drivers.buses.table import Table
from drivers.client import Link, Snapshot
from drivers.contract.common import DeviceClass, Readiness
from drivers.contract.id_card import Status
from kiosk.bindings.in_force import InForce
from kiosk.demo.staff import DemoStaff, provision
from kiosk.documents.chain import load_roots
from kiosk.documents.signed_record import verified
from kiosk.maintenance.door.enter import Door
from kiosk.maintenance.door.known import Known
from kiosk.maintenance.door.memory import DoorMemory
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.door.signing import sign
from kiosk.maintenance.frame import StaffComposer
from kiosk.maintenance.replacing import newcomer, sight
from kiosk.maintenance.replacing.first_service import FirstService
from kiosk.maintenance.replacing.task import run
from kiosk.maintenance.rights import Role, Staff
from kiosk.maintenance.samples.common import PLACE
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.policies import visit_policy
from kiosk.policies.maintenance import maintenance_policy
from kiosk.screens.screen import Screen
from kiosk.settings.profile import DeviceSettings
from kiosk.visit import Backed
from tests.kiosk.bindings.cutting import cut_at, step
from tests.kiosk.bindings.test_bindings_in_force import AT, KIOSK, Desk
from tests.kiosk.maintenance.test_replacing import Says
from tests.kiosk.maintenance.test_replacing_rules import HID, PORT, RAW, table
from tests.support.scripted import ScriptedWindow, typing
from tests.support.shift import TECHNICIAN


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


class Watched(ScriptedWindow):
    """A window that the power may go at, screen by screen; what stood on it last is known afterwards."""

    def __init__(self, script: Any, seen: int) -> None:
        super().__init__(script)
        self._seen = seen

    def show(self, screen: Screen, *given: Any, **named: Any) -> int:
        os.pwrite(self._seen, screen.name.ljust(40).encode(), 0)  # no moment of the wizard's own
        number = super().show(screen, *given, **named)
        step()
        return number


def acted(event: str, **facts: Any) -> None:
    """Another moment: what is written down of the staff's acts."""
    step()


def walk(desk: Desk, staff: DemoStaff, seen: int) -> None:
    """The wizard from the choice of the device to its end, with real files, the real key and the real door."""
    bench = Bench(desk.profile.devices["id_reader"].model_copy(update={"settings": {"port": PORT.node}}))
    pin = next(each.pin for each in staff.people if each.code == TECHNICIAN)
    window = Watched(
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
            "staff_door_sign": typing("sign", pin=pin),
            "staff_replace_waiting": None,
            "staff_replace_end": "ok",
        },
        seen,
    )
    zone = ZoneInfo("Asia/Shanghai")
    site = SimpleNamespace(kiosk_id=KIOSK, state_folder=desk.site.state_folder, policies=None, zone=zone)
    door = Door(Known(staff.roster, None), DoorMemory(door_file(desk), rules()))
    logbook = cast(Any, SimpleNamespace(write=lambda *_, **__: None, get=lambda *_: None, put=lambda *_: None))
    tools = SimpleNamespace(
        site=site,
        profile=desk.profile,
        bindings=InForce(desk.profile),
        conformity=Says(),
        devices=bench,
        logbook=logbook,
        first_service=FirstService(logbook, cast(Any, bench), InForce(desk.profile)),
        signer=desk.signer,
        now=lambda: AT,
    )
    tools.signs = partial(sign, door, cast(Toolbox, tools))
    shift = Shift(window, visit_policy(), maintenance_policy(), StaffComposer(PLACE), record=acted)
    shift.begin(Staff(code=TECHNICIAN, role=Role.TECHNICIAN))
    shift.doing("replace")
    with pytest.raises(Backed):
        asyncio.run(asyncio.wait_for(run(shift, cast(Toolbox, tools)), 20))
    assert bench.device.driver == "sdt_usb"


def door_file(desk: Desk) -> Path:
    return desk.site.state_folder / "door.json"


OLD_UNTIL = (
    "staff_replace_unplug",
    "staff_replace_plug",
    "staff_replace_driver",
    "staff_replace_opening",
    "staff_replace_ready",
    "staff_replace_test",
    "staff_replace_result",
    "staff_replace_sign",
)
"""The screens at which the old device is in force whenever the power goes."""

EITHER, NEW_FROM = "staff_door_sign", ("staff_replace_waiting", "staff_replace_end")
"""Behind the PIN it is bound: at that screen one of both is in force, whole, and from the next on the new one."""


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No host is started, and nothing is waited for."""

    async def tried(name: str, device_class: DeviceClass, driver: str, *_: Any, **__: Any) -> Snapshot:
        return Snapshot(name, device_class, driver, Link.HERE)

    monkeypatch.setattr(newcomer, "tried", tried)
    monkeypatch.setattr(sight, "PARTS_SECONDS", 0.0)
    monkeypatch.setattr(sight, "_LOOK_SECONDS", 0.01)


@pytest.mark.parametrize(
    ("again", "every"),
    [
        pytest.param(True, 3, id="a binding before, each third moment"),
        pytest.param(True, 1, id="a binding before", marks=pytest.mark.slow),
        pytest.param(False, 1, id="the profile's device before", marks=pytest.mark.slow),
    ],
)
def test_a_power_cut_anywhere_in_the_wizard_leaves_a_whole_binding(
    tmp_path: Path, hasty: None, again: bool, every: int
) -> None:
    staff = provision(tmp_path / "staff")
    found_at: dict[str, set[str]] = defaultdict(set)
    cuts = 0
    for at in itertools.count(1, every):
        folder = tmp_path / str(at)
        folder.mkdir()
        desk = Desk(folder)
        if again:
            desk.put(_before())
        seen = os.open(folder / "screen", os.O_RDWR | os.O_CREAT, 0o600)
        cut = cut_at(at, lambda desk=desk, seen=seen: walk(desk, staff, seen))  # type: ignore[misc]
        screen = os.pread(seen, 40, 0).decode().strip()
        os.close(seen)
        if not cut:
            break
        cuts += 1
        found = desk.start()
        assert found.refused == (), f"cut {at}: half a binding"
        driver = found.profile.devices["id_reader"].driver
        found_at[screen].add(driver)
        assert DoorMemory(door_file(desk), rules()).wrong <= 1, f"cut {at}: a PIN that was right shuts no door"
        if driver == "sdt_usb":
            report = desk.site.state_folder / "reports" / found.bindings["id_reader"].binding.report
            record = verified(report.read_bytes(), "replacement", KIOSK, load_roots(desk.roots))
            assert record.body["passed"], "bound without the proof that it works"
        else:
            settings = found.profile.devices["id_reader"].settings
            assert settings == ({"port": "/dev/before"} if again else {"port": "/dev/x"})
    assert found_at[EITHER] == {"sdt_serial", "sdt_usb"}, (
        "the cut never came before, or never after, the decisive moment"
    )
    for names, driver in ((OLD_UNTIL, "sdt_serial"), (NEW_FROM, "sdt_usb")):
        missed = [name for name in names if name not in found_at]
        assert every > 1 or not missed, "the power never went at these screens"
        assert {name: found_at[name] for name in names if name in found_at and found_at[name] != {driver}} == {}
    assert cuts * every > 80, "the boundaries were not watched"


def _before() -> Any:
    from tests.kiosk.bindings.test_bindings_in_force import binding

    return binding(driver="sdt_serial", place=None, settings={"port": "/dev/before"})
