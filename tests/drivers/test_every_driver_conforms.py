"""The conformance kit, as a technician runs it, on every bundled driver; and the reports that lie beside the manifests.

Several drivers are tested at once, each by the real command in a process of its own: they mostly wait.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from drivers import registry
from drivers.conformance.report import ReportInvalid, beside, decode, verify
from drivers.conformance.standing import standing
from drivers.contract.common import DeviceClass
from drivers.digests import digest_of

BUNDLED = sorted(driver_id for driver_id, each in registry.manifests().items() if each.entry.startswith("drivers."))
COMMAND = [sys.executable, "-m", "kiosk", "device", "test", "--no-interaction", "--json"]
SECONDS = 280
AT_ONCE = 6
SECONDS_ONLY = {"escpos", "frames", "keyboard_wedge", "modbus_io", "nut", "serial_scanner"}
"""Drivers with which the kit is soon through. The others are tested in `make test-all`; every driver's signed report must be of
these very files, whenever."""


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[subprocess.CompletedProcess[str]]]]:
    folder = tmp_path_factory.mktemp("conformance")
    wanted = sorted(
        item.callspec.params["driver_id"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == test_a_bundled_driver_conforms.__name__
    )

    def run(driver_id: str) -> subprocess.CompletedProcess[str]:
        report = str(folder / f"{driver_id}.json")
        command = [*COMMAND, "--driver", driver_id, "--report", report, "--key", str(folder / driver_id)]
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {driver_id: pool.submit(run, driver_id) for driver_id in wanted}


@pytest.mark.parametrize(
    "driver_id", [pytest.param(each, marks=() if each in SECONDS_ONLY else pytest.mark.slow) for each in BUNDLED]
)
def test_a_bundled_driver_conforms(driver_id: str, runs: dict[str, Future[subprocess.CompletedProcess[str]]]) -> None:
    ran = runs[driver_id].result()
    report = json.loads(ran.stdout)
    bad = [
        f"{each['id']} {each['verdict']}: {each['words']}"
        for each in report.get("outcomes", [])
        if each["verdict"] in ("failed", "skipped")
    ]
    assert bad == [], "with an emulator nothing needs a hand"
    assert ran.returncode == 0, (report.get("error"), ran.stderr[-2000:])
    assert report["level"] == "gold"
    assert report["signature"]


def test_every_class_has_a_driver_and_every_driver_a_stand_in() -> None:
    manifests = [registry.manifests()[driver_id] for driver_id in BUNDLED]
    assert {each.device_class for each in manifests} == set(DeviceClass)
    assert [each.id for each in manifests if not each.emulator] == []
    assert {each: standing(each).problems for each in BUNDLED} == dict.fromkeys(BUNDLED, ())


@pytest.mark.parametrize("driver_id", BUNDLED)
def test_the_report_beside_a_manifest_is_of_these_very_files(driver_id: str) -> None:
    try:
        report = decode(beside(driver_id, emulated=True).read_bytes())
        verify(report)
    except (FileNotFoundError, ReportInvalid) as error:
        raise AssertionError(f"run: make conformance ({error})") from error
    assert report.digest == digest_of(driver_id), "the driver was changed since; run: make conformance"
    assert report.conforms


def test_a_report_says_nothing_of_the_machine_that_wrote_it() -> None:
    for driver_id in BUNDLED:
        text = Path(str(beside(driver_id, emulated=True))).read_text("utf-8")
        for path in (Path.home(), Path(tempfile.gettempdir()), Path.cwd()):
            assert str(path) not in text
