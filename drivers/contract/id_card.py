"""IdCardReader: second-generation resident ID card and the residence permits in the same shape (GA 450 SAM readers)."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from drivers.contract.common import DeviceStatus, Done, Identity, Presence, Supported
from drivers.contract.secret import SecretBytes, SecretText


class CardKind(StrEnum):
    """Which text layout the card carries; the letter at bytes 248..249 of the text decides."""

    CITIZEN = "citizen"
    HMT_PERMIT = "hmt_permit"
    FOREIGNER_2017 = "foreigner_2017"
    FOREIGNER_2023 = "foreigner_2023"


class IdCard(msgspec.Struct, frozen=True, kw_only=True):
    """What one read gave. Dates are YYYY-MM-DD; `valid_to` is empty for 长期.

    `photo` is a decoded image file (PNG, 102 × 126 px as the card carries it) or None when no decoder could read it;
    then `photo_problem` says why. `number` is the citizen number (GB 11643) or the permit's number. `name` is the Chinese one
    where the card has one, else the English one; `english_name` is there on foreigners' permits.

    The rest is on permits only, as the card has it (None or "": not on this kind, or blank): `pass_number` of the pass with
    which a resident of Hong Kong, Macau or Taiwan travels, `issue_count` and `renewals` two digits, `old_permit` the link from
    a foreigner's permit of 2023 to the one of 2017 (city and sequence), `version` of the permit of 2017.
    """

    kind: CardKind
    name: SecretText
    sex: str
    nation: str
    birth: SecretText
    address: SecretText
    number: SecretText
    issuer: str
    valid_from: str
    valid_to: str
    newest_address: SecretText | None = None
    photo: SecretBytes | None = None
    photo_problem: str = ""
    card_serial: SecretBytes | None = None
    english_name: SecretText | None = None
    pass_number: SecretText | None = None
    issue_count: str = ""
    renewals: str = ""
    old_permit: SecretText | None = None
    version: str = ""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What this reader can do. `lift_needed`: after a good read the card answers only once it has been lifted."""

    identity: Identity
    kinds: tuple[CardKind, ...]
    photo: Supported = Supported.UNKNOWN
    newest_address: Supported = Supported.UNKNOWN
    presence: Supported = Supported.UNKNOWN
    lift_needed: Supported = Supported.UNKNOWN
    stand_in_decoder: bool = False


class Status(DeviceStatus, frozen=True, kw_only=True, tag="id_card_reader"):
    """`card` tells whether a card lies on the reader, as far as this reader can sense it."""

    card: Presence = Presence.UNKNOWN


class WaitCard(msgspec.Struct, frozen=True, tag="wait_card"):
    """Wait until a card lies there, read it. Ends with the card, a fault, the deadline or a cancel. Result: IdCard."""

    newest_address: bool = True


class WaitLift(msgspec.Struct, frozen=True, tag="wait_lift"):
    """Wait until no card lies there. Result: Done."""


class CardSeen(msgspec.Struct, frozen=True, tag="card_seen"):
    """A card was found and selected; reading begins."""


class TryAgain(msgspec.Struct, frozen=True, tag="try_again"):
    """A read failed in a way that the visitor can mend (lift, lay flat); the command goes on waiting."""

    code: str


class Card(msgspec.Struct, frozen=True, tag="card"):
    """The result of WaitCard."""

    card: IdCard


Command = WaitCard | WaitLift
Event = CardSeen | TryAgain
Result = Card | Done
