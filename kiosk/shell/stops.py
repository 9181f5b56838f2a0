"""The stops of a laid-out screen: everything that can be read or pressed, one after another in reading order.

Key pad and screen reader walk the same stops. A stop is a part, or one row of a card of facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

import msgspec

from kiosk.shell.marks import Node, Part, Region, Role, Target, Toggles
from kiosk.shell.template import Laid

TITLE = "title"
"""Key of the part that is the screen's title (frame.titles)."""
CAPTION = "caption"
"""Key of the part that says what is spoken (frame.caption); its name only says that it is that."""
_DEFAULT = "zh-Hans"
_READING_ORDER = (Region.CONTENT, Region.ACTIONS, Region.BAR, Region.HEADER)
"""Where we are and what time it is comes last, so that nobody hears it before every screen."""


class Stop(msgspec.Struct, frozen=True):
    """One of them. `key` stays the same while the screen does; `inside` is the key of the group that it is a row of."""

    key: str
    region: Region
    node: Node
    target: Target | None = None
    inside: str = ""

    @property
    def pressable(self) -> bool:
        """Whether a press does something now."""
        return self.target is not None and self.node.enabled


class SaidWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language of focus.toml."""

    join: str
    button: str
    off: str
    ticked: str
    cleared: str
    filled: str
    empty: str


@cache
def _all_words() -> dict[str, SaidWords]:
    text = resources.files("kiosk.shell").joinpath("focus.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, SaidWords])


def said_words(language: str) -> SaidWords:
    """The words of a language (BCP 47), Simplified Chinese where it is not there yet."""
    return _all_words().get(language, _all_words()[_DEFAULT])


def stops(laid: Laid) -> tuple[Stop, ...]:
    """All stops, in reading order."""
    regions = dict(laid.parts)
    found = [stop for region in _READING_ORDER for part in regions.get(region, ()) for stop in _of(part, region)]
    return tuple(stop for number, stop in enumerate(found) if not _said_by_neighbour(found, number))


def _of(part: Part, region: Region) -> Iterator[Stop]:
    if part.node.role is Role.ACTIONS and part.target is None:  # a card: its rows are the stops
        for number, child in enumerate(part.node.children):
            yield Stop(f"{part.key}/{number}", region, child, inside=part.key)
    elif part.node.name or part.node.value:
        yield Stop(part.key, region, part.node, part.target)


def _said_by_neighbour(found: Sequence[Stop], number: int) -> bool:
    """A label that stands over its own field, or under its own ring, is not read twice."""
    stop = found[number]
    neighbours = (*found[max(0, number - 1) : number], *found[number + 1 : number + 2])
    return stop.node.role is Role.TEXT and any(
        each.node.role is not Role.TEXT and each.node.name == stop.node.name for each in neighbours
    )


def details(node: Node) -> str:
    """What stands on a thing besides its name: the second line of a tile, what a box allows."""
    own = "" if node.role is Role.CHECKBOX else node.value
    children = [child.name for child in node.children if child.name not in (node.name, node.value)]
    return "，".join(part for part in (own, *children) if part)


def said(stop: Stop, ticked: Sequence[str], language: str) -> str:
    """What is to be heard of a stop, in the language of the screen; for a field, with what is typed in it where that is shown."""
    words = said_words(language)
    node = stop.node
    if stop.key == CAPTION:
        return node.value
    if node.role is Role.TEXTBOX and not node.value:
        return words.empty.format(name=node.name)
    whole = words.join.join(part for part in (node.name, details(node)) if part)
    if stop.target is not None and isinstance(stop.target.does, Toggles):
        return (words.ticked if stop.target.does.id in ticked else words.cleared).format(name=whole)
    if node.role is Role.BUTTON:
        return words.button.format(name=whole) if stop.pressable else f"{whole}{words.join}{words.off}"
    return whole


def said_aloud(stop: Stop, ticked: Sequence[str], language: str) -> str:
    """The same for a loudspeaker in a hall: of a field nothing that is typed in it."""
    if stop.node.role is Role.TEXTBOX and stop.node.value:
        words = said_words(language)
        return words.filled.format(name=stop.node.name)
    return said(stop, ticked, language)
