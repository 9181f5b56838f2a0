"""The wheel carries everything that the program reads at run time, and an installation finds it again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest

from kiosk import __version__

ROOT = Path(__file__).parents[2]
PACKAGES = ("kiosk", "drivers", "themes", "device_profiles")
NOT_CARRIED = {".pyc"}


def _data(folder: Path) -> set[str]:
    """What of a package is not code, by its path in the wheel."""
    return {
        str(file.relative_to(folder.parent))
        for file in folder.rglob("*")
        if file.is_file() and file.suffix not in {".py", *NOT_CARRIED} and "__pycache__" not in file.parts
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left in the checkout and nothing old is taken from it; without network."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source / file)
    command = [
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--wheel-dir",
        str(folder),
        str(source),
    ]
    subprocess.run([sys.executable, "-m", "pip", *command], check=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def unpacked(wheel: Path) -> Path:
    folder = wheel.parent / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_every_file_that_is_not_code_is_carried(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    wanted = set().union(*(_data(ROOT / package) for package in PACKAGES))
    assert {Path(name).suffix for name in wanted} >= {".toml", ".svg", ".html", ".jpg", ".png", ".md"}
    assert sorted(wanted - carried) == []


def test_every_module_is_carried(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    modules = {str(file.relative_to(ROOT)) for package in PACKAGES for file in (ROOT / package).rglob("*.py")}
    assert sorted(modules - carried) == []


def test_nothing_but_the_packages_is_carried(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert tops == {*PACKAGES, f"kiosk_runtime-{__version__}.dist-info"}


def test_what_was_installed_has_no_mistakes(unpacked: Path, tmp_path: Path) -> None:
    """`kiosk check` reads every bundled file; here it runs from the wheel's content alone, with only its own packages."""
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    told = "import kiosk, drivers; print(kiosk.__file__, drivers.__file__)"
    where = subprocess.run(
        [sys.executable, "-c", told], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert where.stdout.count(str(unpacked)) == 2
    ran = subprocess.run(
        [sys.executable, "-m", "kiosk", "check"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, "没有发现问题", "")


def test_an_editable_install_finds_its_files_as_resources() -> None:
    for package in PACKAGES:
        for name in sorted(_data(ROOT / package)):
            inner = Path(name).relative_to(package)
            assert files(package).joinpath(str(inner)).is_file(), name
