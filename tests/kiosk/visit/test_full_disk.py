"""A full disk: said before the card, nobody's data is left for it, and the next visit is served as soon as there is room."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.journal import store
from kiosk.journal.store import Journal, JournalError
from kiosk.screens.parts import Checks
from tests.support.bench import Run, on_stage
from tests.support.scripts import base_script


def fill(journal: Journal) -> None:
    for _ in range(10_000):
        journal.record("padding", text="x" * 2000)


@contextmanager
def full_disk(run: Run) -> Iterator[None]:
    """No file of this process grows any more: write(2) fails where it would on a full disk. The journal is filled up first."""
    journal = run.kiosk.journal
    ordinary = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = max(each.stat().st_size for each in journal.path.parent.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40_000, ordinary[1]))
    try:
        with pytest.raises(JournalError):
            fill(journal)
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, ordinary)


def missing(run: Run) -> list[tuple[str, str]]:
    blocks = [block for block in run.window.last("cannot").blocks if isinstance(block, Checks)]
    return [(row.label, row.word) for block in blocks for row in block.rows]


def next_visitor(run: Run) -> None:
    run.window.shown.clear()
    run.window._number = 0
    run.window.script |= {"idle": ["standard", None], "choose": ["KX-RS-001", "back"], "cannot": "other_item"}


def test_a_full_disk_is_said_before_the_card_and_the_kiosk_is_back_when_there_is_room(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script |= base_script(run)
            for _ in range(2):
                next_visitor(run)
                with full_disk(run):
                    ending = await asyncio.wait_for(run.kiosk.lobby.one_visit(), 30)
                assert ending == "left"
                assert missing(run) == [("办理记录", "存满了")]
                assert "card" not in run.window.names
            next_visitor(run)
            run.window.script["choose"] = "KX-RS-001"
            assert await run.visit() == "done"
            assert run.sheets_out() == 1
            assert run.kiosk.journal.verify_chain() is None

    asyncio.run(go())


def test_a_disk_that_fills_up_after_the_card_ends_the_visit_wiped_and_nothing_is_printed(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            full = full_disk(run)

            async def fills_up(_: Any) -> str:
                full.__enter__()
                return "agree"

            run.window.script |= base_script(run) | {"licence_consent": fills_up}
            known: list[Any] = []

            async def lift(_: Any) -> None:
                assert run.kiosk.lobby.visit is not None
                known.append(dict(run.kiosk.lobby.visit.known))
                await run.bench.do("visitor", "lift", {})

            run.window.script["take_card"] = lift
            try:
                ending = await asyncio.wait_for(run.kiosk.lobby.one_visit(), 30)
            finally:
                full.__exit__(None, None, None)
            assert ending == "crashed"
            assert known == [{}], "wiped before the card is asked back"
            assert run.sheets_out() == 0
            assert run.kiosk.journal.operations() == []
            next_visitor(run)
            run.window.script |= base_script(run)
            assert await asyncio.wait_for(run.kiosk.lobby.one_visit(), 30) == "done"

    asyncio.run(go())


def test_little_room_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    assert journal.has_room()
    monkeypatch.setattr(store, "ROOM_BYTES", 2**62)
    assert not journal.has_room()
    journal.close()


@pytest.mark.parametrize(
    "hours", [-2.0, pytest.param(0.2, marks=pytest.mark.slow), pytest.param(24 * 365 * 3.0, marks=pytest.mark.slow)]
)
def test_a_clock_that_is_not_the_platforms_is_said_before_the_card(tmp_path: Path, hours: float) -> None:
    def wrong() -> datetime:
        return datetime.now(UTC) + timedelta(hours=hours)

    async def go() -> None:
        async with on_stage(tmp_path, {}, now=wrong, site={"hours.opens": "00:00", "hours.closes": "00:00"}) as run:
            run.window.script |= base_script(run)
            next_visitor(run)
            assert await run.visit() == "left"
            assert missing(run) == [("办事系统", "时间不准")]
            assert "card" not in run.window.names

    asyncio.run(go())
