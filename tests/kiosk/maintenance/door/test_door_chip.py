"""Smart cards at the door: a real reader service, the real driver in its host. A PIV card proves itself; a copy of it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from drivers.client import DeviceClient
from drivers.contract.common import DeviceClass
from drivers.contract.faults import FaultCode
from drivers.contract.secret import SecretBytes
from drivers.contract.smart_card import Response, WaitRemoval
from drivers.emulators.smart_card import PcscEmulator
from drivers.emulators.smart_card_piv import PivChip
from kiosk.demo.staff import _public_key
from kiosk.maintenance.door import card, chip
from kiosk.maintenance.door.tokens import token
from kiosk.settings.profile import Role

KEY = bytes(range(32))


class Reader:
    """The one reader that this machine has, as `Devices` would find it."""

    def __init__(self, client: DeviceClient) -> None:
        self.client = client

    def ready(self, device_class: DeviceClass, role: Role) -> DeviceClient | None:
        wanted = device_class is DeviceClass.SMART_CARD_READER and role is Role.VISITOR
        return self.client if wanted else None


@asynccontextmanager
async def reader() -> AsyncIterator[tuple[PcscEmulator, Any]]:
    emulator = PcscEmulator()
    settings = emulator.start()
    client = DeviceClient("card_reader", DeviceClass.SMART_CARD_READER, "pcsc", settings, production=True)
    await client.start()
    try:
        await client.settled(8)
        yield emulator, Reader(client)
    finally:
        await client.stop()
        emulator.stop()


def test_cards_at_the_door() -> None:
    async def go() -> None:
        async with reader() as (emulator, devices):
            heard: list[FaultCode] = []

            async def taken_out() -> None:
                """The service notices it at its next look."""
                emulator.withdraw()
                await devices.client.call(WaitRemoval(), seconds=5)

            async def laid(**what: Any) -> str | None:
                await taken_out()
                await asyncio.to_thread(emulator.place, what)
                return await card.present(devices, KEY, seconds=8, trouble=heard.append)

            assert await laid(kind="piv", name="T-0002") == token("key", _public_key("T-0002"), KEY)
            with pytest.raises(chip.Copied):
                await laid(kind="piv", name="T-0002", copied=True)
            one = await laid(kind="social_security", card_number="A12345678")
            two = await laid(kind="social_security", card_number="A12345679")
            assert one is not None
            assert one.startswith("chip:")
            assert one != two
            with pytest.raises(chip.Nameless):
                await laid(kind="unknown")
            assert heard == []

            # Pulled while it is asked to prove itself, then put in again.
            await taken_out()
            emulator.fault("lift_early", ins="87", times=1)
            emulator.place({"kind": "piv", "name": "T-0002"})
            waiting = asyncio.ensure_future(card.present(devices, KEY, seconds=10, trouble=heard.append))
            while not heard:
                await asyncio.sleep(0.02)
            assert heard == [FaultCode.CHIP_PULLED]
            assert not waiting.done(), "it goes on waiting"
            emulator.place({"kind": "piv", "name": "T-0002"})
            assert await waiting == token("key", _public_key("T-0002"), KEY)

    asyncio.run(go())


def test_a_certificate_with_an_unknown_kind_of_key_is_none_and_ends_no_shift() -> None:
    """Any card may be laid at the door, also one that was made to break it."""
    curve, unknown = bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a8648ce3d030106")
    strange = PivChip("a")._certificate.replace(curve, unknown)
    inner = b"\x70\x82" + len(strange).to_bytes(2, "big") + strange
    data = b"\x53\x82" + len(inner).to_bytes(2, "big") + inner

    class Says:
        async def call(self, command: Any, *, seconds: float) -> Response:
            return Response(data=SecretBytes(data), sw=0x9000)

    assert asyncio.run(chip._card_key(Says())) is None  # type: ignore[arg-type]


def test_another_name_is_another_key() -> None:
    assert PivChip("a").public_key != PivChip("b").public_key


@pytest.mark.parametrize("torn", ["", "53", "5382", "5305 01", "7003 010203", "538400"])
def test_a_torn_object_is_no_object(torn: str) -> None:
    with pytest.raises(ValueError, match="no object 53"):
        chip.tlv(bytes.fromhex(torn), 0x53)
