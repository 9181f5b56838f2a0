"""The main job on the real window, in both modes: card, face, consent, the right paper, the slip, the rating."""

from __future__ import annotations

import json
from pathlib import Path

import pypdfium2
import pytest

from kiosk.journal.states import PrintState
from kiosk.screens.screen import Mode
from tests.e2e.conftest import Walked
from tests.support.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.screen]

WAITING = {
    *("choose", "guide", "card", "face_consent", "licence_consent", "review"),
    *("take_paper", "slip_question", "rate", "take_card", "thanks"),
}
"""The screens that wait for somebody; one that only passes by may be too quick to be seen."""


async def test_one_sheet_for_each_page_and_one_slip(standing: House, walked: list[Walked]) -> None:
    for visit in walked:
        (operation,), (slip,) = visit.operations, visit.slips
        assert visit.sheets == _pages(standing, operation.serial) == operation.evidence["pages"] > 0
        assert operation.serial in slip, "the slip names the serial of this very print"


def _pages(standing: House, serial: str) -> int:
    """Pages of everything that was sent to the printer under this serial."""
    pages = 0
    for description in (standing.wire / "a4_printer").glob("job-*.json"):
        if serial in json.loads(description.read_text("utf-8"))["name"]:
            pages += _pages_of(description.with_suffix(".pdf"))
    return pages


def _pages_of(pdf: Path) -> int:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


async def test_the_journal_says_taken_and_the_platform_got_the_rating(walked: list[Walked]) -> None:
    for visit in walked:
        assert [each.state for each in visit.operations] == [PrintState.TAKEN]
        assert visit.endings == ["done"]
        assert visit.ratings == 1


async def test_every_screen_came_in_the_visitor_s_mode_and_idle_came_back_as_it_was(walked: list[Walked]) -> None:
    for visit in walked:
        assert {screen["screen"] for screen in visit.shown if screen["mode"] == visit.mode} >= WAITING
        assert (visit.idle["screen"], visit.idle["mode"]) == ("idle", Mode.STANDARD)
