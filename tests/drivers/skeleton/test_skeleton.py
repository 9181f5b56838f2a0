"""`kiosk drivers new`: what it writes works as written, and it overwrites nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.conformance.check import Verdict
from drivers.conformance.report import decode
from drivers.contract.common import DeviceClass
from drivers.skeleton import writer
from tests.support.command import COMMAND, kiosk
from tests.support.driver_packages import install, with_packages

RUNNER = Path(__file__).parents[1] / "conformance" / "kit_runner.py"
BASICS = ["common.manifest", "common.settings", "common.opens", "common.work", "common.honest"]
NAMES = {f"maker_{each.value}": each for each in writer.classes()}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One package of each class, written by the command's own function."""
    folder = tmp_path_factory.mktemp("written")
    for name, device_class in NAMES.items():
        writer.write(name, device_class, folder / name)
    return folder


@pytest.fixture(scope="module")
def installed(sources: Path) -> Path:
    return install(sources.parent / f"{sources.name}-installed", *(sources / name for name in NAMES))


def test_the_classes_that_matter_have_a_skeleton() -> None:
    wanted = {"code_scanner", "id_card_reader", "receipt_printer", "inputs_outputs", "power_supply"}
    assert wanted == {str(each) for each in writer.classes()}


def test_every_other_class_names_a_bundled_driver_to_begin_from(tmp_path: Path) -> None:
    root = Path(writer.__file__).parents[2]
    for device_class in set(DeviceClass) - set(writer.classes()):
        with pytest.raises(writer.NoSkeleton) as refused:
            writer.write("maker_model", device_class, tmp_path / "out")
        assert (root / refused.value.instead).is_file(), refused.value.instead
    assert not (tmp_path / "out").exists()


