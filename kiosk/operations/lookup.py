"""Asks the platform what a printed paper is worth now, for `kiosk.documents.verify`."""

from __future__ import annotations

from kiosk.documents.verify import Lookup, SerialState, SerialStatus, StatusUnavailable
from kiosk.gateways.fault import GatewayFault
from kiosk.gateways.serials import PublicSerials


def public_lookup(platform: PublicSerials) -> Lookup:
    """Return a look-up by serial over the platform's public port."""

    async def lookup(serial: str) -> SerialStatus | None:
        try:
            found = await platform.public_state(serial)
        except GatewayFault as error:
            raise StatusUnavailable(error.code.value) from error
        if found is None:
            return None
        return SerialStatus(
            state=SerialState(found.state.value), at=found.checked.timestamp(), replaced_by=found.replaced_by
        )

    return lookup
