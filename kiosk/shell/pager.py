"""A finger that pulls a page of a screen that has several: the page follows it with its neighbour behind it, and turns when it is
let go far enough or fast enough. The buttons below the page do the same without a gesture; nobody has to find it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import Protocol

import msgspec

from kiosk.shell.marks import Box, Part, Region, around
from kiosk.shell.template import Laid

_TURNERS = "turn."
"""Beginning of the keys of the row that turns pages (buttons.place_turners): it stays where it is."""


class Feel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """drag.toml."""

    start_mm: float
    gap_mm: float
    turn_share: float
    flick_mm_a_second: float
    flick_seconds: float
    settle_seconds: float
    resist: float


@cache
def feel() -> Feel:
    """What is shipped."""
    return msgspec.toml.decode(resources.files("kiosk.shell").joinpath("drag.toml").read_bytes(), type=Feel)


class Slides(Protocol):
    """The glass, as far as it lets pages slide."""

    def slide(self, going: Sequence[str], coming: Sequence[Part], window: Box) -> None:
        """From now on the parts with these keys, and these further parts, can be shifted; they are seen within the window."""

    def shift(self, going: tuple[int, int], coming: tuple[int, int]) -> None:
        """Shift them by so many pixels to the right and down."""

    def rest(self) -> None:
        """Everything stands where it stood; what was coming is gone."""


class _Pull(msgspec.Struct):
    """One pull. Lengths in pixels along its axis, positive to the right and down; `by` is the page that is on its way."""

    across: bool
    by: int
    way: int
    free: bool
    at: float
    settles: tuple[float, float, float] | None = None
    """Once the finger is lifted: since when, from where, to where."""


class Pager:
    """One for the shell's life. `scale` is pixels a millimetre."""

    def __init__(self, glass: Slides, scale: float) -> None:
        self._glass, self._scale, self._feel = glass, scale, feel()
        self._pull: _Pull | None = None
        self._last: deque[tuple[float, float]] = deque()

    @property
    def pulled(self) -> bool:
        """Whether a page is on its way."""
        return self._pull is not None

    def forget(self) -> None:
        """Another screen: nothing is on its way."""
        self._pull = None

    def begins(self, dx: float, dy: float) -> bool:
        """Whether a finger that has come so far is pulling."""
        return max(abs(dx), abs(dy)) >= self._feel.start_mm * self._scale

    def begin(self, dx: float, dy: float, page: int, lay: Callable[[int], Laid], *, leftwards: bool) -> None:
        """A finger pulls from page `page`; `lay` lays out a page. Where lines are read leftwards, the next page is on the left."""
        across = abs(dx) > abs(dy)
        forth = (dx > 0) is leftwards if across else dy < 0
        here = lay(page)
        by = 1 if forth else -1
        there = lay(page + by) if 0 <= page + by < here.pages else None
        going, coming = _different(here, there) if there else (_page(here), [])
        window = around([part.node.box for part in [*going, *coming]])
        self._glass.slide([part.key for part in going], coming, window)
        way = (window.w if across else window.h) + round(self._feel.gap_mm * self._scale)
        self._pull = _Pull(
            across, by if there else 0, way if (dx if across else dy) > 0 else -way, there is not None, 0.0
        )
        self._last.clear()

    def follow(self, dx: float, dy: float, now: float) -> None:
        """The finger is so far from where it came down."""
        pull = self._pull
        if pull is None or pull.settles:
            return
        at = dx if pull.across else dy
        at = at if pull.free else at * self._feel.resist
        # Never the other way: there is no page on that side of this one now.
        self._to(pull, max(0.0, min(at, pull.way)) if pull.way > 0 else min(0.0, max(at, pull.way)))
        self._last.append((now, at))
        while self._last[0][0] < now - self._feel.flick_seconds:
            self._last.popleft()

    def lift(self, now: float) -> None:
        """The finger is lifted: the page goes on, or back."""
        pull = self._pull
        if pull is None or pull.settles:
            return
        began, was = self._last[0] if self._last else (now, pull.at)
        speed = (pull.at - was) / max(now - began, 0.001) / self._scale
        fast = speed * (1 if pull.way > 0 else -1) > self._feel.flick_mm_a_second
        turns = pull.free and (fast or pull.at / pull.way > self._feel.turn_share)
        pull.settles = (now, pull.at, pull.way if turns else 0.0)

    def turn(self, now: float) -> int | None:
        """In each turn of the window's loop: None while nothing ends, else by how many pages the screen is turned now (0: none)."""
        pull = self._pull
        if pull is None or pull.settles is None:
            return None
        began, start, end = pull.settles
        share = min(1.0, (now - began) / self._feel.settle_seconds)
        if share < 1.0:
            self._to(pull, start + (end - start) * (1 - (1 - share) ** 2))
            return None
        return self.hurry()

    def hurry(self) -> int | None:
        """As `turn`, but what is on its way without a finger is there at once."""
        if self._pull is None or self._pull.settles is None:
            return None
        by = self._pull.by if self._pull.settles[2] else 0
        self._pull = None
        self._glass.rest()
        return by

    def _to(self, pull: _Pull, at: float) -> None:
        pull.at = at
        going, coming = round(at), round(at - pull.way)
        self._glass.shift(*(((going, 0), (coming, 0)) if pull.across else ((0, going), (0, coming))))


def _page(laid: Laid) -> list[Part]:
    return [part for part in dict(laid.parts)[Region.CONTENT] if not part.key.startswith(_TURNERS)]


def _different(here: Laid, there: Laid) -> tuple[list[Part], list[Part]]:
    """What goes and what comes: the parts of the content that only one of the two pages has."""
    both = set(_page(here)) & set(_page(there))
    return [part for part in _page(here) if part not in both], [part for part in _page(there) if part not in both]
