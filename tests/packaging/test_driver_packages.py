"""A driver package of somebody else: installed with pip, listed, tested, levelled, used, refused; and never anybody's ruin."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import COMMAND, Ran, kiosk
from tests.support.driver_packages import SAMPLE, announce, install, with_packages

DRIVER = "sample_scanner"

PROFILE = """
id = "shop"
title = "试用机"
production = {production}

[panel]
px = [1080, 1920]
mm = [268.0, 476.0]

[devices.code_scanner]
class = "code_scanner"
driver = "{driver}"
{more}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("package") / "installed", SAMPLE)


@pytest.fixture(scope="module", autouse=True)
def kit(installed: Path) -> Iterator[subprocess.Popen[str]]:
    """The whole kit on the sample's emulator, begun before everything else: it waits more than it works."""
    command = [COMMAND, "device", "test", "--driver", DRIVER, "--no-interaction", "--json"]
    files = ["--report", installed.parent / "made.json", "--key", installed.parent / "author.key"]
    running = subprocess.Popen(
        [*command, *files], cwd=installed.parent, env=with_packages(installed), stdout=subprocess.PIPE, text=True
    )
    yield running
    running.kill()
    running.wait()


@pytest.fixture
def package(installed: Path, tmp_path: Path) -> Path:
    """A copy of the installed package that the test may change."""
    return shutil.copytree(installed, tmp_path / "installed", ignore=shutil.ignore_patterns("__pycache__"))


def run(target: Path, *arguments: str | Path) -> Ran:
    return kiosk(*arguments, folder=target.parent, PYTHONPATH=str(target))


def listed(target: Path) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in run(target, "device", "list", "--json").json}


def lint(target: Path, driver: str = DRIVER) -> dict[str, Any]:
    (found,) = run(target, "drivers", "lint", "--driver", driver, "--json").json["drivers"]
    return dict(found)


# --- installed


def test_an_installed_driver_is_listed_as_unverified(package: Path) -> None:
    found = listed(package)
    assert found[DRIVER]["level"] is None
    assert found[DRIVER]["entry"] == "sample_scanner.driver:SampleScanner"
    assert {"ipp", "sdt_serial"} <= set(found)
    (line,) = (line for line in run(package, "device", "list").out.splitlines() if line.startswith(DRIVER))
    assert "未验证" in line


def test_nothing_of_it_is_to_be_mended(package: Path) -> None:
    ran = run(package, "drivers", "lint", "--driver", DRIVER, "--driver", "sample_pretend", "--json")
    assert ran.code == 0
    assert [each["problems"] for each in ran.json["drivers"]] == [[], []]


USED = """
import sys
from drivers import registry
from drivers.buses.table import Answer, BusState, Table
from drivers.contract.bus import Attached, Bus
from drivers.emulators.__main__ import create
from kiosk.binding import settings_of
from kiosk.settings.profile import load_profile
from pathlib import Path

scanner = create("sample_scanner")
address = scanner.start()
there = Attached(
    bus=Bus.NETWORK, path="Sample NR-1", node="{host}:{port}".format(**address), kind="_sample-scan._tcp"
)
other = Attached(bus=Bus.NETWORK, path="Printer", node="127.0.0.1:9", kind="_ipp._tcp")
table = Table((BusState(bus=Bus.NETWORK, answer=Answer.LISTED, things=(other, there)),))
device = load_profile(Path(sys.argv[1])).devices["code_scanner"]
settings = settings_of(device, table)
assert settings == {**address, "answer_seconds": 0.5}, settings
driver = registry.make(device.driver, settings, production=True)
print(driver.open().identity.model)
driver.close()
scanner.stop()
"""


def test_a_production_profile_finds_it_where_it_is_plugged_in(package: Path, tmp_path: Path) -> None:
    place = 'place = { bus = "network", kind = "_sample-scan._tcp" }\nsettings = { answer_seconds = 0.5 }'
    profile = tmp_path / "shop.toml"
    profile.write_text(PROFILE.format(production="true", driver=DRIVER, more=place), "utf-8")
    assert run(package, "check", "--profile", profile).code == 0
    command = [sys.executable, "-c", USED, str(profile)]
    ran = subprocess.run(
        command, cwd=tmp_path, env=with_packages(package), capture_output=True, text=True, check=False, timeout=60
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, "Sample NR-1"), ran.stderr


def test_its_settings_are_checked_like_ours(package: Path, tmp_path: Path) -> None:
    profile = tmp_path / "shop.toml"
    more = 'settings = { host = "192.0.2.7", prot = 4001 }'
    profile.write_text(PROFILE.format(production="false", driver=DRIVER, more=more), "utf-8")
    ran = run(package, "check", "--profile", profile, "--json")
    assert ran.code == 1
    (mistake,) = ran.json["mistakes"]
    assert "prot" in mistake
    assert "devices.code_scanner" in mistake


def test_one_that_only_pretends_is_refused_by_a_production_profile(package: Path, tmp_path: Path) -> None:
    profile = tmp_path / "shop.toml"
    profile.write_text(PROFILE.format(production="false", driver="sample_pretend", more=""), "utf-8")
    assert run(package, "check", "--profile", profile).code == 0
    profile.write_text(PROFILE.format(production="true", driver="sample_pretend", more=""), "utf-8")
    ran = run(package, "check", "--profile", profile, "--json")
    assert ran.code == 1
    assert "sample_pretend" in ran.json["mistakes"][0]


