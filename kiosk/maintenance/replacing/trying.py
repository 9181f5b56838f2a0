"""Opening a device once before ten minutes of tests: is anybody there, and who does it say it is?"""

from __future__ import annotations

import asyncio

from drivers.client import DeviceClient, Link, Snapshot
from drivers.contract.common import DeviceClass, Identity
from kiosk.maintenance.replacing.conformity import Where


async def tried(
    name: str, device_class: DeviceClass, driver: str, where: Where, *, production: bool, seconds: float
) -> Snapshot:
    """Open it with a host of its own, and let it go again; return what was known of it last."""
    client = DeviceClient(name, device_class, driver, where, production=production)
    await client.start()
    try:
        loop = asyncio.get_running_loop()
        give_up = loop.time() + seconds
        while client.snapshot.link is not Link.HERE and loop.time() < give_up:
            await asyncio.sleep(_LOOK_SECONDS)
        return client.snapshot
    finally:
        await client.stop()


def identity_of(snapshot: Snapshot) -> Identity:
    """Who a device says it is; nothing where its class does not ask."""
    found = getattr(snapshot.capabilities, "identity", None)
    return found if isinstance(found, Identity) else Identity()


_LOOK_SECONDS = 0.05
