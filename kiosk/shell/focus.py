"""Where the key pad is on the screen. A new screen begins at its title, which is read; nothing is pressed by the first key."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.shell.keys import Key
from kiosk.shell.marks import Role, Turns
from kiosk.shell.stops import TITLE, Stop


class Focus:
    """One stop, or none while nobody uses keys."""

    def __init__(self) -> None:
        self._stops: Sequence[Stop] = ()
        self._key = ""

    @property
    def stop(self) -> Stop | None:
        """Where it is; None while nobody uses keys."""
        return next((stop for stop in self._stops if stop.key == self._key), None) if self._key else None

    @property
    def at_rest(self) -> Stop | None:
        """Where it is, or would begin: what a screen reader is told while nobody uses keys."""
        return self.stop or self._first()

    def begin(self, stops: Sequence[Stop]) -> None:
        """A new screen: at its title, if somebody uses keys."""
        self._stops = stops
        if self._key:
            self._to(self._first())

    def renew(self, stops: Sequence[Stop]) -> None:
        """The same screen has changed. The focus stays; on a page that was turned to, it goes to the first new thing."""
        before, at, self._stops = self._stops, self.stop, stops
        if at is None:
            return
        old = {stop.key for stop in before}
        if at.target is not None and isinstance(at.target.does, Turns):
            new = next((stop for stop in stops if stop.region is at.region and stop.key not in old), None)
            if new is not None:
                self._to(new)
                return
        if self.stop is None:  # what it was on is gone: to what stands in its place now
            place = [stop.key for stop in before].index(at.key)
            self._to(stops[min(place, len(stops) - 1)] if stops else None)

    def leave(self) -> None:
        """Somebody uses the glass: no ring."""
        self._key = ""

    def go(self, key: str) -> None:
        """To this stop (a screen reader asks for it); one that is not there changes nothing."""
        if any(stop.key == key for stop in self._stops):
            self._key = key

    def move(self, key: Key) -> None:
        """By a key. The first one only shows where the focus is. Forth and back go round the whole screen, left and right
        round one region."""
        at = self.stop
        if at is None or key is Key.FIRST:
            self._to(self._first())
            return
        match key:
            case Key.NEXT | Key.PREVIOUS:
                self._step(self._stops, at, 1 if key is Key.NEXT else -1)
            case Key.RIGHT | Key.LEFT:
                region = [stop for stop in self._stops if stop.region is at.region]
                self._step(region, at, 1 if key is Key.RIGHT else -1)

    def _step(self, among: Sequence[Stop], at: Stop, by: int) -> None:
        self._to(among[(list(among).index(at) + by) % len(among)])

    def _first(self) -> Stop | None:
        title = next((stop for stop in self._stops if stop.key == TITLE), None)
        heading = next((stop for stop in self._stops if stop.node.role is Role.HEADING), None)
        return title or heading or (self._stops[0] if self._stops else None)

    def _to(self, stop: Stop | None) -> None:
        self._key = stop.key if stop else ""
