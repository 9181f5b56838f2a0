"""Takes keys, guesses and strokes for the Typing field of one screen, and asks the engine what they may mean.

What is written is kept in buffers that are overwritten when the screen goes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec

from drivers.contract.secret import SecretText, wipe_all
from kiosk.input import id_number
from kiosk.input.id_number import Slip
from kiosk.input.limits import limits
from kiosk.input.messages import Compose, Guesses, Question, Recognise, Stroke
from kiosk.screens.parts import Typing, Way
from kiosk.screens.screen import Mode, Written
from kiosk.shell.input.engine import Engine
from kiosk.shell.input.state import State, at_first
from kiosk.shell.marks import CAPITALS, CLEAR, ERASE, SPACE, Leafs, Opens, Strikes, Takes

_ENGINES = {Way.PINYIN: "pinyin", Way.HANDWRITING: "handwriting"}

Start = Callable[[str], Engine]


class Typist:
    """One field. `turn()` is called in each turn of the window's loop; it and `do()` say whether something is different now."""

    def __init__(
        self,
        typing: Typing,
        mode: Mode,
        today: Callable[[], date],
        written: Written | None = None,
        *,
        start: Start = Engine,
    ) -> None:
        self._typing, self._today, self._start = typing, today, start
        self._text, self._letters = bytearray(), bytearray()
        self._taken: tuple[int, ...] = ()
        self._strokes: list[Stroke] = []
        self._serial, self._restarts = 0, 0
        self._engine: Engine | None = None
        self.state = at_first(typing, mode)
        if written is not None and written.field == typing.id:
            self._text += written.text.raw()
            self._letters += written.letters.raw() if self.state.way is Way.PINYIN else b""
        self._open()
        self._ask()
        self._show_letters(self._letters.decode())
        self._see()

    def close(self) -> None:
        """End the engine and overwrite what was written."""
        if self._engine is not None:
            self._engine.end()
            self._engine = None
        _overwrite(self._text)
        _overwrite(self._letters)
        self._strokes.clear()

    def written(self) -> Written:
        """What stands in the field by now, for the core."""
        text, letters = SecretText.from_raw(bytes(self._text)), SecretText.from_raw(bytes(self._letters))
        return Written(field=self._typing.id, text=text, letters=letters)

    def secrets(self) -> dict[str, SecretText]:
        """The answer: letters that became no characters stay letters."""
        return {self._typing.id: SecretText.from_raw(bytes(self._text) + bytes(self._letters))}

    # ---- what a finger does

    def do(self, does: Strikes | Takes | Opens | Leafs) -> None:
        """A key, a guess, another way, another page of guesses."""
        match does:
            case Strikes(key):
                self._strike(key)
            case Takes(guess):
                self._take(guess)
            case Opens(way):
                self._change_way(Way(way))
            case Leafs(on):
                self._leaf(on)
        self._see()

    def stroke(self, stroke: Stroke) -> None:
        """A stroke was written on the square."""
        self._strokes.append(stroke)
        self._ask()
        self._see()

    @property
    def inked(self) -> int:
        """How many strokes are on the square."""
        return len(self._strokes)

    def turn(self) -> bool:
        """Take what the engine has said. A dead or silent engine is started again, and asked again."""
        if self._engine is None:
            return False
        guesses, serves = self._engine.turn()
        if guesses is not None:
            self._hear(guesses)
        if not serves:
            self._engine.end()
            self._engine = None
            self._restarts += 1
            if self._restarts > limits().restarts:
                self.state = msgspec.structs.replace(self.state, trouble=True, guesses=(), first=0, earlier=())
                return True
            self._open()
            self._ask()
        return guesses is not None

    # ---- keys

    def _strike(self, key: str) -> None:
        if key == ERASE:
            self._erase()
        elif key == CLEAR:
            self._strokes.clear()
            self._ask()
        elif key == CAPITALS:
            self.state = msgspec.structs.replace(self.state, capitals=not self.state.capitals)
        elif self.state.way is Way.ID_NUMBER:
            if id_number.takes(self._text.decode(), key):
                self._text += key.encode()
        elif self.state.way is Way.PINYIN:
            if not self._full(len(self._letters) + 1):
                self._letters += key.encode()
                self._ask()
                self._show_letters(self.state.rest + key)  # until the engine has set them in syllables
        else:
            self._write(" " if key == SPACE else key)

    def _erase(self) -> None:
        if self._strokes:
            self._strokes.pop()
            self._ask()
        elif self._taken:
            self._taken = self._taken[:-1]
            self._ask()
        elif self._letters:
            _shorten(self._letters, 1)
            self._ask()
            self._show_letters(self.state.rest[:-1].rstrip())
        elif self._text:
            _shorten(self._text, len(self._text.decode()[-1].encode()))

    def _show_letters(self, rest: str) -> None:
        self.state = msgspec.structs.replace(self.state, rest=rest)

    def _write(self, characters: str) -> None:
        room = self._typing.most - len(self._text.decode())
        self._text += characters[: max(0, room)].encode()

    def _full(self, more: int) -> bool:
        return len(self._text.decode()) + more > self._typing.most

    # ---- guesses

    def _take(self, guess: int) -> None:
        if guess >= len(self.state.guesses):
            return
        if self.state.way is Way.PINYIN:
            self._taken = (*self._taken, guess)
        else:
            self._write(self.state.guesses[guess])
            self._strokes.clear()
        self._ask()

    def _leaf(self, on: int) -> None:
        """Forward to guess `on`, or (-1) back to where the row began before."""
        state = self.state
        if on < 0 and state.earlier:
            self.state = msgspec.structs.replace(state, first=state.earlier[-1], earlier=state.earlier[:-1])
        elif on > state.first:
            self.state = msgspec.structs.replace(state, first=on, earlier=(*state.earlier, state.first))

    def _hear(self, heard: Guesses) -> None:
        if heard.serial != self._serial:
            wipe_all(heard)
            return
        head, rest = heard.head.reveal(), heard.rest.reveal()
        wipe_all(heard)
        if head and not rest:
            self._write(head)
            self._forget_letters()
            head = ""
        self.state = msgspec.structs.replace(
            self.state, guesses=heard.guesses, head=head, rest=rest, first=0, earlier=(), trouble=False
        )
        self._see()

    # ---- ways and engines

    def _change_way(self, way: Way) -> None:
        if way not in self._typing.ways or way is self.state.way:
            return
        self._forget_letters()
        self._strokes.clear()
        if self._engine is not None:
            self._engine.end()
            self._engine = None
        self._restarts = 0
        self.state = State(field=self._typing.id, way=way)
        self._open()

    def _open(self) -> None:
        name = _ENGINES.get(self.state.way)
        if name is None:
            return
        try:
            self._engine = self._start(name)
        except OSError:
            self.state = msgspec.structs.replace(self.state, trouble=True)

    def _ask(self) -> None:
        """What the letters or strokes mean now. Old guesses stay until the new ones are there, so that the row does not flicker."""
        self._serial += 1
        question: Question | None = None
        if self.state.way is Way.PINYIN and self._letters:
            letters = SecretText.from_raw(bytes(self._letters))
            question = Compose(serial=self._serial, letters=letters, taken=self._taken)
        elif self.state.way is Way.HANDWRITING and self._strokes:
            question = Recognise(serial=self._serial, strokes=tuple(self._strokes))
        if question is None:
            self.state = msgspec.structs.replace(self.state, guesses=(), head="", rest="", first=0, earlier=())
        elif self._engine is not None:
            self._engine.ask(question)

    def _forget_letters(self) -> None:
        _overwrite(self._letters)
        self._taken = ()
        self._serial += 1

    def _see(self) -> None:
        """Bring the state up to what is written."""
        text = self._text.decode()
        rest = self.state.rest
        if (
            self.state.way is Way.PINYIN
            and rest.replace(" ", "").replace("ü", "v") != self._letters.decode()
            and not self._taken
        ):
            rest = self._letters.decode()  # the engine has not set them in syllables yet
        slip = id_number.slip(text, self._today()) if self.state.way is Way.ID_NUMBER else Slip.NONE
        self.state = msgspec.structs.replace(
            self.state, text=text, strokes=len(self._strokes), full=self._full(1), slip=slip
        )


def _shorten(buffer: bytearray, by: int) -> None:
    buffer[-by:] = bytes(by)
    del buffer[-by:]


def _overwrite(buffer: bytearray) -> None:
    buffer[:] = bytes(len(buffer))
    buffer.clear()
