"""SmartCardReader: a contact or contactless reader of ISO/IEC 7816 cards (PC/SC): social-security cards, staff cards, bank cards.

The reader knows cards by what anybody may ask them: their ATR, and whether an application can be selected. What an application
keeps is read by commands of its own (`Transmit`), whose bytes are secrets on both ways.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from drivers.contract.common import DeviceStatus, Done, Identity, Presence, Supported
from drivers.contract.secret import SecretBytes


class CardFamily(StrEnum):
    """What kind of card the ATR, or an application that it lets select, says it is. UNKNOWN: a card, but none of these."""

    UNKNOWN = "unknown"
    SOCIAL_SECURITY = "social_security"
    STAFF = "staff"


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """`families`: the kinds of card that the driver tells apart. `presence`: told by the reader itself, without a command."""

    identity: Identity
    families: tuple[CardFamily, ...]
    presence: Supported = Supported.UNKNOWN
    extended_apdu: Supported = Supported.UNKNOWN


class Status(DeviceStatus, frozen=True, kw_only=True, tag="smart_card_reader"):
    """`card`: whether one is in the reader. `powered`: a command `WaitCard` has powered it and `Release` has not ended that."""

    card: Presence = Presence.UNKNOWN
    powered: bool = False


class WaitCard(msgspec.Struct, frozen=True, tag="wait_card"):
    """Wait until a card is in the reader, power it, find out its family. Result: CardIn. The card stays powered."""


class WaitRemoval(msgspec.Struct, frozen=True, tag="wait_removal"):
    """Wait until no card is in the reader. Result: Done."""


class Select(msgspec.Struct, frozen=True, kw_only=True, tag="select"):
    """Select an application by its identifier (ISO/IEC 7816-4 section 8.2.1.2: 5 to 16 bytes). Result: Response.

    Fault CHIP_ABSENT when none is powered, CHIP_PULLED when it was taken out meanwhile, APPLICATION_ABSENT for 6A82.
    """

    aid: bytes


class Transmit(msgspec.Struct, frozen=True, kw_only=True, tag="transmit"):
    """Send one command APDU to the card, to the application selected last. Result: Response. `61xx` and `6Cxx` are followed.

    `apdu`: 4 to 261 bytes (short), up to 65,544 where `extended_apdu` is YES.
    """

    apdu: SecretBytes


class Release(msgspec.Struct, frozen=True, tag="release"):
    """Reset the card, so that nothing that was unlocked on it stays so, and let go of it. Result: Done."""


class CardSeen(msgspec.Struct, frozen=True, tag="card_seen"):
    """A card is in the reader; it is being powered."""


class TryAgain(msgspec.Struct, frozen=True, tag="try_again"):
    """The card does not answer in a way that the visitor can mend (wrong way round, half in); the command goes on waiting."""

    code: str


class CardIn(msgspec.Struct, frozen=True, kw_only=True, tag="card_in"):
    """A powered card. `atr`: 2 to 33 bytes; secret, since its historical bytes can be one card's own."""

    family: CardFamily
    atr: SecretBytes


class Response(msgspec.Struct, frozen=True, kw_only=True, tag="response"):
    """The card's answer: the two status bytes as one number (0x9000: well), and its data."""

    sw: int
    data: SecretBytes


Command = WaitCard | WaitRemoval | Select | Transmit | Release
Event = CardSeen | TryAgain
Result = CardIn | Response | Done
