"""The kit bites: a driver with one defect fails the check that guards against it, and no other; the good one passes all."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.conformance.check import Verdict
from drivers.conformance.report import Report, decode
from drivers.contract.common import DeviceClass
from drivers.skeleton import writer
from tests.support.driver_packages import SAMPLE, announce, install, with_packages

HERE = Path(__file__).parent
BASICS = ("common.manifest", "common.settings", "common.opens", "common.work", "common.honest")
LOG = "common.silent_log"

GOOD = {
    "good_reader": DeviceClass.ID_CARD_READER,
    "good_printer": DeviceClass.RECEIPT_PRINTER,
    "good_modules": DeviceClass.INPUTS_OUTPUTS,
}
"""Written by `kiosk drivers new`."""

BITES = {
    "scanners:LiesAboutSymbology": "common.honest",
    "scanners:LiesAboutItsLongest": "common.work",
    "scanners:RaisesAsItOpens": "common.opens",
    "scanners:RaisesAsItIsAsked": "common.opens",
    "scanners:DeafToDeadline": "common.deadline",
    "scanners:DeafToCancel": "common.cancel",
    "scanners:LeaksDescriptors": "common.short_soak",
    "scanners:LeaksMemory": "common.short_soak",
    "scanners:LogsCodes": LOG,
    "scanners:TellsCodesInFaults": LOG,
    "scanners:CrashesOnGarbage": "fault.garble",
    "scanners:BlindToUnplug": "common.unplugged_idle",
    "scanners:NeverReopens": "common.unplugged_idle",
    "scanners:DeliversEarlierCodes": "code_scanner.earlier_code",
    "scanners:AcceptsUnknownSettings": "common.settings",
    "scanners:HangsInClose": "common.lets_go",
    "scanners:TakesAnyAnswer": "fault.duplicate",
    "scanners:FillsWhatItHasNot": "common.manifest",
    "others:LiesAboutPresence": "common.honest",
    "others:TakesSilenceForPaper": "common.silence",
    "others:BlindToPaper": "fault.paper_out",
    "others:PrintsAgainWhenPaperIsLow": "fault.paper_low",
    "others:NeverTellsTheCut": "common.work",
    "others:LeavesTheLockOpen": "inputs_outputs.lock_is_momentary",
    "others:ForgetsTheLock": "inputs_outputs.lock_is_momentary",
}
"""Each bad driver and the check that must fail."""

BASES = {"LiesAboutPresence": "good_reader", "LeavesTheLockOpen": "good_modules", "ForgetsTheLock": "good_modules"}


def _id(entry: str) -> str:
    """LiesAboutSymbology -> lies_about_symbology."""
    name = entry.partition(":")[2]
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).strip("_")


def _base(entry: str) -> str:
    module, _, name = entry.partition(":")
    return "sample_scanner" if module == "scanners" else BASES.get(name, "good_printer")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The good drivers installed; the bad ones beside them, each with the manifest of the good one that it spoils."""
    folder = tmp_path_factory.mktemp("bites")
    for name, device_class in GOOD.items():
        writer.write(name, device_class, folder / name)
    target = install(folder / "installed", SAMPLE, *(folder / name for name in GOOD))
    bad = target / "bad_drivers"
    shutil.copytree(HERE / "bad_drivers", bad, ignore=shutil.ignore_patterns("__pycache__"))
    for entry in BITES:
        base = _base(entry)
        text = (target / base / f"{base}.manifest.toml").read_text("utf-8")
        lines = text.replace(f'id = "{base}"', f'id = "{_id(entry)}"').splitlines()
        lines = [f'entry = "bad_drivers.{entry}"' if line.startswith("entry = ") else line for line in lines]
        (bad / f"{_id(entry)}.manifest.toml").write_text("\n".join([*lines, ""]), "utf-8")
    wrong = bad / "fills_what_it_has_not.manifest.toml"
    wrong.write_text(wrong.read_text("utf-8") + 'settings = { speed = "fast" }\n', "utf-8")
    announce(target, "bad_drivers")
    return target


def _wanted() -> Iterator[dict[str, list[str]]]:
    """What to run, a process each: those who are looked at for their words alone, all others together."""
    together = {}
    for entry, guard in BITES.items():
        if guard == LOG:
            yield {_id(entry): [*BASICS, "common.deadline", LOG]}
        else:
            together[_id(entry)] = [*BASICS, guard]
    yield together
    guards = {
        base: {guard for entry, guard in BITES.items() if _base(entry) == base} for base in ("sample_scanner", *GOOD)
    }
    guards["sample_scanner"].add("common.deadline")
    for base, wanted in guards.items():
        yield {base: sorted({*BASICS, LOG, *wanted})}


@pytest.fixture(scope="module")
def reports(packages: Path) -> dict[str, Report]:
    """Every report, from processes that run side by side."""
    running = [
        subprocess.Popen(
            [sys.executable, "-P", HERE / "kit_runner.py", json.dumps(wanted)],
            env=with_packages(packages),
            cwd=packages,
            stdout=subprocess.PIPE,
            text=True,
        )
        for wanted in _wanted()
    ]
    found = {}
    try:
        for process in running:
            out, _ = process.communicate(timeout=120)
            assert process.returncode == 0, "its own words stand above"
            found |= {driver: decode(text) for driver, text in json.loads(out).items()}
    finally:
        for process in running:
            process.kill()
    return found


def _failed(report: Report) -> dict[str, str]:
    return {each.id: each.words for each in report.outcomes if each.verdict is Verdict.FAILED}


@pytest.mark.parametrize("good", ["sample_scanner", *GOOD])
def test_the_good_driver_passes_every_check_that_the_bad_ones_fail(reports: dict[str, Report], good: str) -> None:
    assert _failed(reports[good]) == {}
    guards = {guard for entry, guard in BITES.items() if _base(entry) == good}
    assert guards <= {each.id for each in reports[good].outcomes if each.verdict is Verdict.PASSED}


@pytest.mark.parametrize("entry", BITES)
def test_one_defect_fails_the_check_that_guards_against_it(reports: dict[str, Report], entry: str) -> None:
    assert set(_failed(reports[_id(entry)])) == {BITES[entry]}, _failed(reports[_id(entry)])


@pytest.mark.parametrize(
    ("driver", "where"),
    [
        ("raises_as_it_opens", "TypeError in open() at scanners.py:"),
        ("raises_as_it_is_asked", "in status() at scanners.py:"),
    ],
)
def test_a_device_that_never_opens_is_tried_once_and_the_defect_is_told_by_its_place(
    reports: dict[str, Report], driver: str, where: str
) -> None:
    words = _failed(reports[driver])["common.opens"]
    assert where in words
    outcomes = {each.id: each for each in reports[driver].outcomes}
    assert outcomes["common.manifest"].verdict is Verdict.PASSED, "it needs no device"
    for untried in ("common.work", "common.honest"):
        assert outcomes[untried].verdict is Verdict.SKIPPED
        assert outcomes[untried].words == f"the device did not open, so this was not tried: {words}"
        assert outcomes[untried].seconds < 1, "nobody waited for it again"
