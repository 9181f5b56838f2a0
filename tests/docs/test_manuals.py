"""The manuals show what staff see: each picture is of a screen as it is now, and each task has its place in a manual."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from kiosk.locales.staff import tell
from kiosk.maintenance.table import TASKS

DOCS = Path(__file__).parents[2] / "docs"
MANUALS = ("keeper.md", "technician.md", "site.md")


@pytest.fixture(scope="module")
def pictures() -> ModuleType:
    spec = importlib.util.spec_from_file_location("take_staff_pictures", DOCS / "take_staff_pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_picture_shows_the_screen_as_it_is(pictures: ModuleType) -> None:
    assert pictures.stale() == [], "run `make manuals`, look at the pictures, and commit them"


def test_every_task_stands_in_a_manual() -> None:
    text = "".join((DOCS / name).read_text("utf-8") for name in MANUALS)
    titles = set(re.findall(r"^#+ (?:[\d.]+ )?(.+)$", text, re.MULTILINE))
    assert [task.id for task in TASKS if tell(f"home.{task.id}") not in titles] == []
