"""Where things stand: what is spoken at the foot, nothing lonely on a page of its own, no torn name in the header."""

from __future__ import annotations

from functools import cache

import msgspec
import pytest

from kiosk.screens.parts import Icon, Tile, Tiles
from kiosk.screens.screen import Look, Mode, Screen
from kiosk.shell import flow, tokens
from kiosk.shell.kit import Piece, rigid
from kiosk.shell.letters import Letters
from kiosk.shell.marks import Box, Glyphs, Part, Region, Role
from kiosk.shell.samples import samples
from kiosk.shell.studio import lay, letters


@cache
def fonts() -> Letters:
    return letters()


def parts(screen: Screen, look: Look, panel: str = "portrait_21", page: int = 0) -> dict[str, Part]:
    laid, _ = lay(screen, look, tokens.panels()[panel], fonts(), page=page)
    return {part.key: part for part in laid.all()}


@pytest.mark.parametrize("mode", Mode)
def test_what_is_spoken_stands_right_above_the_actions_or_the_bar(mode: Mode) -> None:
    """The same place on every screen of a panel that stands; on a page that is turned, above the turners; above a keyboard."""
    seen = 0
    for screen in samples(mode):
        laid, kit = lay(screen, Look(mode=mode), tokens.panels()["portrait_21"], fonts())
        found = {part.key: part for part in laid.all()}
        if "caption" not in found:
            continue
        seen += 1
        regions = dict(laid.parts)
        turners = [part for part in laid.all() if part.key.startswith("turn.")]
        keyboard = [part for part in laid.all() if ".keys." in part.key]
        below = turners or keyboard or regions[Region.ACTIONS] or regions[Region.BAR]
        floor = min((part.node.box.y for part in below), default=kit.height)
        assert 0 <= floor - found["caption"].node.box.bottom <= 2 * kit.length.space, screen.name
    assert seen > len(samples(mode)) // 2


def piece(choices: int = 1) -> Piece:
    return msgspec.structs.replace(rigid(10, 0, lambda box: []), choices=choices)


@pytest.mark.parametrize("count", range(1, 30))
def test_no_page_has_one_lonely_thing(count: int) -> None:
    pages = flow.pages([piece() for _ in range(count)], 70, 16)
    assert sum(map(len, pages)) == count
    assert all(len(page) <= 7 for page in pages)
    assert count == 1 or all(len(page) > 1 for page in pages)
    assert len(pages) == -(-count // 7)


def test_things_on_several_pages_are_of_one_size() -> None:
    tiles = tuple(Tile(id=str(number), title="事情", icon=Icon.HOME) for number in range(8))
    screen = Screen(name="many", title="请选", spoken="请选", blocks=(Tiles(columns=2, tiles=tiles),))
    look = Look(mode=Mode.ELDER)
    first, second = (parts(screen, look, page=number) for number in (0, 1))
    assert first["0.0.0"].node.box.h == second["0.3.0"].node.box.h


def torn(part: Part, words: str) -> bool:
    drawn = [mark.text.strip() for mark in part.marks if isinstance(mark, Glyphs)]
    return any(word not in " ".join(drawn).split() for word in words.split())


@pytest.mark.parametrize("panel", tokens.panels())
@pytest.mark.parametrize("mode", Mode)
def test_the_place_has_its_name_untorn_or_its_sign_alone(mode: Mode, panel: str) -> None:
    for screen in samples(mode, "en"):
        place = parts(screen, Look(mode=mode, language="en"), panel)["header.place"]
        if place.node.role is Role.IMAGE:
            assert place.node.name == screen.header
        else:
            assert not torn(place, screen.header), screen.name


def test_what_spans_two_columns_is_as_wide_as_two_with_their_gap() -> None:
    row = Tiles(
        columns=3, tiles=(Tile(id="a", title="搜一搜", note="如:老人补贴", span=2), Tile(id="b", title="按部门找"))
    )
    grid = Tiles(columns=3, tiles=tuple(Tile(id=f"g{number}", title="社保") for number in range(3)))
    found = parts(Screen(name="spans", title="请选", spoken="请选", blocks=(row, grid)), Look())

    def box(key: str) -> Box:
        return found[key].node.box

    assert box("0.0.0").right == box("1.0.1").right
    assert (box("0.0.1").x, box("0.0.1").w) == (box("1.0.2").x, box("1.0.2").w)


def digits(page: dict[str, Part]) -> list[list[str]]:
    """Rows of keys as they are seen, from left to right."""
    keys = [(part.node.box, key.rsplit(".", 1)[1]) for key, part in page.items() if ".keys." in key]
    rows = sorted({box.y for box, _ in keys})
    return [[name for box, name in sorted(keys, key=lambda each: each[0].x) if box.y == y] for y in rows]


@pytest.mark.parametrize("panel", tokens.panels())
def test_digits_run_from_left_to_right_in_a_mirrored_layout_too(panel: str) -> None:
    here, there = (
        parts(next(each for each in samples(Mode.STANDARD, language) if each.name == "keeper"), look, panel)
        for language in ("zh-Hans", "ug")
        for look in (Look(language=language),)
    )
    assert digits(there) == digits(here)
    assert digits(there)[0] == ["1", "2", "3"]
    width = tokens.panels()[panel].px[0]
    for key, part in there.items():
        if ".keys." not in key and part.within is None:
            box = here[key].node.box
            assert part.node.box.x == width - box.right


def test_a_keyboard_is_not_turned_round() -> None:
    screen = next(each for each in samples(Mode.STANDARD, "ug") if each.name == "find")
    page = parts(screen, Look(language="ug"), "landscape_21")
    q, w, p = (page[f"0.keys.key.{letter}"].node.box.x for letter in "qwp")
    assert q < w < p < tokens.panels()["landscape_21"].px[0] // 2 + 200
