"""Which language a visitor sees first at this place, and which others are offered."""

from __future__ import annotations

from kiosk.locales import languages, own_name, pilot_languages
from kiosk.locales.staff import tell
from kiosk.screens.parts import Icon, Tick, Ticks
from kiosk.screens.screen import Screen
from kiosk.setup.frame import Step, page
from kiosk.setup.sitting import Sitting, next_action, row
from kiosk.setup.work import Work
from kiosk.visit import Backed


async def run(sitting: Sitting, work: Work) -> None:
    """Ask for the first one, then for the others. Raise Backed, VisitEnds."""
    while True:
        first = await _first(sitting, work)
        try:
            answer = await sitting.ask(offered(first, work.answers.languages or ()))
        except Backed:
            continue
        work.answer(languages=(first, *(each for each in _all() if each in answer.ticked)))
        return


async def _first(sitting: Sitting, work: Work) -> str:
    chosen = (work.answers.languages or (None,))[0]
    tiles = tuple(
        row(each, own_name(each), icon=Icon.CHECK if each == chosen else Icon.LANGUAGE) for each in languages()
    )
    return await sitting.choose(
        "language", Step.LANGUAGE, tell("setup.language_title"), tiles, sentence=tell("setup.language_sentence")
    )


def offered(first: str, chosen: tuple[str, ...]) -> Screen:
    """The others; complete ones are ticked beforehand, those with a handful of sentences are not."""
    rows = tuple(
        Tick(
            id=each,
            title=own_name(each),
            lines=(tell("setup.language_pilot"),) if each in pilot_languages() else (),
            ticked=each in (chosen or languages()),
        )
        for each in _all()
        if each != first
    )
    return page(
        "languages",
        step=Step.LANGUAGE,
        title=tell("setup.languages_title"),
        sentence=tell("setup.languages_sentence"),
        blocks=(Ticks(rows=rows),),
        actions=(next_action(),),
    )


def _all() -> tuple[str, ...]:
    return (*languages(), *pilot_languages())
