"""A card laid on any reader that this machine has. What it says is a token at once, and nothing else of it is kept.

Whoever holds an ID card number has no card; whoever holds a card has no PIN. The door always asks for the second thing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from drivers.client import DeviceClient
from drivers.contract import id_card, smart_card
from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.secret import wipe_all
from drivers.link.channel import close_all
from kiosk.devices import Devices
from kiosk.maintenance.door import chip
from kiosk.maintenance.door.chip import Copied, Nameless, Said
from kiosk.maintenance.door.tokens import token
from kiosk.settings.profile import Role

__all__ = ["Copied", "Nameless", "present", "readers"]

_CLASSES = (DeviceClass.ID_CARD_READER, DeviceClass.SMART_CARD_READER)

Trouble = Callable[[FaultCode], None]
"""Told when a card does not do, and may be laid again."""

_AGAIN = frozenset(
    {
        FaultCode.CHIP_PULLED,
        FaultCode.CHIP_ABSENT,
        FaultCode.CHIP_UNREADABLE,
        FaultCode.LINK_GARBLED,
        FaultCode.LINK_SILENT,
    }
)
"""What laying the card once more may mend."""


def readers(devices: Devices) -> tuple[DeviceClient, ...]:
    """The readers that can take a card now; one for the keeper before one for visitors."""
    found = (devices.ready(each, role) for each in _CLASSES for role in (Role.KEEPER, Role.VISITOR))
    return tuple(each for each in found if each is not None)


async def present(devices: Devices, key: bytes, *, seconds: float, trouble: Trouble) -> str | None:
    """Wait for a card on any reader; return its token, None when none came. Raise Copied, Nameless."""
    waits = [asyncio.ensure_future(_on(each, key, seconds, trouble)) for each in readers(devices)]
    try:
        for done in asyncio.as_completed(waits):
            with contextlib.suppress(
                DeviceFault
            ):  # this reader is gone, or nobody came: another one may still have a card
                return await done
        return None
    finally:
        for each in waits:
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


async def _on(reader: DeviceClient, key: bytes, seconds: float, trouble: Trouble) -> str:
    said = await (_id_card if reader.snapshot.device_class is DeviceClass.ID_CARD_READER else _smart_card)(
        reader, seconds, trouble
    )
    try:
        return token(said.kind, said.value, key)
    finally:
        said.wipe()


async def _id_card(reader: DeviceClient, seconds: float, trouble: Trouble) -> Said:
    """The number of an ID card; everything else that was read is wiped."""

    def happened(event: Any, fds: list[int]) -> None:
        close_all(fds)
        if isinstance(event, id_card.TryAgain):
            trouble(FaultCode(event.code))

    read = await reader.call(id_card.WaitCard(newest_address=False), seconds=seconds, on_event=happened)
    try:
        return Said("id_card", type(read.card.number)(read.card.number.reveal()))
    finally:
        wipe_all(read)


async def _smart_card(reader: DeviceClient, seconds: float, trouble: Trouble) -> Said:
    """What a chip says or proves; the card is reset afterwards."""

    def happened(event: Any, fds: list[int]) -> None:
        close_all(fds)
        if isinstance(event, smart_card.TryAgain):
            trouble(FaultCode(event.code))

    until = asyncio.get_running_loop().time() + seconds
    while True:
        left = until - asyncio.get_running_loop().time()
        card = await reader.call(smart_card.WaitCard(), seconds=max(0.1, left), on_event=happened)
        wipe_all(card)
        try:
            return await chip.ask(reader, card.family)
        except DeviceFault as error:
            if error.fault.code not in _AGAIN:
                raise
            trouble(error.fault.code)
        finally:
            with contextlib.suppress(DeviceFault):
                await reader.call(smart_card.Release(), seconds=2.0)
