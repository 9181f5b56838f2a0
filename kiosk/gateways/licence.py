"""Port: e-licences. A grant per consent, one fetch per grant, the status of a licence."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from drivers.contract.secret import SecretBytes, SecretText


class LicenceState(StrEnum):
    """What the issuer says about a licence now: the certState codes of published licence standards (01 有效, 02 暂扣,
    03 撤销, 04 注销, 05 失效, 07 吊销), folded to what a kiosk must know."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"


class GrantRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The visitor agreed that these licences be fetched once, for this item and purpose.

    `key` names this consent (random); `licence_types` are 21-character type codes (GB/T 36904); `holder_type` is 111 for a
    citizen number; `item` is the item's code and `purpose` the words of the consent screen, which become the watermark.
    """

    key: str
    holder_name: SecretText
    holder_number: SecretText
    licence_types: tuple[str, ...]
    item: str
    purpose: str
    holder_type: str = "111"


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """Leave to fetch one licence once, before `expires`."""

    grant: str
    licence_type: str
    expires: datetime


class Grants(msgspec.Struct, frozen=True, kw_only=True):
    """One grant for each licence type asked for, in the same order."""

    grants: tuple[Grant, ...]


class FetchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Use up a grant."""

    grant: str


class SealedFile(msgspec.Struct, frozen=True, kw_only=True):
    """The issuer's sealed file as it is. Nothing about it is believed before `kiosk.licences.sealed` has opened it."""

    licence_type: str
    media_type: str
    file: SecretBytes


class LicenceStatusRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Ask by licence identifier (GB/T 36904)."""

    identifier: str


class LicenceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The issuer's word at the time `checked`."""

    identifier: str
    state: LicenceState
    checked: datetime


class Licences(Protocol):
    """The port. Every call raises `GatewayFault`."""

    async def grant(self, request: GrantRequest) -> tuple[Grant, ...]:
        """Register a consent. NO_RECORD when the holder has no such licence."""

    async def fetch(self, grant: str) -> SealedFile:
        """Fetch by grant, once; GRANT_USED the second time. After an unsettled fault a new grant is needed."""

    async def licence_status(self, identifier: str) -> LicenceStatus:
        """Ask whether a licence is in force now. NOT_FOUND for an unknown one."""
