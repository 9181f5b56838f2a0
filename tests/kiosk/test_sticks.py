"""USB sticks are found by their disk, wherever the system mounts them, by the bundle and by the set-up alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk import sticks
from kiosk.maintenance.readiness import bundle_task
from kiosk.setup import work
from kiosk.setup.work import Machine
from tests.support.sticks import House


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A machine without any."""
    house = House(tmp_path)
    for user in (work, bundle_task):
        monkeypatch.setattr(user, "sticks", house.sticks)
    return house


def test_removable_and_usb_disks_are_sticks(house: House) -> None:
    assert house.sticks() == ()
    house.plug("sda", removable="0", usb=False)
    locked, stick, usb_disk = house.plug("sdb", options="ro"), house.plug("sdc"), house.plug("sdd", removable="0")
    assert [(each.device, each.folder, each.label, each.writable) for each in house.sticks()] == [
        ("sdb1", locked, "Stick 3000", False),
        ("sdc1", stick, "Stick 3000", True),
        ("sdd1", usb_disk, "Stick 3000", True),
    ]
    assert Machine().sticks() == (locked, stick, usb_disk), "answers may lie on one that is locked"
    assert [each.folder for each in bundle_task.Where.look().sticks] == [stick, usb_disk], "a bundle may not"


def test_a_stick_that_nobody_mounts_is_told(house: House) -> None:
    assert not sticks.plugged_unmounted(proc=house.proc, sys=house.sys)
    house.plug("sdb", mounted=None)
    assert house.sticks() == ()
    assert sticks.plugged_unmounted(proc=house.proc, sys=house.sys)


def test_this_machine_can_be_asked() -> None:
    assert all(each.folder.is_dir() for each in sticks.sticks())


def test_what_lies_on_a_stick_is_found(tmp_path: Path) -> None:
    (tmp_path / "keys" / "deeper").mkdir(parents=True)
    for name in ("ca.pem", "ca.txt", "keys/other.crt", "keys/deeper/hidden.pem"):
        (tmp_path / name).touch()
    assert [each.name for each in sticks.files_on((tmp_path,), "*.pem", "*.crt")] == ["ca.pem", "other.crt"]
