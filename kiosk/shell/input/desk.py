"""Where a screen is typed on: the typist, the pen, and what the core is told of them. The shell has one for all its screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from drivers.contract.secret import SecretText, wipe_all
from kiosk.screens.protocol import FromShell, Show, TypingIs
from kiosk.screens.screen import typing_of
from kiosk.shell.input.pen import Ink, Pen
from kiosk.shell.input.sizes import pixels
from kiosk.shell.input.state import State
from kiosk.shell.input.typist import Typist
from kiosk.shell.kit import Kit
from kiosk.shell.marks import Does, Draws, Leafs, Opens, Strikes, Takes, Target


class Desk:
    """One for the shell's life; what was typed lives as long as its screen."""

    def __init__(self, glass: Ink, send: Callable[[FromShell], None]) -> None:
        self._glass, self._send = glass, send
        self._pen = Pen(glass)
        self._typist: Typist | None = None
        self._number = 0
        self._told = ""

    @property
    def state(self) -> State | None:
        """What is typed by now; None on a screen without a Typing field."""
        return self._typist.state if self._typist else None

    def begin(self, show: Show) -> None:
        """Another screen: what was typed on the one before is overwritten, and its engine ends."""
        if self._typist:
            self._typist.close()
            self._typist = None
        self._told = ""
        self._pen.stop()
        self._glass.dry(0)
        typing = typing_of(show.screen)
        self._number = show.number
        if typing:
            self._typist = Typist(typing, show.look.mode, date.today, show.written)
            self._told = _said(self._typist.state)
        if show.written:
            wipe_all(show.written)

    def turn(self) -> bool:
        """In each turn of the window's loop. Return whether something is different now."""
        if self._typist is None or not self._typist.turn():
            return False
        self._after()
        return True

    def do(self, does: Does) -> bool:
        """Do what was touched; return whether it was a thing of the keyboard."""
        if self._typist is None or not isinstance(does, (Strikes, Takes, Opens, Leafs)):
            return False
        self._typist.do(does)
        self._after()
        return True

    def secrets(self) -> dict[str, SecretText]:
        """What was typed, for the answer."""
        return self._typist.secrets() if self._typist else {}

    # ---- the finger that writes

    def down(self, finger: object, target: Target, x: float, y: float, kit: Kit) -> bool:
        """Begin a stroke, if this is the square."""
        if self._typist is None or not isinstance(target.does, Draws):
            return False
        self._pen.begin(finger, target.box, x, y, kit.colour.ink, pixels(kit.look.mode, kit.scale).pen)
        return True

    @property
    def writes(self) -> bool:
        """Whether a stroke is under way."""
        return self._pen.down

    def move(self, finger: object, x: float, y: float) -> None:
        """Lengthen the stroke, if there is one."""
        self._pen.move(finger, x, y)

    def lift(self, finger: object) -> bool:
        """End the stroke; return whether there was one."""
        stroke = self._pen.lift(finger)
        if stroke is None or self._typist is None:
            return False
        self._typist.stroke(stroke)
        self._after()
        return True

    def _after(self) -> None:
        """The ink of a character that was taken goes; the core hears what is new."""
        assert self._typist is not None
        if not self._pen.down:
            self._glass.dry(self._typist.inked)
        said = _said(self._typist.state)
        if said != self._told:
            self._told = said
            written = self._typist.written()
            self._send(TypingIs(number=self._number, written=written))
            wipe_all(written)


def _said(state: State) -> str:
    """Changes exactly when what the core is told does: letters count, how they are set in syllables does not."""
    return f"{state.text}\0{(state.head + state.rest).replace(' ', '')}"
