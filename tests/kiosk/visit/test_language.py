"""The language is changed in the middle of a visit: the same question, in other words, with what was chosen on it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from kiosk.locales import OWN, Phrasebook
from kiosk.screens.compose import Composer, Place
from kiosk.screens.parts import Action, Tick, Ticks
from kiosk.screens.screen import Mode, Screen
from kiosk.visit import Visit
from tests.support.questions import Glass, play, quick_visit

PLACE = Place(
    name="示例区政务自助服务",
    phone="1",
    elsewhere_place="窗口",
    elsewhere_hours="9:00",
    translations={"name": {"en": "Shili District"}},
)


def question(visit: Visit) -> Screen:
    rows = tuple(Tick(id=name, title=visit.say("card.title"), ticked=True) for name in ("one", "two"))
    return visit.composer.screen(
        visit.say,
        "question",
        title=visit.say("card.title"),
        blocks=(Ticks(rows=rows),),
        actions=(Action(id="on", label=visit.say("guide.start")),),
    )


def prepared() -> tuple[Visit, Glass]:
    visit, glass = quick_visit(warn=5.0)
    visit.composer = Composer(PLACE, (OWN, "zh-Hant", "en"))
    return visit, glass


async def until(glass: Glass, name: str) -> Screen:
    while glass.names[-1:] != [name]:
        await asyncio.sleep(0.002)
    return glass.shown[-1]


def ticked(screen: Screen) -> list[bool]:
    return [row.ticked for block in screen.blocks if isinstance(block, Ticks) for row in block.rows]


def test_the_question_comes_back_in_the_language_that_was_chosen_with_its_boxes() -> None:
    visit, glass = prepared()
    seen: list[Screen] = []

    async def act(glass: Glass, visit: Visit) -> None:
        seen.append(await until(glass, "question"))
        glass.ticked = ("two",)
        glass.touch("language")
        seen.append(await until(glass, "languages"))
        glass.touch("en")
        seen.append(await until(glass, "question"))
        glass.touch("on")

    assert play(lambda v: v.ask(partial(question, v)), act, visit, glass).action == "on"
    first, languages, second = seen
    assert first.title == Phrasebook()("card.title")
    assert next(tool.label for tool in first.tools) == "English", "who cannot read Chinese can read this"
    assert languages.over
    assert [tile.title for block in languages.blocks for tile in block.tiles] == ["简体中文", "繁體中文", "English"]  # type: ignore[union-attr]
    assert second.title == Phrasebook("en")("card.title")
    assert second.header == "Shili District"
    assert ticked(second) == [False, True], "what was cleared stays cleared"
    assert visit.look.language == "en"


def test_work_goes_on_while_a_language_is_chosen() -> None:
    visit, glass = prepared()
    release = asyncio.Event()

    async def work() -> str:
        await release.wait()
        return "result"

    async def act(glass: Glass, visit: Visit) -> None:
        await until(glass, "question")
        glass.touch("language")
        await until(glass, "languages")
        glass.touch("zh-Hant")
        screen = await until(glass, "question")
        assert screen.title == Phrasebook("zh-Hant")("card.title")
        release.set()

    assert play(lambda v: v.ask_while(partial(question, v), work()), act, visit, glass) == "result"


def test_touching_back_on_the_languages_changes_nothing() -> None:
    visit, glass = prepared()

    async def act(glass: Glass, visit: Visit) -> None:
        await until(glass, "question")
        glass.touch("language")
        await until(glass, "languages")
        glass.touch("back")
        assert (await until(glass, "question")).title == Phrasebook()("card.title")
        glass.touch("on")

    play(lambda v: v.ask(partial(question, v)), act, visit, glass)
    assert visit.look.language == OWN


def test_the_language_can_be_changed_from_the_help_screen_too() -> None:
    visit, glass = prepared()

    async def act(glass: Glass, visit: Visit) -> None:
        await until(glass, "question")
        glass.touch("help")
        await until(glass, "help")
        glass.touch("language")
        await until(glass, "languages")
        glass.touch("en")
        assert (await until(glass, "help")).title == Phrasebook("en")("help.title")
        glass.touch("go_on")
        assert (await until(glass, "question")).title == Phrasebook("en")("card.title")
        glass.touch("on")

    play(lambda v: v.ask(partial(question, v)), act, visit, glass)


def test_the_mode_is_kept_when_the_language_changes() -> None:
    visit, glass = prepared()

    async def act(glass: Glass, visit: Visit) -> None:
        await until(glass, "question")
        glass.touch("mode")
        while visit.look.mode is not Mode.ELDER or glass.names[-1] != "question":
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.02)
        glass.touch("language")
        await until(glass, "languages")
        glass.touch("en")
        assert (await until(glass, "question")).title == Phrasebook("en", Mode.ELDER)("card.title")
        glass.touch("on")

    play(lambda v: v.ask(partial(question, v)), act, visit, glass)


def test_a_place_with_one_language_offers_no_other() -> None:
    say: Any = Phrasebook()
    assert Composer(PLACE).language_tool(say) == ()
    assert [tool.id for tool in Composer(PLACE, (OWN, "en")).language_tool(say)] == ["language"]