def test_the_command_writes_a_package_and_says_what_to_do_next(tmp_path: Path) -> None:
    ran = kiosk("drivers", "new", "maker_model", "--class", "code_scanner", "--out", "made", folder=tmp_path)
    assert ran.code == 0, ran.err
    for said in ("pip install -e made", "kiosk device test --driver maker_model", "frames.py"):
        assert said in ran.out
    files = {str(file.relative_to(tmp_path / "made")) for file in (tmp_path / "made").rglob("*") if file.is_file()}
    assert {
        "pyproject.toml",
        "README.md",
        "src/maker_model/maker_model.manifest.toml",
        "src/maker_model/driver.py",
        "src/maker_model/emulator.py",
        "tests/test_maker_model_kit.py",
    } <= files
    assert not any("@@" in (tmp_path / "made" / file).read_text("utf-8") for file in files)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["made"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Maker", "--class", "code_scanner"], "小写字母"),
        (["maker-model", "--class", "code_scanner"], "小写字母"),
        (["../maker", "--class", "code_scanner"], "小写字母"),
        (["class", "--class", "code_scanner"], "小写字母"),
        (["a" * 41, "--class", "code_scanner"], "小写字母"),
        (["ipp", "--class", "code_scanner"], "driver ipp"),
        (["serial", "--class", "code_scanner"], "module serial"),
        (["maker_model", "--class", "scanner"], "code_scanner、"),
        (["maker_model", "--class", "camera"], "drivers/camera/frames.py"),
        (["maker_model"], "--class"),
    ],
)
def test_a_name_or_class_that_will_not_do_is_refused_with_its_cure(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    ran = kiosk("drivers", "new", *arguments, folder=tmp_path)
    assert ran.code == 2
    assert said in ran.err
    assert "→" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", "utf-8")
    (tmp_path / "file").write_text("mine", "utf-8")
    for name in ("full", "file"):
        ran = kiosk("drivers", "new", "maker_model", "--class", "code_scanner", "--out", name, folder=tmp_path)
        assert ran.code == 1
        assert "不会覆盖" in ran.err
    assert [file.name for file in (tmp_path / "full").iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = kiosk("drivers", "new", "maker_model", "--class", "code_scanner", "--out", "file/inner", folder=tmp_path)
    assert ran.code == 1
    assert "写不进去" in ran.err
    assert "→" in ran.err


@pytest.mark.parametrize("check", [["check"], ["format", "--check"]], ids=["check", "format"])
def test_what_is_written_is_as_a_formatter_would_leave_it(sources: Path, check: list[str]) -> None:
    for name in NAMES:
        command = [sys.executable, "-m", "ruff", *check, "-q", "--no-cache", "."]
        ran = subprocess.run(command, cwd=sources / name, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout


def test_once_installed_nothing_is_to_be_mended(installed: Path) -> None:
    wanted = [part for name in NAMES for part in ("--driver", name)]
    ran = kiosk("drivers", "lint", *wanted, "--json", folder=installed.parent, PYTHONPATH=str(installed))
    assert ran.code == 0
    assert {each["driver"]: each["problems"] for each in ran.json["drivers"]} == {name: [] for name in NAMES}


def test_a_new_driver_claims_what_is_named_like_it_and_not_every_serial_port(installed: Path) -> None:
    claims = (
        "from drivers import registry; from drivers.contract.bus import Attached, Bus;"
        "print([c.driver for m in ('Maker Power-Supply 3', 'USB-Serial')"
        " for c in registry.claims(Attached(bus=Bus.SERIAL, path='p', node='n', model=m)) if 'maker' in c.driver])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", claims],
        cwd=installed,
        env=with_packages(installed),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "['maker_power_supply']"


def test_it_opens_works_and_tells_the_truth(installed: Path) -> None:
    """The basic checks, of the classes whose skeletons the tests of the kit do not run already."""
    wanted = {name: [*BASICS, "fault.garble"] for name in ("maker_code_scanner", "maker_power_supply")}
    ran = subprocess.run(
        [sys.executable, "-P", RUNNER, json.dumps(wanted)],
        cwd=installed, env=with_packages(installed), stdout=subprocess.PIPE, text=True, check=True, timeout=60,
    )  # fmt: skip
    for text in json.loads(ran.stdout).values():
        assert {each.verdict for each in decode(text).outcomes} == {Verdict.PASSED}


def test_its_own_tests_of_the_frames_pass(sources: Path, installed: Path) -> None:
    _own_tests(sources / "maker_code_scanner", installed, "-k", "frame")


# --- all of it


@pytest.fixture(scope="module")
def kits(installed: Path) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """`kiosk device test` on each, side by side: they wait more than they work."""
    environment = with_packages(installed)
    running = {
        name: subprocess.Popen(
            [COMMAND, "device", "test", "--driver", name, "--no-interaction", "--json"],
            cwd=installed.parent, env=environment, stdout=subprocess.PIPE, text=True,
        )
        for name in NAMES
    }  # fmt: skip
    yield running
    for process in running.values():
        process.kill()
        process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_it_conforms_and_is_gold(kits: dict[str, subprocess.Popen[str]], name: str) -> None:
    out, _ = kits[name].communicate(timeout=200)
    report = json.loads(out)
    assert [(each["id"], each["words"]) for each in report["outcomes"] if each["verdict"] == "failed"] == []
    assert (kits[name].returncode, report["level"]) == (0, "gold")


@pytest.mark.slow
def test_its_own_tests_pass_all(sources: Path, installed: Path) -> None:
    _own_tests(sources / "maker_code_scanner", installed)


@pytest.mark.slow
def test_what_is_written_is_typed(sources: Path) -> None:
    packages = [part for name in NAMES for part in ("-p", name)]
    options = ["--config-file=", "--strict", "--ignore-missing-imports", "--cache-dir", str(sources / "cache")]
    environment = with_packages(sources) | {"MYPYPATH": ":".join(str(sources / name / "src") for name in NAMES)}
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *packages],
        cwd=Path(writer.__file__).parents[2], env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout


def _own_tests(source: Path, installed: Path, *options: str) -> None:
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "tests"]
    ran = subprocess.run(
        command, cwd=source, env=with_packages(installed), capture_output=True, text=True, check=False, timeout=200
    )
    assert ran.returncode == 0, ran.stdout
    assert " passed" in ran.stdout
