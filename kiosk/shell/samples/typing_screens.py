"""Screens that are typed on, one for each kind of keyboard."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec

from kiosk.screens.parts import Action, Block, Icon, Tile, Tiles, Typing, Way
from kiosk.screens.screen import Mode, Screen
from kiosk.shell.samples.common import Stage

_ALL_WAYS = (Way.PINYIN, Way.HANDWRITING, Way.LATIN, Way.DIGITS)


class _Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language of typing.toml; titles in standard and elder words."""

    search: tuple[str, str]
    search_label: str
    search_hint: str
    found: tuple[str, str]
    name: tuple[str, str]
    name_label: str
    plate: tuple[str, str]
    plate_label: str
    number: tuple[str, str]
    number_label: str
    where: str
    next: str


@cache
def _all_texts() -> dict[str, _Texts]:
    text = resources.files("kiosk.shell.samples").joinpath("typing.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, _Texts])


def _texts(stage: Stage) -> _Texts:
    texts = _all_texts()
    return texts.get(stage.say.language, next(iter(texts.values())))


def _screen(
    stage: Stage, name: str, titles: tuple[str, str], *blocks: Block, done: bool = True, sentence: str = ""
) -> Screen:
    title = titles[stage.say.mode is Mode.ELDER]
    actions = (Action(id="next", label=_texts(stage).next),) if done else ()
    return stage.composer.screen(
        stage.say, name, title=title, sentence=sentence, spoken=title, blocks=blocks, actions=actions
    )


def search(stage: Stage) -> Screen:
    """Something is looked for; what was found stands between field and keys."""
    texts = _texts(stage)
    field = Typing(id="what", label=texts.search_label, ways=_ALL_WAYS[:3], hint=texts.search_hint, most=20)
    tiles = (
        Tile(id="KX-RS-003", title=texts.found[0], icon=Icon.FACE),
        Tile(id="KX-RS-001", title=texts.found[1], icon=Icon.DOCUMENT),
    )
    return _screen(stage, "search", texts.search, field, Tiles(tiles=tiles[:1] if stage.elder else tiles), done=False)


def name(stage: Stage) -> Screen:
    """A name, in characters."""
    texts = _texts(stage)
    return _screen(
        stage, "typing_name", texts.name, Typing(id="name", label=texts.name_label, ways=_ALL_WAYS[:2], most=30)
    )


def plate(stage: Stage) -> Screen:
    """A number plate: letters, digits, and one character."""
    texts = _texts(stage)
    ways = (Way.LATIN, Way.DIGITS, Way.PINYIN)
    return _screen(stage, "typing_plate", texts.plate, Typing(id="plate", label=texts.plate_label, ways=ways, most=8))


def number(stage: Stage) -> Screen:
    """An ID number."""
    texts = _texts(stage)
    field = Typing(id="number", label=texts.number_label, ways=(Way.ID_NUMBER,), most=18)
    return _screen(stage, "typing_number", texts.number, field, sentence="" if stage.elder else texts.where)


TYPING = (search, name, plate, number)
