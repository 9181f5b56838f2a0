"""Every screen in every look on every panel, and a sample of it in which each pair of values meets at least once."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from itertools import product

import msgspec

from kiosk.locales import languages
from kiosk.screens.protocol import Panel
from kiosk.screens.screen import Layout, Look, Mode, Screen, Theme
from kiosk.shell import tokens
from kiosk.shell.samples import samples


class Case(msgspec.Struct, frozen=True, order=True):
    """One picture of the matrix: the values of its axes."""

    screen: str
    mode: str
    theme: str
    layout: str
    language: str
    panel: str

    @property
    def name(self) -> str:
        """For files and for tests."""
        return "-".join(msgspec.structs.astuple(self))

    def look(self) -> Look:
        """How it looks."""
        return Look(mode=Mode(self.mode), theme=Theme(self.theme), layout=Layout(self.layout), language=self.language)

    def shape(self) -> Panel:
        """Its panel."""
        return tokens.panels()[self.panel]

    def sample(self) -> Screen:
        """Its screen."""
        return next(each for each in samples(Mode(self.mode), self.language) if each.name == self.screen)


AXES = Case.__struct_fields__
"""The names of the axes, in the order of a name."""


def values() -> dict[str, tuple[str, ...]]:
    """All values of each axis."""
    return {
        "screen": tuple(screen.name for screen in samples(Mode.STANDARD)),
        "mode": tuple(map(str, Mode)),
        "theme": tuple(map(str, Theme)),
        "layout": tuple(map(str, Layout)),
        "language": languages(),
        "panel": tuple(tokens.panels()),
    }


def whole(**only: Sequence[str]) -> list[Case]:
    """Every case; `only` names values of an axis to keep to."""
    axes = {**values(), **only}
    return [Case(*each) for each in product(*(axes[name] for name in AXES))]


def pairwise(**only: Sequence[str]) -> list[Case]:
    """A sample in which every two values of two axes meet (a test holds that), always the same one: a screen has a few looks of
    its own, dealt out by its name, so that a new screen changes none of the others'."""
    axes = {**values(), **only}
    return [case for screen in axes["screen"] for case in _dealt(screen, axes)]


def pilots() -> list[Case]:
    """Looks at the pilot languages, which are in no other sample: mirrored, where keys and digits keep their order, and letters
    that reach further than Chinese."""
    return [
        Case("review", "standard", "light", "normal", "ug", "portrait_21"),
        Case("keeper", "elder", "night", "low_reach", "ug", "portrait_15"),
        Case("find", "standard", "high_contrast", "normal", "ug", "landscape_21"),
        *(Case("idle", "elder", "light", "normal", language, "portrait_21") for language in ("bo", "mn-Mong", "ii")),
    ]


def each_screen(cases: Sequence[Case]) -> list[Case]:
    """Of these cases one a screen."""
    by_screen: dict[str, list[Case]] = {}
    for case in cases:
        by_screen.setdefault(case.screen, []).append(case)
    return [found[_number(screen) % len(found)] for screen, found in by_screen.items()]


def _dealt(screen: str, axes: Mapping[str, Sequence[str]]) -> list[Case]:
    """As many looks as the longest axis has values; each axis goes round from a place of its own, so no value is left out."""
    others = AXES[1:]
    rows = range(max(len(axes[axis]) for axis in others))
    return [
        Case(screen, *(axes[axis][(_number(f"{screen} {axis}") + row) % len(axes[axis])] for axis in others))
        for row in rows
    ]


def _number(name: str) -> int:
    return zlib.crc32(name.encode()) >> 8
