"""The gates with sign language beside the screen: its place is the same everywhere, covers nothing, and takes nothing away."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
import pytest

from kiosk.screens.parts import Pad
from kiosk.screens.screen import SIGNS, Mode, Screen, Tool, typing_of
from kiosk.shell import matrix, tokens
from kiosk.shell.letters import Letters
from kiosk.shell.marks import Part, Signs
from kiosk.shell.studio import lay, letters
from tests.kiosk.shell.gates import Page, defects, shown, told


def has_keys(screen: Screen) -> bool:
    return typing_of(screen) is not None or any(isinstance(block, Pad) for block in screen.blocks)


CASES = [case for case in matrix.pairwise() if not has_keys(case.sample())]
LEAST_MM = (48.0, 60.0)
"""Of the place: as large to the eye, half a metre away, as a sixth of a television picture from across the room (decision 021)."""


@cache
def fonts() -> Letters:
    return letters()


def pages(screen: Screen, case: matrix.Case) -> list[Page]:
    found: list[Page] = []
    while not found or len(found) < found[0].laid.pages:
        laid, kit = lay(screen, case.look(), case.shape(), fonts(), page=len(found))
        found.append(Page(screen, laid, kit, case.shape()))
    return found


def place(page: Page) -> Part | None:
    return next((part for part in page.parts() if any(isinstance(mark, Signs) for mark in part.marks)), None)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_every_screen_passes_the_gates_beside_sign_language(case: matrix.Case) -> None:
    screen = msgspec.structs.replace(case.sample(), signs=True)
    found = pages(screen, case)
    assert not [defect for page in found for defect in defects(page)]
    seen = shown(found)
    assert not [text for text in told(screen) if not any(text.replace("\n", " ") in each for each in seen)]
    assert all(place(page) for page in found), "turning a page took it away"


@pytest.mark.parametrize("panel", tokens.panels())
@pytest.mark.parametrize("mode", Mode)
def test_the_place_is_the_same_on_every_screen_and_large_enough(mode: Mode, panel: str) -> None:
    boxes = set()
    for sample in matrix.samples(mode, "zh-Hans"):
        case = matrix.Case(sample.name, mode, "light", "normal", "zh-Hans", panel)
        if has_keys(sample):
            continue
        (page, *_) = pages(msgspec.structs.replace(sample, signs=True), case)
        part = place(page)
        assert part is not None
        assert part.node.name
        x, _, wide, high = page.mm(part.node.box)
        assert wide >= LEAST_MM[0]
        assert high >= LEAST_MM[1]
        boxes.add((round(x), round(wide), round(high)))
    assert len(boxes) == 1


def test_a_screen_without_it_is_as_it_was() -> None:
    case = CASES[0]
    (page, *_) = pages(case.sample(), case)
    assert place(page) is None


def test_the_languages_and_the_idle_screen_offer_it_and_pass_the_gates() -> None:
    for mode in Mode:
        for name in ("idle", "languages", "card"):
            sample = next(each for each in matrix.samples(mode, "zh-Hans") if each.name == name)
            offering = msgspec.structs.replace(
                sample, tools=(*sample.tools[:1], Tool(id=SIGNS, label="手语")), signs=True
            )
            for panel in tokens.panels():
                case: Any = matrix.Case(name, mode, "light", "normal", "zh-Hans", panel)
                assert not [defect for page in pages(offering, case) for defect in defects(page)]
