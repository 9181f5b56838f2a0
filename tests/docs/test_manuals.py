"""The manuals show what staff see: each picture is of a screen as it is now, and each task has its place in a manual."""

from __future__ import annotations

import importlib.util
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kiosk.locales.marks import chinese_marks
from kiosk.locales.staff import sentences, tell
from kiosk.maintenance.table import TASKS

DOCS = Path(__file__).parents[2] / "docs"
MANUALS = ("keeper.md", "technician.md", "site.md")
QUOTED = re.compile(r"[「“]([^」”]+?)[。，]?[」”]")
VISITORS = ("locales/zh_hans.toml", "shell/words.toml")
NOT_OURS = {"文字由平台下发"}
"""What stands on paper that comes from elsewhere."""


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


@pytest.mark.parametrize("name", [*MANUALS, "replacing.md"])
def test_what_a_manual_quotes_stands_on_the_screen(name: str) -> None:
    told = [_pattern(chinese_marks(text)) for text in _texts()]
    quoted = set(QUOTED.findall((DOCS / name).read_text("utf-8"))) - NOT_OURS
    assert quoted, "the pattern finds nothing any more"
    assert [
        each for each in sorted(quoted) if not any(pattern.search(each) or each in pattern.pattern for pattern in told)
    ] == []


def _texts() -> Iterator[str]:
    """Whatever the program says at the machine: to staff, to visitors, and on the bars of its screens."""
    locales = Path(__file__).parents[2] / "kiosk"
    for found in (sentences(), *(tomllib.loads((locales / each).read_text("utf-8")) for each in VISITORS)):
        yield from _leaves(found)


def _leaves(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for each in found.values() if isinstance(found, dict) else found:
            yield from _leaves(each)


def _pattern(text: str) -> re.Pattern[str]:
    """A sentence whose values may be anything."""
    return re.compile("[^。，]+".join(re.escape(part) for part in re.split(r"\{[a-z_]+\}", text)))
