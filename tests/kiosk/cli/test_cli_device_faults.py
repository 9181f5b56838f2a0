"""`kiosk device`, `kiosk drivers lint`: what is told of mistakes in a package, and of a run that does not count."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import registry
from drivers.buses.table import Answer, BusState, Table
from drivers.conformance.check import Level, Verdict
from drivers.conformance.report import Outcome
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import FaultCode, fault
from kiosk.cli import device_scan
from kiosk.cli.device_scan import tell_unclaimed
from kiosk.cli.device_test import busy
from tests.support.command import kiosk_here
from tests.support.driver_packages import announce

MANIFEST = """
id = "thrower"
device_class = "code_scanner"
title = "t"
entry = "thrower.driver:Thrower"
protocol = "p"
sources = ["s"]
match = [{ bus = "serial", address = "port" }]
"""

DRIVER = """
import msgspec
from drivers.contract.common import DeviceClass
from drivers.contract.driver import Driver

class Thrower(Driver):
    device_class = DeviceClass.CODE_SCANNER

    class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        port: str
        baud: int = 9600

    def open(self):
        return len(int("999999199003071242"))

    status = perform = open

    def close(self): ...
"""
LINE = next(number for number, line in enumerate(DRIVER.splitlines(), 1) if "return len" in line)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two installed packages: one whose driver raises, one whose manifest has a mistake."""
    for name, manifest in (
        ("thrower", MANIFEST),
        ("misspelt", MANIFEST.replace("thrower", "misspelt").replace("title", "titel")),
    ):
        folder = tmp_path / "installed" / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
        (folder / "driver.py").write_text(DRIVER, "utf-8")
        (folder / f"{name}.manifest.toml").write_text(manifest, "utf-8")
        announce(tmp_path / "installed", name)
    monkeypatch.syspath_prepend(str(tmp_path / "installed"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "installed"))
    registry._read.cache_clear()
    yield tmp_path
    registry._read.cache_clear()


def test_a_defect_of_anothers_package_is_told_as_its_own_and_without_its_text(packages: Path) -> None:
    ran = kiosk_here("device", "show", "--driver", "thrower", "--set", "port=/dev/x", folder=packages)
    assert ran.code == 3
    assert ran.err.startswith("驱动 thrower（程序包 thrower 1.0）自身有缺陷：TypeError")
    assert f"（driver.py:{LINE}）" in ran.err
    assert "999999" not in ran.err


@pytest.mark.parametrize("command", [("drivers", "lint"), ("device", "test"), ("device", "show")], ids=" ".join)
def test_a_mistake_in_a_manifest_is_told_where_the_driver_is_asked_for(
    packages: Path, command: tuple[str, str]
) -> None:
    ran = kiosk_here(*command, "--driver", "misspelt", folder=packages)
    assert ran.code == 2
    assert "misspelt.manifest.toml" in ran.err
    assert "titel" in ran.err or "title" in ran.err
    nobodys = kiosk_here(*command, "--driver", "no_such", folder=packages).err
    assert "no_such" in nobodys
    assert "misspelt.manifest" not in nobodys


def test_settings_that_are_missing_or_wrong_are_told_with_those_that_there_are(packages: Path) -> None:
    for wrong in ((), ("--set", "prot=/dev/x")):
        ran = kiosk_here("device", "show", "--driver", "thrower", *wrong, folder=packages)
        assert ran.code == 1
        assert "port  文字  必填" in ran.err
        assert "baud  整数  默认 9600" in ran.err
        assert "kiosk check" not in ran.err
    assert (
        "photo_decoder  none | stand_in | vendor  默认"
        in kiosk_here("device", "show", "--driver", "sdt_serial", folder=packages).err
    )


def test_a_report_that_does_not_count_is_told_so_and_the_run_ends_early(packages: Path) -> None:
    made = packages / "made.json"
    ran = kiosk_here(
        "device", "test", "--driver", "thrower", "--set", "port=/dev/x", "--no-interaction", "--report", made,
        "--key", packages / "key", folder=packages,
    )  # fmt: skip
    assert ran.code == 1
    assert made.is_file()
    assert f"报告：{made}，但这次不符合，这份不算数" in ran.out
    assert f"驱动在 open() 里出错：TypeError，见 driver.py:{LINE}" in ran.out
    assert "跳过  能做它该做的事（设备没有打开，没有测）" in ran.out
    assert "999999" not in ran.out + ran.err


def test_a_failure_that_a_busy_machine_makes_is_known_as_such() -> None:
    late = Outcome(
        id="x", level=Level.SILVER, verdict=Verdict.FAILED, seconds=1, words="the command ended with host_died"
    )
    other = Outcome(id="x", level=Level.SILVER, verdict=Verdict.FAILED, seconds=1, words="link_garbled: ")
    fine = Outcome(id="x", level=Level.SILVER, verdict=Verdict.PASSED, seconds=1, words="deadline")
    assert busy(late, 3.0, 2)
    assert not busy(late, 1.0, 2)
    assert not busy(other, 3.0, 2)
    assert not busy(fine, 3.0, 2)


LISTED = BusState(bus=Bus.SERIAL, answer=Answer.LISTED)
FAILED = BusState(bus=Bus.PCSC, answer=Answer.FAILED, fault=fault(FaultCode.SERVICE_DOWN, "pcscd"))
STRANGER = Attached(bus=Bus.USB, path="1-2", node="/dev/bus/usb/001/002", kind="ff", vendor="dead", product="beef")


def test_nothing_without_a_driver_is_said_and_so_is_what_could_not_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    tell_unclaimed(Table((LISTED,)))
    assert capsys.readouterr().out == "没有：接上的设备都有驱动来管\n"
    tell_unclaimed(Table((LISTED, FAILED)))
    told = capsys.readouterr().out
    assert "还可能有" in told
    assert "pcsc：问不到\n    设备要用的系统服务" in told
    assert "（pcscd）" in told
    assert "serial" not in told
    tell_unclaimed(Table((LISTED, BusState(bus=Bus.USB, answer=Answer.LISTED, things=(STRANGER,)))))
    told = capsys.readouterr().out
    assert "1-2" in told
    assert "没有驱动来管" in told
    assert "没有：" not in told


@pytest.mark.parametrize("died", [False, True])
def test_the_log_of_the_bus_process_is_shown_only_when_it_died(
    died: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    lost = BusState(bus=Bus.PCSC, answer=Answer.FAILED, fault=fault(FaultCode.HOST_DIED, "buses: exit 1"))

    async def asked(wait: float) -> Table:
        os.write(2, b"WARNING drivers.buses: pcsc: cannot be asked\n")
        return Table((lost if died else FAILED,))

    monkeypatch.setattr(device_scan, "_table", asked)
    ran = kiosk_here("device", "scan", folder=tmp_path)
    assert ran.code == 0
    assert "pcsc：问不到" in ran.out
    assert ("cannot be asked" in ran.err + capfd.readouterr().err) is died
