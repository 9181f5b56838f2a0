"""What was typed on the pad, kept in buffers that can be wiped."""

from __future__ import annotations

from drivers.contract.secret import SecretText
from kiosk.screens.parts import Pad, PadField
from kiosk.screens.screen import Screen

_DOT = "●"


class Typed:
    """The fields of one screen and what is in them."""

    def __init__(self, screen: Screen) -> None:
        self._fields: dict[str, PadField] = {
            field.id: field for block in screen.blocks if isinstance(block, Pad) for field in block.fields
        }
        self._digits = {name: bytearray() for name in self._fields}
        self.field = next(iter(self._fields), "")

    def choose(self, field: str) -> None:
        """Type into this field from now on."""
        self.field = field

    def type(self, digit: str) -> None:
        """Add a digit to the field; a full field passes on to the next one that is empty."""
        digits = self._digits[self.field]
        if len(digits) < self._fields[self.field].digits:
            digits.extend(digit.encode("ascii"))
        if len(digits) == self._fields[self.field].digits:
            self.field = next((name for name, typed in self._digits.items() if not typed), self.field)

    def erase(self, *, all_digits: bool) -> None:
        """Take away the last digit of the field (of the one before, when it is empty), or all of them."""
        names = list(self._digits)
        if not self._digits[self.field] and not all_digits:
            self.field = names[max(0, names.index(self.field) - 1)]
        digits = self._digits[self.field]
        keep = 0 if all_digits else max(0, len(digits) - 1)
        digits[keep:] = bytes(len(digits) - keep)
        del digits[keep:]

    def shown(self) -> dict[str, str]:
        """What may be shown: dots for hidden fields."""
        return {
            name: _DOT * len(typed) if self._fields[name].hidden else typed.decode("ascii")
            for name, typed in self._digits.items()
        }

    def secrets(self) -> dict[str, SecretText]:
        """What was typed, for the answer."""
        return {name: SecretText.from_raw(bytes(typed)) for name, typed in self._digits.items()}

    def wipe(self) -> None:
        """Overwrite everything."""
        for typed in self._digits.values():
            typed[:] = bytes(len(typed))
            typed.clear()

    def fits(self, screen: Screen) -> bool:
        """Whether the screen has the very same fields, whatever they are called in its language."""
        there = [field for block in screen.blocks if isinstance(block, Pad) for field in block.fields]
        return [(f.id, f.digits, f.hidden) for f in there] == [
            (f.id, f.digits, f.hidden) for f in self._fields.values()
        ]


class Pads:
    """What is typed on the screen that is shown, and on the question below it when another screen (help, the languages) stands
    over that: it comes back as it was left, and is wiped when anything else comes."""

    def __init__(self) -> None:
        self._shown: tuple[Screen, Typed] | None = None
        self._below: tuple[Screen, Typed] | None = None

    def begin(self, screen: Screen) -> Typed:
        """Return the fields of a screen that comes now."""
        before, self._shown = self._shown, None
        if screen.over and before and not before[0].over:
            self._below, before = before, None
        if before:
            before[1].wipe()
        typed = Typed(screen)
        if not screen.over and self._below:
            question, left = self._below
            self._below = None
            if question.name == screen.name and left.fits(screen):
                typed = left
            else:
                left.wipe()
        self._shown = (screen, typed)
        return typed
