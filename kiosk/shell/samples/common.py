"""What the samples share: the language's sentences, and the place, the item and the invented person on them."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec

from kiosk.locales import Phrasebook, languages
from kiosk.screens.compose import Composer, Place
from kiosk.screens.parts import Action, ActionKind
from kiosk.screens.screen import Mode, Screen

PAGE = (1000, 1414)
"""Pixels of the page picture in the preview sample."""


class Values(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language of values.toml."""

    place: str
    phone: str
    there: str
    address: str
    hours: str
    item: str
    item_elder: str
    department: str
    licence: str
    card: str
    fields: str
    needs: str
    gets: str
    fee: str
    list_comma: str
    name: str
    number: str
    until: str
    serial: str
    reason: str
    busy: str


class Stage(msgspec.Struct, frozen=True):
    """Whoever makes a sample has these."""

    say: Phrasebook
    value: Values
    composer: Composer

    @property
    def elder(self) -> bool:
        """Whether this is 长辈模式."""
        return self.say.mode is Mode.ELDER

    def screen(self, name: str, key: str, **more: object) -> Screen:
        """A screen whose title, sentence and spoken text are those of a table of the locale (`key`), if it has them."""
        say = self.say
        texts = {part: say(f"{key}.{part}") for part in ("title", "sentence", "spoken") if say.has(f"{key}.{part}")}
        return self.composer.screen(say, name, **{**texts, **more})  # type: ignore[arg-type]  # checked by composer.screen


@cache
def _values() -> dict[str, Values]:
    text = resources.files("kiosk.shell.samples").joinpath("values.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, Values])


def stage(mode: Mode, language: str) -> Stage:
    """For one mode and language."""
    values = _values()
    value = values.get(language, next(iter(values.values())))
    place = Place(name=value.place, phone=value.phone, elsewhere_place=value.there, elsewhere_hours=value.hours)
    return Stage(Phrasebook(language, mode), value, Composer(place, languages()))


def secondary(id_: str, label: str) -> Action:
    """Another way."""
    return Action(id=id_, label=label, kind=ActionKind.SECONDARY)