# --- broken


def _another(target: Path, name: str, manifest: str, code: str = "", module: str = "") -> None:
    """A package that lies in a folder already, with a manifest, the code of its `__init__` and of a module `driver`."""
    folder = target / name
    folder.mkdir()
    (folder / "__init__.py").write_text(code, "utf-8")
    (folder / "driver.py").write_text(module, "utf-8")
    (folder / f"{name}.manifest.toml").write_text(manifest, "utf-8")
    announce(target, name)


def _manifest(driver_id: str, package: str) -> str:
    lines = [f'id = "{driver_id}"', 'device_class = "code_scanner"', 'title = "t"', f'entry = "{package}.driver:D"']
    return "\n".join([*lines, 'protocol = "p"', 'sources = ["s"]', ""])


def test_broken_packages_cost_themselves_only(package: Path) -> None:
    _another(package, "misspelt", _manifest("misspelt", "misspelt").replace("title", "titel"))
    _another(package, "unreadable", "id = ")
    _another(package, "thrower", _manifest("thrower", "thrower"), code="raise ValueError('no licence file')")
    _another(package, "taker", _manifest("ipp", "taker"))
    found = listed(package)
    assert found["ipp"]["entry"] == "drivers.a4_printer.ipp:IppPrinter"
    assert DRIVER in found
    assert {"misspelt", "unreadable", "thrower", "taker"} & set(found) == set()
    ran = run(package, "drivers", "lint", "--json")
    assert ran.code == 1
    told = "\n".join(ran.json["broken"])
    assert "misspelt: misspelt.manifest.toml: " in told
    assert "titel" in told or "title" in told
    assert "unreadable: unreadable.manifest.toml: " in told
    assert "thrower (thrower): ValueError: no licence file" in told
    assert "taker: taker.manifest.toml: id 'ipp' is taken" in told
    assert "不能用" in run(package, "drivers", "lint").out


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("raise RuntimeError('needs a dongle')", "RuntimeError: needs a dongle"),
        ("import no_such_library", "no_such_library"),
        ("", "D"),
        ("D = 7", "is no Driver"),
    ],
    ids=["raises", "lacks a library", "lacks the class", "is another thing"],
)
def test_a_driver_whose_code_cannot_be_loaded_is_to_be_mended_and_the_others_are_there(
    package: Path, module: str, said: str
) -> None:
    _another(package, "heavy", _manifest("heavy", "heavy"), module=module)
    assert {DRIVER, "ipp"} <= set(listed(package))
    ran = run(package, "drivers", "lint", "--driver", "heavy", "--json")
    assert ran.code == 1
    (problem,) = ran.json["drivers"][0]["problems"]
    assert problem.startswith("entry: ")
    assert said in problem


# --- tested


@pytest.fixture
def tested(kit: subprocess.Popen[str], installed: Path, package: Path) -> Path:
    """The package with the report of the kit beside its manifest."""
    kit.wait(timeout=200)
    shutil.copy(installed.parent / "made.json", package / "sample_scanner" / "sample_scanner.report.json")
    return package


def test_the_kit_ran_and_its_report_makes_the_driver_gold(kit: subprocess.Popen[str], tested: Path) -> None:
    assert kit.returncode == 0
    report = json.loads((tested / "sample_scanner" / "sample_scanner.report.json").read_text("utf-8"))
    failed = [each["id"] for each in report["outcomes"] if each["verdict"] == "failed"]
    assert failed == []
    assert {"fault.garble", "common.unplugged_waiting", "common.silent_log"} <= {
        each["id"] for each in report["outcomes"]
    }
    assert lint(tested)["level"] == "gold"
    assert listed(tested)[DRIVER]["level"] == "gold"


def test_a_file_that_changed_makes_the_report_stale(tested: Path) -> None:
    code = tested / "sample_scanner" / "lines.py"
    before = code.read_text("utf-8")
    code.write_text(before + "\n# one line more\n", "utf-8")
    found = lint(tested)
    assert found["level"] is None
    assert "emulator: the report is older than the driver's files" in found["notes"]
    assert listed(tested)[DRIVER]["level"] is None
    code.write_text(before, "utf-8")
    assert lint(tested)["level"] == "gold"


def test_a_report_that_was_edited_counts_for_nothing(tested: Path) -> None:
    file = tested / "sample_scanner" / "sample_scanner.report.json"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace('"emulated": true', '"emulated": false').replace('"cycles": 0', '"cycles": 1000'), "utf-8"
    )
    found = lint(tested)
    assert found["level"] is None
    assert any("signature" in note for note in found["notes"])


def test_a_province_counts_the_reports_of_those_whom_it_knows(tested: Path, tmp_path: Path) -> None:
    report = json.loads((tested / "sample_scanner" / "sample_scanner.report.json").read_text("utf-8"))
    signers = tmp_path / "signers.txt"
    for text, level in ((f"{report['signer']} # the author\n", "gold"), ("00" * 32 + "\n", None)):
        signers.write_text(text, "utf-8")
        ran = run(tested, "drivers", "lint", "--driver", DRIVER, "--signers", signers, "--json")
        assert ran.json["drivers"][0]["level"] == level
