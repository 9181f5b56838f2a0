"""The ways into a screen without sight or touch: the key pad and the screen reader. Both end where a finger ends: in the
shell's own press of a target."""

from __future__ import annotations

import time
from collections.abc import Callable

from kiosk.screens.protocol import Focused, FromShell, Hearing, Keyed, Panel, Show
from kiosk.screens.screen import BACK, HELP
from kiosk.shell.access import CLICK, Access
from kiosk.shell.access_tree import WINDOW, Numbers, specs
from kiosk.shell.focus import Focus
from kiosk.shell.keys import Held, Key, Meaning, key_map
from kiosk.shell.marks import Answers, Box, Fill, Node, Part, Target, Types
from kiosk.shell.stops import Stop, said, said_aloud, stops
from kiosk.shell.template import Laid
from kiosk.shell.tokens import Colours, pixels_per_mm

_CLEAR = "#00000000"
_FAR = 10**6


class Ways:
    """What keys and screen reader do on the screen that is shown. `press` is what a finger on a target does."""

    def __init__(self, panel: Panel, send: Callable[[FromShell], None], press: Callable[[Target], None]) -> None:
        self._panel, self._tell_core, self._press = panel, send, press
        self._map = key_map()
        self._meanings = self._map.meanings()
        self._held = Held(self._map.timing.held_seconds)
        self._focus = Focus()
        self._numbers = Numbers()
        self._access = Access(panel.px)
        self._stops: tuple[Stop, ...] = ()
        self._parts: list[Part] = []
        self._show: Show | None = None
        self._ticked: tuple[str, ...] = ()
        self._colours: Colours | None = None
        self._told: Focused | None = None
        self._news: list[FromShell] = []
        self._used_at = 0.0

    # ---- what is on the glass

    def laid(self, laid: Laid, show: Show, ticked: tuple[str, ...], colours: Colours) -> None:
        """The screen was laid out (anew)."""
        new = self._show is None or show.number != self._show.number
        self._show, self._ticked, self._colours = show, ticked, colours
        self._parts, self._stops = laid.all(), stops(laid)
        if new:
            self._numbers.forget()
            self._focus.begin(self._stops)
        else:
            self._focus.renew(self._stops)
        self._publish()

    @property
    def focused(self) -> Node | None:
        """The node that the key pad is on; None while nobody uses keys."""
        stop = self._focus.stop
        return stop.node if stop else None

    @property
    def ring(self) -> tuple[Fill, ...]:
        """The mark around what has the focus: a dark line with a light one inside it, seen on every ground."""
        stop, colours = self._focus.stop, self._colours
        if stop is None or colours is None:
            return ()
        ring, scale = self._map.ring, pixels_per_mm(self._panel)
        away, light, dark = (round(length * scale) for length in (ring.away, ring.light, ring.width))
        radius = (stop.target.radius if stop.target else 0) + away
        # Lines of text stand closer than things that can be touched: there the ring comes nearer, and covers nobody else's letters.
        out = min(away + light + dark, *(_distance(stop.node.box, other) for other in self._others(stop)))
        outer = _around(stop.node.box, out, self._panel)
        return (
            Fill(outer.inset(dark), _CLEAR, radius + light, colours.surface, light),
            Fill(outer, _CLEAR, radius + light + dark, colours.ink, dark),
        )

    def _others(self, stop: Stop) -> list[Box]:
        boxes = [part.node.box for part in self._parts if part.node.name and part.key != stop.key]
        boxes += [each.node.box for each in self._stops if each.key != stop.key]
        return [box for box in boxes if _distance(stop.node.box, box) >= 0] or [Box(-_FAR, -_FAR, 0, 0)]

    def touched(self) -> None:
        """A finger is on the glass: whoever sees needs no ring."""
        if self._focus.stop is not None:
            self._focus.leave()
            self._publish()

    def turn(self) -> None:
        """In each turn of the window's loop: what the screen reader asked for; a focus that nobody uses any more."""
        for action, number in self._access.asked():
            stop = next((each for each in self._stops if each.key == self._numbers.key(number)), None)
            if stop is not None:
                self._used_at = time.monotonic()
                self._focus.go(stop.key)
                self._publish()
                if action == CLICK and stop.pressable and stop.target is not None:
                    self._press(stop.target)
        if self._focus.stop is not None and time.monotonic() - self._used_at > self._map.timing.rest_seconds:
            self.touched()
        # Only now, after the key itself was told of: whoever speaks falls silent at a touch, and then says what is new.
        for message in self._news:
            self._tell_core(message)
        self._news.clear()

    def close(self) -> None:
        """The window goes."""
        self._access.close()

    # ---- keys

    def key(self, code: int) -> bool:
        """A key went down; return whether it meant something and pressed nothing: a press tells of itself."""
        meaning = self._meanings.get(code)
        if meaning is None or self._show is None:
            return False
        now = time.monotonic()
        new, self._used_at = self._held.down(code, now), now
        if not new and meaning not in (Key.NEXT, Key.PREVIOUS, Key.RIGHT, Key.LEFT):  # a held arrow walks on
            return True
        target = self._pressed_by(meaning)
        if target is not None:
            self._press(target)
            return False
        self._mean(meaning)
        return True

    def key_up(self) -> None:
        """A key came up."""
        self._held.up()

    def _pressed_by(self, meaning: Meaning) -> Target | None:
        """What a key presses on this screen, if it presses something."""
        match meaning:
            case Key.OK:
                wanted = [stop for stop in self._stops if stop is self._focus.stop]
            case Key.BACK | Key.HELP:
                wanted = self._doing(Answers(BACK if meaning is Key.BACK else HELP))
            case Key.ERASE:
                wanted = self._doing(Types())
            case int():
                wanted = self._doing(Types(digit=str(meaning)))
            case _:
                wanted = []
        return next((stop.target for stop in wanted if stop.pressable), None)

    def _doing(self, does: Answers | Types) -> list[Stop]:
        return [stop for stop in self._stops if stop.target is not None and stop.target.does == does]

    def _mean(self, meaning: Meaning) -> None:
        match meaning:
            case Hearing():
                self._news.append(Keyed(key=meaning))
            case Key.REPEAT:
                self._tell(again=True)
            case Key.OK if self._focus.stop is not None:  # on something that is only read
                self._tell(again=True)
            case Key.OK | Key.FIRST:
                self._move(Key.FIRST)
            case Key.NEXT | Key.PREVIOUS | Key.RIGHT | Key.LEFT:
                self._move(meaning)

    def _move(self, key: Key) -> None:
        self._focus.move(key)
        self._publish()

    # ---- what is told

    def _publish(self) -> None:
        assert self._show is not None
        rest = self._focus.at_rest
        screen, language = self._show.screen, self._show.look.language
        nodes = specs(screen.title, self._stops, self._ticked, self._numbers, language)
        self._access.publish(nodes, self._numbers.of(rest.key) if rest is not None else WINDOW)
        self._tell()

    def _tell(self, *, again: bool = False) -> None:
        """Say where the focus is, once; `again` when somebody asks to hear it once more."""
        assert self._show is not None
        stop, language = self._focus.stop, self._show.look.language
        now = Focused(number=self._show.number)
        if stop is not None:
            now = Focused(
                number=self._show.number,
                said=said(stop, self._ticked, language),
                aloud=said_aloud(stop, self._ticked, language),
            )
        silent = self._told is None or not self._told.said
        if (now == self._told and not again) or (not now.said and silent):
            return
        self._told = now
        self._news.append(now)


def _distance(a: Box, b: Box) -> int:
    """Pixels between two boxes, along the axis on which they are further apart; negative where they overlap."""
    return max(b.x - a.right, a.x - b.right, b.y - a.bottom, a.y - b.bottom)


def _around(box: Box, by: int, panel: Panel) -> Box:
    """The box, larger by so many pixels on each side, within the panel."""
    x, y = max(0, box.x - by), max(0, box.y - by)
    return Box(x, y, min(panel.px[0], box.right + by) - x, min(panel.px[1], box.bottom + by) - y)
