"""Where a code begins and ends in a stream of bytes that says neither its length nor a check sum.

Two ways, a setting (`ends_by`):

silence  A code ends when the line was quiet for `gap` seconds. Whatever bytes it holds arrive as they were printed, the suffix too;
         a piece that does not begin with the prefix and end with the suffix is torn. Two codes sent without a pause would be
         one: a scanner takes longer than `gap` to read the next.
suffix   A code ends at the suffix, at once. The suffix cannot be a part of a code: such a code would be cut there. A piece
         that is followed by silence instead is torn.

What no framing can tell, with an empty prefix: noise that comes just before a code, without a pause, belongs to it.

Something torn is dropped with all that follows until the line was quiet for `settle` seconds, so that the tail of a torn code
never passes for a code of its own. The same holds at the beginning: what begins within `gap` of it was scanned before.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Literal

import msgspec


class Framing(msgspec.Struct, frozen=True, kw_only=True):
    """How codes are told apart; times in seconds. `longest`: bytes of one code, without prefix and suffix."""

    prefix: bytes
    suffix: bytes
    ends_by: Literal["silence", "suffix"]
    longest: int
    gap: float
    settle: float


class Refused(Enum):
    """What came instead of a code."""

    TORN = auto()
    TOO_LONG = auto()


class Framer:
    """Fed with bytes and with silence, each with its time (any steady clock, seconds); gives codes.

    Codes come as buffers of their own, which the taker wipes. At most `longest` bytes and one chunk are held.
    """

    def __init__(self, framing: Framing, now: float, *, was_quiet: bool = False) -> None:
        """`was_quiet`: nothing is under way on the line, so that the very next byte may begin a code."""
        self._framing = framing
        self._buffer = bytearray()
        self._last = now
        self._dropping: float | None = None if was_quiet else framing.gap
        """Seconds of silence that end the dropping, None while nothing is dropped."""

    def feed(self, data: bytes | bytearray | memoryview, now: float) -> list[bytearray | Refused]:
        """Take what came just now; return what it completes. Silence before it is noticed from its time."""
        found = self.quiet(now)
        self._last = now
        if self._dropping is not None:
            return found
        self._buffer += data
        if self._framing.ends_by == "suffix":
            found += self._cut_at_suffixes()
        if len(self._buffer) > self._longest_piece():
            found.append(self._refuse(Refused.TOO_LONG))
        return found

    def quiet(self, now: float) -> list[bytearray | Refused]:
        """Nothing came until now; return what this silence ends."""
        silence = now - self._last
        found: list[bytearray | Refused] = []
        if self._dropping is None and self._buffer and silence >= self._framing.gap:
            by_silence = self._framing.ends_by == "silence"
            found = self._piece(len(self._buffer)) if by_silence else [self._refuse(Refused.TORN)]
        if self._dropping is not None and silence >= self._dropping:
            self._dropping = None
        return found

    def spoil(self, now: float) -> list[bytearray | Refused]:
        """A sign came that has no byte: the code under way is torn."""
        found = self.quiet(now)
        self._last = now
        if self._dropping is None:
            found.append(self._refuse(Refused.TORN))
        return found

    @property
    def waiting(self) -> bool:
        """Whether a silence would change something: part of a code is here, or the rest of a torn one is dropped."""
        return bool(self._buffer) or self._dropping is not None

    def wipe(self) -> None:
        """Overwrite what is held."""
        self._buffer[:] = bytes(len(self._buffer))
        self._buffer.clear()

    def _longest_piece(self) -> int:
        return len(self._framing.prefix) + self._framing.longest + len(self._framing.suffix)

    def _cut_at_suffixes(self) -> list[bytearray | Refused]:
        found: list[bytearray | Refused] = []
        suffix = self._framing.suffix
        while self._dropping is None and (at := self._buffer.find(suffix)) >= 0:
            found += self._piece(at + len(suffix))
        return found

    def _piece(self, end: int) -> list[bytearray | Refused]:
        """Cut the first `end` bytes off; return the code in them, or why there is none. A bare frame is no code, and no fault."""
        prefix, suffix = self._framing.prefix, self._framing.suffix
        begin, stop = len(prefix), end - len(suffix)
        whole = stop >= begin and self._buffer.startswith(prefix) and self._buffer[:end].endswith(suffix)
        if not whole:
            return [self._refuse(Refused.TORN)]
        if stop - begin > self._framing.longest:
            return [self._refuse(Refused.TOO_LONG)]
        code = self._buffer[begin:stop]
        self._buffer[:end] = bytes(end)
        del self._buffer[:end]
        return [code] if code else []

    def _refuse(self, why: Refused) -> Refused:
        self.wipe()
        self._dropping = self._framing.settle
        return why
