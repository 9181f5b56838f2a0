"""What a scrubber gives, and what every scrubber does."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from drivers.tapes.tape import To


class Piece(NamedTuple):
    """Bytes that may be written: when the first of them came (seconds), which way they went, and what was done to them."""

    at: float
    to: To
    data: bytes
    note: str = ""


class Scrubber(Protocol):
    """Fed with what crosses the wire; gives it back fit to be written, perhaps later. One for each recording."""

    @property
    def held_since(self) -> float | None:
        """When the oldest of the bytes came that are held back, None when none are."""

    def feed(self, to: To, data: bytes, at: float) -> list[Piece]:
        """Take bytes as they come; return what can be written now."""

    def quiet(self, at: float) -> list[Piece]:
        """The line has been silent: return what was held back, as what it is by now."""
