"""Every screen that staff see keeps the gates of the visitors' screens, on every panel; and every one of them has a sample."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kiosk.maintenance.home import home_screen
from kiosk.maintenance.rights import Role, tasks_with_rights
from kiosk.maintenance.samples import samples
from kiosk.maintenance.samples.common import FULL, shift
from kiosk.maintenance.table import TASKS
from kiosk.screens.screen import Look, Screen
from kiosk.shell import tokens
from tests.kiosk.shell.test_gates_layout import pages, wrong

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("panel", tokens.panels())
def test_every_screen_keeps_the_gates(panel: str) -> None:
    found = {f"{n} {screen.name}": bad for n, screen in enumerate(samples()) if (bad := _wrong(screen, panel))}
    assert not found


def _wrong(screen: Screen, panel: str) -> list[str]:
    """All that visitors are owed but the voice: staff are not spoken to."""
    return [each for each in wrong(screen, Look(), panel) if each != "names: nothing is spoken"]


def test_every_screen_has_a_sample() -> None:
    made = {name for file in (ROOT / "kiosk" / "maintenance").rglob("*.py") for name in _names(file)}
    there = {screen.name for screen in samples()}
    assert {f"staff_{name}" for name in made} <= there


def _names(file: Path) -> set[str]:
    """The names in `….composer.screen(say, "name", …)`."""
    return {
        call.args[1].value
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "screen"
        and len(call.args) > 1
        and isinstance(call.args[1], ast.Constant)
        and isinstance(call.args[1].value, str)
    }


def test_every_screen_is_marked() -> None:
    assert [screen.name for screen in samples() if not (screen.staff and screen.name.startswith("staff_"))] == []


def test_every_task_has_rights_and_no_right_is_left_over() -> None:
    assert {task.id for task in TASKS} == set(tasks_with_rights())


@pytest.mark.parametrize("role", [Role.KEEPER, Role.TECHNICIAN])
def test_nobody_turns_pages_to_find_a_task(role: Role) -> None:
    assert len(pages(home_screen(shift(role), 2, FULL), Look(), "portrait_21")) == 1
