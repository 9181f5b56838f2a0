"""Port: the serials of printed documents. A serial is the print job's name, and what a later reader of the paper looks up."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec


class SerialState(StrEnum):
    """What the paper with this serial is worth. Expiry is a date beside it, not a state: see `Serial.expires`."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REPLACED = "replaced"


class SuspendReason(StrEnum):
    """Why a serial is suspended."""

    DOUBTFUL_PRINT = "doubtful_print"
    NOT_PRINTED = "not_printed"
    SPOILED = "spoiled"
    NOT_TAKEN = "not_taken"
    KEEPER = "keeper"
    TRIAL = "trial"
    """Printed by staff with a test card, to try the machine: never meant to count."""


class IssueRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A print operation asks for its serial. `licence` is the identifier of the licence to be printed, `sha256` (hex) the
    digest of the issuer's file, `pages` its number of pages. No personal data: the platform knows the holder by `licence`."""

    operation: str
    licence: str
    sha256: str
    pages: int
    item: str


class ReplaceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """As IssueRequest, for a free replacement that voids the serial `voids`. Both licences must have the same holder."""

    voids: str
    operation: str
    licence: str
    sha256: str
    pages: int
    item: str


class SuspendRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Suspend a serial; suspending again keeps the first reason."""

    serial: str
    reason: SuspendReason


class SerialRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Ask by serial."""

    serial: str


class OperationRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Ask by the operation that the serial was issued for."""

    operation: str


class Serial(msgspec.Struct, frozen=True, kw_only=True):
    """A serial and what became of it. `replaces` is the serial that it voids, `replaced_by` the one that voids it."""

    serial: str
    operation: str
    state: SerialState
    issued: datetime
    expires: datetime
    pages: int
    licence: str
    sha256: str
    replaces: str = ""
    replaced_by: str = ""
    reason: str = ""


class PublicSerial(msgspec.Struct, frozen=True, kw_only=True):
    """What anybody who holds the paper may learn: whether it counts at the time `checked`. Nothing of the holder."""

    serial: str
    state: SerialState
    issued: datetime
    expires: datetime
    checked: datetime
    replaced_by: str = ""


class Serials(Protocol):
    """The port. Every call raises `GatewayFault`; repeating one with the same content changes nothing."""

    async def issue(self, request: IssueRequest) -> Serial:
        """Issue the serial of an operation. CONFLICT when the operation has one for another document."""

    async def replace(self, request: ReplaceRequest) -> Serial:
        """Void a serial and issue the next. WRONG_PERSON when it belongs to another; CONFLICT when already replaced."""

    async def suspend(self, serial: str, reason: SuspendReason) -> Serial:
        """Suspend. A replaced serial stays replaced."""

    async def serial_state(self, serial: str) -> Serial:
        """Look up by serial. NOT_FOUND for an unknown one."""

    async def lookup(self, operation: str) -> Serial | None:
        """Look up by operation, to settle an issue whose answer was lost. None: the platform never issued it."""


class PublicSerials(Protocol):
    """The public look-up, for `kiosk verify`."""

    async def public_state(self, serial: str) -> PublicSerial | None:
        """Look up without a signature. None: no such serial. Raise GatewayFault when nobody can say."""
