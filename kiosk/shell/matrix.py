"""Every screen in every look on every panel, and a sample of it in which each pair of values meets at least once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations, product

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
    """As few cases as a simple greedy choice finds in which every two values of two axes meet, always the same ones."""
    pairs = {case: _pairs(case) for case in whole(**only)}
    left = set().union(*pairs.values())
    found: list[Case] = []
    seen: Counter[tuple[int, str]] = Counter()
    while left:
        most = max(len(left & met) for met in pairs.values())
        best = min((case for case, met in pairs.items() if len(left & met) == most), key=lambda case: _worn(case, seen))
        found.append(best)
        seen.update(_marked(best))
        left -= pairs[best]
    return found


def each_screen(cases: Sequence[Case]) -> list[Case]:
    """Of these cases one a screen, with the values of the other axes as evenly spread as a greedy choice makes it."""
    found: list[Case] = []
    seen: Counter[tuple[int, str]] = Counter()
    for screen in dict.fromkeys(case.screen for case in cases):
        best = min((case for case in cases if case.screen == screen), key=lambda case: _worn(case, seen))
        found.append(best)
        seen.update(_marked(best))
    return found


def _marked(case: Case) -> list[tuple[int, str]]:
    """The values, each with the number of its axis."""
    return list(enumerate(msgspec.structs.astuple(case)))


def _pairs(case: Case) -> frozenset[tuple[tuple[int, str], ...]]:
    return frozenset(combinations(_marked(case), 2))


def _worn(case: Case, seen: Counter[tuple[int, str]]) -> list[int]:
    """How often the values of a case were seen, the most worn first."""
    return sorted((seen[value] for value in _marked(case)), reverse=True)
