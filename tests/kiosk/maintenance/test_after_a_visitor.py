"""Staff right after a visitor: whatever they open, nothing of the one before them is there; nor is it anywhere in the machine."""

from __future__ import annotations

import ast
import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

import kiosk.maintenance
from drivers.contract.secret import counts
from kiosk.documents.masking import mask_name
from kiosk.maintenance.readiness.bundle_task import gathered
from kiosk.maintenance.rights import Role
from kiosk.screens.parts import Tiles
from kiosk.screens.screen import Screen
from kiosk.visit import Ending
from tests.support import traces
from tests.support.bench import Run, on_stage
from tests.support.scripts import base_script
from tests.support.shift import shift


class Curious(dict[str, Any]):
    """Touches every tile once, wherever it comes; then back, and out."""

    def __init__(self, known: dict[str, Any]) -> None:
        super().__init__(known)
        self._touched: set[tuple[str, str]] = set()

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Any:
        return self._touch

    async def _touch(self, screen: Screen) -> str:
        for block in screen.blocks:
            for tile in block.tiles if isinstance(block, Tiles) else ():
                if tile.enabled and (screen.name, tile.id) not in self._touched:
                    self._touched.add((screen.name, tile.id))
                    return tile.id
        return "leave" if screen.name == "staff_home" else "back"


def alive() -> int:
    now = counts()
    return now["made"] - now["wiped"] - now["dropped"]


def bundled(run: Run) -> bytes:
    """All that a bundle would take along."""
    return b"".join(gathered(run.kiosk.lobby.service.tools).values())


def test_nothing_of_the_visitor_before_them_is_within_the_staffs_reach(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            person = next(each for each in run.bench.sandbox.people() if each.id == "p1")
            wanted = traces.needles([person])
            wanted["their masked name"] = (mask_name(person.name).encode(),)
            held = alive()
            run.window.script = base_script(run)
            assert await run.visit() == Ending.DONE
            visited = len(run.window.shown)
            assert _found(wanted, repr(run.window.shown)), "the visitor has seen their masked name: the search finds it"
            assert alive() <= held, "and nothing of them is held when staff come in"

            for role in Role:
                run.window.script = Curious({"staff_leaving": "go", "staff_still_there": "leave"})
                acts = await asyncio.wait_for(shift(run, role), 120)
                assert acts[-1]["why"] == "left", acts[-1]
            shown = run.window.shown[visited:]
            assert len({screen.name for screen in shown}) > 15, "they looked around"
            assert all(screen.staff for screen in shown)
            assert _found(wanted, repr(shown)) == []
            assert _found(wanted, bundled(run)) == []
            rows = [msgspec.to_builtins(row) for row in run.kiosk.journal.audit_rows()]
            assert _found(wanted, json.dumps(rows, ensure_ascii=False) + caplog.text) == []
            assert list(traces.in_files([run.stage.folder / "state"], wanted)) == []

    with caplog.at_level("DEBUG"):
        asyncio.run(go())


def _found(wanted: dict[str, tuple[bytes, ...]], text: str | bytes) -> list[str]:
    raw = text if isinstance(text, bytes) else text.encode("utf-8")
    return [what for what, spellings in wanted.items() if any(spelling in raw for spelling in spellings)]


MAY_KNOW = {"JournalError", "AuditRow", "OPEN_STATES"}
"""Of the journal: that it cannot be written, what its rows look like, which states are not settled. Never an operation, never the
journal itself: what a task may ask of it stands in `toolbox.Records`."""


def test_maintenance_imports_no_more_of_the_journal_than_it_may_show() -> None:
    (folder,) = kiosk.maintenance.__path__
    found = {}
    for path in Path(folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kiosk.journal"):
                found |= {f"{path.name}: {name.name}": name.name for name in node.names}
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = (
                    [node.module or ""] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
                )
                assert not {"sqlite3", "gc", "ctypes"} & {module.partition(".")[0] for module in modules}, path.name
    assert found, "it looked where they are"
    assert {where for where, name in found.items() if name not in MAY_KNOW} == set()
