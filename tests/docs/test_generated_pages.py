"""The pages that are drawn from the code are those that the code draws now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.gateways.interface import ENDPOINTS
from kiosk.lobby import ROUTES

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))

import generate  # noqa: E402
import platform_page  # noqa: E402


@pytest.mark.parametrize("name", generate.PAGES)
def test_a_page_is_as_the_code_draws_it(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == generate.PAGES[name](), "run: .venv/bin/python docs/generate.py"


def test_every_row_of_every_journey_is_drawn() -> None:
    text = generate.journeys()
    for route in ROUTES.values():
        for (name, outcome), target in route.table.items():
            arrow = f"{name} --> {'[*]' if target == 'end' else target}:"
            if outcome == "back":
                assert any(
                    row.startswith(f"| `{name}` ") and row.endswith(f"| `{target}` |") for row in text.splitlines()
                )
            else:
                assert any(arrow in row and str(outcome).replace("_", " ") in row for row in text.splitlines()), arrow


def test_the_interfaces_own_table_lists_every_endpoint() -> None:
    assert platform_page.paths() == list(ENDPOINTS)


def test_the_generator_runs_as_the_page_says(tmp_path: Path) -> None:
    before = {name: (DOCS / name).read_bytes() for name in generate.PAGES}
    subprocess.run([sys.executable, DOCS / "generate.py"], cwd=tmp_path, check=True)
    assert before == {name: (DOCS / name).read_bytes() for name in generate.PAGES}
