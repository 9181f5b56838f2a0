"""Who can seal. The signature itself is `kiosk.sandbox.pades`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiosk.sandbox.authority import Identity
from kiosk.sandbox.certificates import Sheet


@dataclass(frozen=True)
class Sealer:
    """An issuer that can seal: its certificate and key, and the picture of its seal (a one-page PDF)."""

    identity: Identity
    picture: Path

    def seal(self, sheet: Sheet, metadata: bytes, *, reason: str) -> bytes:
        """Return the sealed PDF with `metadata` as attachment. Runs its own event loop: call it from a thread."""
        # pyHanko is more than half of the platform's start (0.35 s): it comes with the first licence that is asked for.
        from kiosk.sandbox import pades

        return pades.sealed(sheet, metadata, identity=self.identity, picture=self.picture, reason=reason)
