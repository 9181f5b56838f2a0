"""Port: co-confirmation by the keeper, for those who do not want their face compared."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from drivers.contract.secret import SecretText


class KeeperRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The keeper has looked at card and person and confirms, with code and PIN, for this visit and item."""

    keeper: str
    pin: SecretText
    visit: str
    item: str


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """The platform's record of the confirmation, to be named in the journal."""

    confirmation: str
    keeper: str
    at: datetime


class Keepers(Protocol):
    """The port. Every call raises `GatewayFault`."""

    async def confirm(self, request: KeeperRequest) -> Confirmation:
        """Confirm. WRONG_PIN for a wrong code or PIN (which of them is not told); KEEPER_LOCKED after five wrong PINs in a row."""
