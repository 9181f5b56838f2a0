"""The place: its names, when it is open, whether somebody is there, and where visitors are sent when the kiosk cannot help.

All of it on one screen; what is touched is typed. Whoever expects the texts from the platform leaves them for later.
"""

from __future__ import annotations

from datetime import time

from kiosk.locales import OWN, own_name
from kiosk.locales.staff import tell
from kiosk.screens.parts import Icon, Pad, PadField, Tile
from kiosk.screens.screen import Screen
from kiosk.settings.hours import Hours
from kiosk.setup.answers import with_text
from kiosk.setup.frame import Step, page
from kiosk.setup.sitting import NUMBERS, WORDS, Sitting, next_action, other, row
from kiosk.setup.work import Work
from kiosk.visit import Backed

_DAY = Hours(opens=time(8), closes=time(20))
_ROUND = Hours()


async def run(sitting: Sitting, work: Work) -> None:
    """Until everything is there, or is left to the platform. Raise Backed, VisitEnds."""
    problem = ""
    while True:
        later = (other("later", tell("setup.place_later")),) if work.enrolled is None else ()
        chosen = await sitting.choose(
            "place",
            Step.PLACE,
            tell("setup.place_title"),
            tiles(work),
            sentence=problem or tell("setup.place_sentence"),
            columns=2,
            actions=(next_action(tell("setup.place_done")), *later),
        )
        problem = ""
        if chosen == "later":
            work.texts_later = True
            return
        if chosen == "next":
            if not missing(work):
                return
            problem = tell("setup.place_missing", what="、".join(missing(work)))
            continue
        try:
            await _change(sitting, work, chosen)
        except Backed:
            continue


def missing(work: Work) -> list[str]:
    """What nobody has said yet, in words."""
    lacking = [tell(f"setup.place_{each.replace('.', '_')}") for each in work.answers.lacking()]
    return [*lacking, *([tell("setup.place_keeper")] if work.answers.place.keeper_on_site is None else [])]


def tiles(work: Work) -> tuple[Tile, ...]:
    """What can be said, and what was."""
    answers = work.answers
    place, elsewhere = answers.place, answers.elsewhere
    found = [_text_tile("place.name", place.name), _text_tile("place.place", place.place)]
    for language in (answers.languages or ())[1:]:
        told = place.translations.get("name", ({},))[0].get(language, "")
        name = tell("setup.place_name_in", language=own_name(language))
        found.append(row(f"place.name@{language}", name, told or tell("setup.place_same"), Icon.LANGUAGE))
    found.append(row("hours", tell("setup.place_hours"), hours_words(place.hours or _ROUND), Icon.CLOCK))
    said = "setup.unsaid" if place.keeper_on_site is None else f"setup.keeper_{str(place.keeper_on_site).lower()}"
    found.append(row("keeper", tell("setup.place_keeper"), tell(said), Icon.PEOPLE))
    found += [_text_tile(f"elsewhere.{key}", getattr(elsewhere, key)) for key in ("place", "address", "hours", "phone")]
    return tuple(found)


def _text_tile(key: str, text: str) -> Tile:
    icons = {"elsewhere.phone": Icon.PHONE, "elsewhere.hours": Icon.CLOCK, "place.name": Icon.HOME}
    return row(
        key, tell(f"setup.place_{key.replace('.', '_')}"), text or tell("setup.unsaid"), icons.get(key, Icon.PLACE)
    )


def hours_words(hours: Hours) -> str:
    """When it is open, in words."""
    if hours.opens == hours.closes:
        return tell("setup.hours_round")
    return tell("setup.hours_daily", opens=f"{hours.opens:%H:%M}", closes=f"{hours.closes:%H:%M}")


async def _change(sitting: Sitting, work: Work, key: str) -> None:
    answers = work.answers
    if key == "hours":
        work.answer(place=answers.place.model_copy(update={"hours": await _hours(sitting)}))
    elif key == "keeper":
        chosen = await sitting.choose(
            "keeper",
            Step.PLACE,
            tell("setup.keeper_title"),
            (row("true", tell("setup.keeper_true"), icon=Icon.CHECK), row("false", tell("setup.keeper_false"))),
            sentence=tell("setup.keeper_sentence"),
        )
        work.answer(place=answers.place.model_copy(update={"keeper_on_site": chosen == "true"}))
    else:
        section, _, name = key.partition(".")
        name, _, language = name.partition("@")
        about = getattr(answers, section)
        others = about.translations.get(name, ({},))[0]
        before = others.get(language, "") if language else getattr(about, name)
        label = tell(f"setup.place_{section}_{name}")
        text = await sitting.write(
            name,
            Step.PLACE,
            tell("setup.place_write", what=label),
            label=label,
            ways=NUMBERS if name == "phone" else WORDS,
            text=before,
            hint=tell(f"setup.hint_{section}_{name}"),
        )
        work.answer(**{section: with_text(about, name, text, language or OWN)})


async def _hours(sitting: Sitting) -> Hours:
    rows = (
        row("round", tell("setup.hours_round"), icon=Icon.CLOCK),
        row("day", hours_words(_DAY), icon=Icon.CLOCK),
        row("other", tell("setup.hours_other"), icon=Icon.KEY),
    )
    chosen = await sitting.choose("hours", Step.PLACE, tell("setup.hours_title"), rows)
    if chosen != "other":
        return _ROUND if chosen == "round" else _DAY
    problem = ""
    while True:
        answer = await sitting.ask(hours_typed(problem))
        try:
            opens, closes = (_time(answer.typed[key].reveal()) for key in ("opens", "closes"))
            return Hours(opens=opens, closes=closes)
        except (ValueError, KeyError):
            problem = tell("setup.hours_impossible")


def _time(digits: str) -> time:
    if len(digits) != 4:
        raise ValueError(digits)
    return time(int(digits[:2]), int(digits[2:]))


def hours_typed(problem: str = "") -> Screen:
    """Two times, four digits each."""
    fields = tuple(PadField(id=key, label=tell(f"setup.hours_{key}"), digits=4) for key in ("opens", "closes"))
    return page(
        "hours_typed",
        step=Step.PLACE,
        title=tell("setup.hours_title"),
        sentence=problem or tell("setup.hours_sentence"),
        blocks=(Pad(fields=fields),),
        actions=(next_action(),),
    )
