"""What a Typing field shows by now. The layout reads it; only the typist makes it."""

from __future__ import annotations

import msgspec

from kiosk.input.id_number import Slip
from kiosk.screens.parts import Typing, Way
from kiosk.screens.screen import Mode


class State(msgspec.Struct, frozen=True, kw_only=True):
    """`text` is written; `head` and `rest` are pinyin under way: guesses taken already, and letters. `first` is the guess that the
    row begins with, `earlier` where its earlier pages began. `trouble`: this way of typing is out for now."""

    field: str
    way: Way
    text: str = ""
    head: str = ""
    rest: str = ""
    guesses: tuple[str, ...] = ()
    first: int = 0
    earlier: tuple[int, ...] = ()
    strokes: int = 0
    capitals: bool = False
    full: bool = False
    trouble: bool = False
    slip: Slip = Slip.NONE


def ways(typing: Typing, mode: Mode) -> tuple[Way, ...]:
    """The ways of a field in the order in which they are offered. Raise ValueError for none, or an ID number beside others."""
    if not typing.ways or (Way.ID_NUMBER in typing.ways and len(typing.ways) > 1):
        raise ValueError(f"{typing.id}: give at least one way to type; an ID number is typed on its own keys only")
    if mode is Mode.ELDER and Way.HANDWRITING in typing.ways:
        return (Way.HANDWRITING, *(way for way in typing.ways if way is not Way.HANDWRITING))
    return typing.ways


def at_first(typing: Typing, mode: Mode) -> State:
    """Nothing typed yet. Raise ValueError as `ways` does."""
    return State(field=typing.id, way=ways(typing, mode)[0])
