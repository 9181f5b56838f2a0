"""What a device profile may write for `pcsc`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from drivers.smart_card import families
from drivers.smart_card.families import FamilyRule


class PcscSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`reader`: its name as PC/SC lists it, or a shell pattern that fits one reader only.

    `socket`: where pcscd listens, "" for the library's own place (/run/pcscd/pcscd.comm). One process knows one socket.
    `families`: rules of this site, tried before the bundled ones (staff cards, say).
    """

    reader: str
    socket: str = ""
    families: tuple[FamilyRule, ...] = ()
    extended_apdu: Literal["ask", "yes", "no"] = "ask"

    # A daemon answers in a millisecond, or in half a second after a card that was mute; `status` has 2 s for two such waits.
    service_seconds: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.8
    # ISO/IEC 7816-3 clause 8.2.1: an ATR comes within 19,200 clock cycles a character, at most a second; three tries of voltage.
    power_seconds: Annotated[float, msgspec.Meta(gt=0, le=10)] = 4.0
    # A card may ask for more time again and again (T=0 60, T=1 S(WTX)); key operations take about 1 s.
    answer_seconds: Annotated[float, msgspec.Meta(gt=0, le=30)] = 5.0
    # pcscd looks at readers without an interrupt pipe each 0.4 s (PCSCLITE_STATUS_POLL_RATE): by then a pulled card is known.
    settle_seconds: Annotated[float, msgspec.Meta(gt=0, le=2)] = 0.9

    def check(self) -> None:
        """Raise DeviceFault(SETTING_INVALID) for a wrong rule."""
        for rule in self.families:
            rule.check()

    def rules(self) -> tuple[FamilyRule, ...]:
        """The site's rules, then the bundled ones."""
        return self.families + families.bundled()
