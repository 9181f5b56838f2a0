"""Words that several device classes share. Each closed set has UNKNOWN; unknown is never turned into "ok" nor "out"."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from drivers.contract.faults import Fault


class DeviceClass(StrEnum):
    """What a journey may ask for. A class is listed only when a bundled driver serves it."""

    ID_CARD_READER = "id_card_reader"
    CAMERA = "camera"
    A4_PRINTER = "a4_printer"
    RECEIPT_PRINTER = "receipt_printer"
    SMART_CARD_READER = "smart_card_reader"
    CODE_SCANNER = "code_scanner"
    DOCUMENT_CAMERA = "document_camera"
    INPUTS_OUTPUTS = "inputs_outputs"
    POWER_SUPPLY = "power_supply"
    CARD_DISPENSER = "card_dispenser"
    FINGERPRINT_READER = "fingerprint_reader"


class Readiness(StrEnum):
    """Can the device take a command now?"""

    UNKNOWN = "unknown"
    READY = "ready"
    BUSY = "busy"
    FAULT = "fault"


class Presence(StrEnum):
    """Is the thing (a card, a sheet in the tray) there?"""

    UNKNOWN = "unknown"
    NOT_SUPPORTED = "not_supported"
    PRESENT = "present"
    ABSENT = "absent"


class Supply(StrEnum):
    """How much is left of paper, toner and the like."""

    UNKNOWN = "unknown"
    NOT_SUPPORTED = "not_supported"
    OK = "ok"
    LOW = "low"
    OUT = "out"
    JAMMED = "jammed"


class Cover(StrEnum):
    """Door or cover of a printer."""

    UNKNOWN = "unknown"
    NOT_SUPPORTED = "not_supported"
    CLOSED = "closed"
    OPEN = "open"


class Room(StrEnum):
    """How much a bin can still take: an error bin of cards, an output tray."""

    UNKNOWN = "unknown"
    NOT_SUPPORTED = "not_supported"
    FREE = "free"
    NEARLY_FULL = "nearly_full"
    FULL = "full"


class Supported(StrEnum):
    """Does the device have this ability? UNKNOWN until asked."""

    UNKNOWN = "unknown"
    YES = "yes"
    NO = "no"


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who the device says it is; empty strings where it does not say."""

    maker: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The result of a command that returns nothing else."""


class DeviceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What every class's Status begins with."""

    readiness: Readiness = Readiness.UNKNOWN
    faults: tuple[Fault, ...] = ()
