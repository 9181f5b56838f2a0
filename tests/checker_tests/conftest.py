"""Evidence that is made once, from real far ends, and copied for each defect."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.checker_tests import careless, good_evidence
from tests.checker_tests.forging import Copy

CHECKER = Path(__file__).parent.parent / "checker"
sys.path.insert(0, str(CHECKER))  # as `python tests/checker` does it


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The stage folder of a kiosk that behaves, and its serials by visit."""
    folder = tmp_path_factory.mktemp("good") / "stage"
    folder.mkdir()
    return folder, good_evidence.make(folder, seed=5)


@pytest.fixture(scope="session")
def printed_all(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The stage folder of a kiosk that checks nothing, and its serials by fault."""
    folder = tmp_path_factory.mktemp("careless") / "stage"
    folder.mkdir()
    return folder, careless.make(folder, seed=6)


@pytest.fixture
def stage(good: tuple[Path, dict[str, str]], tmp_path: Path) -> Copy:
    """A copy of the good evidence."""
    return Copy.of(*good, tmp_path / "stage")
