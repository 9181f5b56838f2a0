"""Another package named `drivers` on the path must never run as ours: the program says so and does not start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import COMMAND

FAKE = 'from pathlib import Path\nPath(__file__).with_name("ran").touch()\n'


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    """A folder with another `drivers`, which leaves a mark when it is run."""
    (tmp_path / "path" / "drivers").mkdir(parents=True)
    (tmp_path / "path" / "drivers" / "__init__.py").write_text(FAKE)
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "path"


def _run(command: list[str | Path], folder: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **({"PYTHONPATH": str(path)} if path else {})}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("command", [[sys.executable, "-m", "kiosk"], [COMMAND]], ids=["module", "script"])
def test_one_that_stands_before_ours_is_refused_and_not_run(fake: Path, command: list[str | Path]) -> None:
    ran = _run([*command, "doctor"], fake.parent / "elsewhere", fake)
    _refused(ran, fake)


def test_one_in_the_working_folder_is_refused_because_the_children_would_run_it(fake: Path) -> None:
    _refused(_run([COMMAND, "doctor"], fake), fake)


def test_a_single_module_of_that_name_too(tmp_path: Path) -> None:
    (tmp_path / "drivers.py").write_text(FAKE)
    _refused(_run([COMMAND, "check"], tmp_path), tmp_path)


def test_without_one_it_starts(fake: Path) -> None:
    ran = _run([COMMAND, "device", "list"], fake.parent / "elsewhere")
    assert ran.returncode == 0, ran.stderr


def _refused(ran: subprocess.CompletedProcess[str], fake: Path) -> None:
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "另一个叫 drivers 的程序包" in ran.stderr
    assert str(fake) in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not list(fake.rglob("ran")), "the other package was run"
