"""The scrubbers by protocol: they take personal data out of the bytes before anything is written.

A protocol without a scrubber cannot be recorded, unless its recorder declares that it carries no personal data (a UPS, a relay).
"""

from __future__ import annotations

from collections.abc import Callable

from drivers.tapes.pieces import Piece, Scrubber
from drivers.tapes.scrub_sdt import SdtScrubber
from drivers.tapes.tape import To

SCRUBBERS: dict[str, Callable[[], Scrubber]] = {"sdt": SdtScrubber}


class AsItIs:
    """For protocols that carry no personal data."""

    held_since = None

    def feed(self, to: To, data: bytes, at: float) -> list[Piece]:
        """Return it unchanged."""
        return [Piece(at, to, data)]

    def quiet(self, at: float) -> list[Piece]:
        """Nothing is ever held back."""
        return []


def scrubber_for(protocol: str, *, nothing_personal: bool) -> Scrubber:
    """Return a protocol's scrubber. Raise ValueError when it has none and nobody declared that it needs none."""
    if protocol in SCRUBBERS:
        return SCRUBBERS[protocol]()
    if nothing_personal:
        return AsItIs()
    known = "、".join(SCRUBBERS)
    raise ValueError(
        f"protocol:没有 {protocol!r} 的脱敏方法(有:{known}),不能录制。确知线上没有个人信息时,请声明 nothing_personal。"
    )
