"""What is typed while a question stands: it brings suggestions, comes back from under the help, and is wiped in the end."""

from __future__ import annotations

import asyncio

from drivers.contract.secret import SecretText
from kiosk.screens.parts import Tile, Tiles, Typing, Way
from kiosk.screens.screen import Screen, Written
from kiosk.visit import Visit
from tests.support.questions import Glass, play, quick_visit

FIELD = Typing(id="what", label="要办什么", ways=(Way.PINYIN,))
SEARCH = Screen(name="search", title="?", blocks=(FIELD,))
OTHER = Screen(name="other", title="?", blocks=(Typing(id="name", label="姓名", ways=(Way.PINYIN,)),))


def found(written: Written) -> Screen | None:
    """Suggests what was typed itself; nothing for an empty field."""
    typed = written.reveal()
    tiles = Tiles(tiles=(Tile(id="item", title=typed),))
    return Screen(name="search", title="?", blocks=(FIELD, tiles)) if typed else None


async def amended(glass: Glass, count: int) -> None:
    async with asyncio.timeout(2):
        while len(glass.amended) < count:
            await asyncio.sleep(0.001)


def title(screen: Screen) -> str:
    tiles = screen.blocks[1]
    assert isinstance(tiles, Tiles)
    return tiles.tiles[0].title


def test_each_change_of_what_is_typed_brings_its_suggestions_on_the_same_screen() -> None:
    visit, glass = quick_visit(warn=5)

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("search")
        glass.write("what", "", "yl")
        await amended(glass, 1)
        glass.write("what", "养老")
        await amended(glass, 2)
        glass.touch("item")

    assert play(lambda v: v.ask(SEARCH, suggest=found), act, visit, glass).action == "item"
    assert [title(screen) for screen in glass.amended] == ["yl", "养老"]
    assert glass.names == ["search"], "no new screen for it: that would lose what is typed"


def test_typed_text_and_suggestions_come_back_from_under_the_help() -> None:
    visit, glass = quick_visit(warn=5)

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("search")
        glass.write("what", "养老", "r")
        await amended(glass, 1)
        glass.touch("help")
        await glass.sees("search", "help")
        assert glass.written is None, "what is typed on a question does not go to the screen above it"
        glass.touch("go_on")
        await glass.sees("search", "help", "search")
        assert glass.written is not None
        assert glass.written.reveal() == "养老r"
        glass.touch("item")

    play(lambda v: v.ask(SEARCH, suggest=found), act, visit, glass)
    assert title(glass.shown[-1]) == "养老r"


def test_what_was_typed_goes_into_no_other_field_and_is_wiped() -> None:
    visit, glass = quick_visit(warn=5)
    typed: list[SecretText] = []

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("search")
        glass.write("what", "养老")
        assert glass.written is not None
        typed.append(glass.written.text)
        await amended(glass, 1)
        visit.show(OTHER)
        await glass.sees("search", "other")
        assert glass.written is None
        glass.touch("go")

    play(lambda v: v.ask(SEARCH, suggest=found), act, visit, glass)
    assert typed[0].wiped


def test_a_search_that_fails_is_an_error_and_not_a_screen_without_suggestions() -> None:
    visit, glass = quick_visit(warn=5)

    def broken(_: Written) -> Screen | None:
        raise LookupError("no catalogue")

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("search")
        glass.write("what", "养")

    ended = play(lambda v: v.ask(SEARCH, suggest=broken), act, visit, glass)
    assert isinstance(ended, LookupError)
