"""CardDispenser: hands out blank or written cards from a stacker, and takes back what nobody took."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from drivers.contract.common import DeviceStatus, Done, Identity, Room, Supply, Supported


class Place(StrEnum):
    """Where a card is. GATE: held half out, for the visitor to take."""

    UNKNOWN = "unknown"
    NOWHERE = "nowhere"
    GATE = "gate"
    CONTACT = "contact"
    CONTACTLESS = "contactless"
    INSIDE = "inside"


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """`places` are those to which a card can be moved. `take_sensor`: it can tell that the card at the gate was taken."""

    identity: Identity
    places: tuple[Place, ...]
    bin: Supported = Supported.UNKNOWN
    take_sensor: Supported = Supported.UNKNOWN


class Status(DeviceStatus, frozen=True, kw_only=True, tag="card_dispenser"):
    """`captured`: cards in the error bin as the device counts them, None where it does not."""

    card: Place = Place.UNKNOWN
    cards: Supply = Supply.UNKNOWN
    bin: Room = Room.UNKNOWN
    captured: int | None = None


class Move(msgspec.Struct, frozen=True, kw_only=True, tag="move"):
    """Bring a card to `to`: the one that is inside, else the next of the stacker. Result: Moved.

    Faults CARDS_OUT, CARD_JAM; SLOT_OCCUPIED when a card stands at the gate. A Move is never repeated by the driver:
    after a fault `Status.card` tells where the card is.
    """

    to: Place


class WaitTaken(msgspec.Struct, frozen=True, tag="wait_taken"):
    """Wait until the card at the gate is taken. Result: Done.

    Fault SLOT_EMPTY when none stands there, also when the dispenser drew it back by itself: that card was not taken.
    """


class Capture(msgspec.Struct, frozen=True, tag="capture"):
    """Take the card at the gate or inside back into the error bin. Result: Moved, to NOWHERE. Fault BIN_FULL."""


class Moved(msgspec.Struct, frozen=True, tag="moved"):
    """Where the card was sensed after the move; it may have stopped short of the place that was asked for."""

    to: Place


class Moving(msgspec.Struct, frozen=True, tag="moving"):
    """The dispenser has taken the order; the card moves."""


Command = Move | WaitTaken | Capture
Event = Moving
Result = Moved | Done
