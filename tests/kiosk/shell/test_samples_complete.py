"""The samples show every screen that the kiosk has: a journey's new screen needs its sample, or nobody has looked at it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kiosk
from kiosk.locales import languages
from kiosk.screens.screen import Mode
from kiosk.shell.samples import samples

MAKERS = frozenset({"screen", "notice", "Screen"})
"""Who makes a screen: the composer, or the value itself."""


def named(source: Path) -> Iterator[str]:
    """Names of the screens that a file makes."""
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in MAKERS:
            given = [*node.args[:2], *(word.value for word in node.keywords if word.arg == "name")]
            yield from (each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str))


def made() -> set[str]:
    root = Path(kiosk.__file__).parent
    sources = [*root.glob("*.py"), *root.glob("journey/**/*.py"), *root.glob("screens/*.py")]
    return {name for source in sources for name in named(source)}


def test_every_screen_has_a_sample() -> None:
    shown = {screen.name for mode in Mode for screen in samples(mode)}
    assert len(made()) > 20
    assert not made() - shown


@pytest.mark.parametrize("language", languages())
def test_both_modes_and_all_languages_show_the_same_screens(language: str) -> None:
    assert [s.name for s in samples(Mode.ELDER, language)] == [s.name for s in samples(Mode.STANDARD, language)]
