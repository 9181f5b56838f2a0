"""What the shell asks an engine, and what it answers (encoded by `drivers.link.wire`). `serial` comes back with the answer."""

from __future__ import annotations

import msgspec

from drivers.contract.secret import SecretText

Stroke = tuple[tuple[int, int], ...]
"""One movement of a finger: points (x, y) in thousandths of the square's side, the origin at its upper left corner."""

SIDE = 1000


class Compose(msgspec.Struct, frozen=True, kw_only=True, tag="compose"):
    """Pinyin: all letters since the last character was finished, and which guesses were taken for their beginning: numbers of
    the lists that were shown one after the other."""

    serial: int
    letters: SecretText
    taken: tuple[int, ...] = ()


class Recognise(msgspec.Struct, frozen=True, kw_only=True, tag="recognise"):
    """Handwriting: all strokes of one character, in the order in which they were written."""

    serial: int
    strokes: tuple[Stroke, ...]


Question = Compose | Recognise
"""An engine takes one kind of them."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The engine has loaded what it needs; with no library or no data it ends instead."""


class Guesses(msgspec.Struct, frozen=True, kw_only=True, tag="guesses"):
    """`head` is what the taken guesses say, `rest` the letters behind it, in syllables, `guesses` what they may mean, best first.
    No rest: the head is finished. Handwriting has neither head nor rest."""

    serial: int
    guesses: tuple[str, ...]
    head: SecretText = msgspec.field(default_factory=lambda: SecretText(""))
    rest: SecretText = msgspec.field(default_factory=lambda: SecretText(""))

    def __repr__(self) -> str:
        """Without the guesses: the best of them is what was typed."""
        return f"Guesses(serial={self.serial}, {len(self.guesses)} guesses)"


FromEngine = Ready | Guesses
