"""Sign language is chosen by a tool or among the languages. That it ends with the visit: test_every_ending.py."""

from __future__ import annotations

import asyncio
from functools import partial

from kiosk.locales import OWN, Phrasebook
from kiosk.screens.compose import Composer, Place
from kiosk.screens.parts import Action, Tile, Tiles
from kiosk.screens.screen import Screen
from kiosk.visit import Visit
from tests.support.questions import Glass, play, quick_visit

PLACE = Place(name="示例区", phone="1", elsewhere_place="窗口", elsewhere_hours="9:00")


def question(visit: Visit) -> Screen:
    return visit.composer.screen(visit.say, "question", title="?", actions=(Action(id="on", label="好"),))


def prepared(*languages: str, signs: bool = True) -> tuple[Visit, Glass]:
    visit, glass = quick_visit(warn=5.0)
    visit.composer = Composer(PLACE, (OWN, *languages), signs=signs)
    return visit, glass


async def until(glass: Glass, count: int, name: str) -> Screen:
    while len(glass.shown) < count or glass.names[-1] != name:
        await asyncio.sleep(0.002)
    return glass.shown[-1]


def test_it_is_one_of_the_languages() -> None:
    visit, glass = prepared("en")
    notes: list[str] = []

    async def act(glass: Glass, visit: Visit) -> None:
        for number, wanted in ((1, True), (3, False)):
            assert next(tool.id for tool in (await until(glass, number, "question")).tools) == "language"
            assert glass.looks[-1].signs is not wanted
            glass.touch("language")
            offered = await until(glass, number + 1, "languages")
            tiles = [tile for block in offered.blocks if isinstance(block, Tiles) for tile in block.tiles]
            notes.append(next(tile.note for tile in tiles if tile.id == "signs"))
            glass.touch("signs")
        await until(glass, 5, "question")
        glass.touch("on")

    assert play(lambda v: v.ask(partial(question, v)), act, visit, glass).action == "on"
    assert [look.signs for look, name in zip(glass.looks, glass.names, strict=True) if name == "question"] == [
        False,
        True,
        False,
    ]
    say = Phrasebook()
    assert notes == [say("language.signs_off"), say("language.signs_on")], "whether it is on is told in words"


def test_where_there_is_no_other_language_it_has_the_tool() -> None:
    visit, glass = prepared()

    async def act(glass: Glass, visit: Visit) -> None:
        assert [tool.id for tool in (await until(glass, 1, "question")).tools] == ["signs", "mode"]
        glass.touch("signs")
        await until(glass, 2, "question")
        assert glass.looks[-1].signs
        glass.touch("help")
        await until(glass, 3, "help")
        glass.touch("signs")
        await until(glass, 4, "help")
        assert not glass.looks[-1].signs
        glass.touch("go_on")
        await until(glass, 5, "question")
        glass.touch("on")

    assert play(lambda v: v.ask(partial(question, v)), act, visit, glass).action == "on"


def test_a_place_without_any_offers_none() -> None:
    visit, _ = prepared(signs=False)
    assert [tool.id for tool in question(visit).tools] == ["mode"]
    offered = Composer(PLACE, (OWN, "en")).choose_language(Phrasebook())
    titles = [tile for block in offered.blocks if isinstance(block, Tiles) for tile in block.tiles]
    assert all(isinstance(tile, Tile) and tile.id != "signs" for tile in titles)
