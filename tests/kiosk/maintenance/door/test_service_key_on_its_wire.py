"""The service key on a real wire: a Modbus module at its far end, the driver, the core; and the machine is handed over."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from drivers.contract.common import DeviceClass
from kiosk.app import running
from kiosk.demo.roster import demo_profile
from kiosk.demo.stage import set_stage
from kiosk.maintenance.rights import Role
from kiosk.maintenance.service import Handshake
from kiosk.settings.site import load_site
from tests.support.scripted import ScriptedWindow
from tests.support.shift import admitting

CLASSES = (DeviceClass.INPUTS_OUTPUTS,)


def test_turned_it_opens_the_door_and_turned_back_it_ends_the_shift(tmp_path: Path) -> None:
    async def go() -> None:
        async with set_stage(tmp_path, seed=11, profile=demo_profile(classes=CLASSES)) as stage:
            window = ScriptedWindow({"idle": None, "staff_home": None})
            profile = demo_profile(classes=CLASSES, overrides=stage.overrides)
            async with running(load_site(stage.site_file), profile, window=window) as kiosk:
                service = kiosk.lobby.service
                service.door = admitting(Role.KEEPER)
                serving = asyncio.create_task(kiosk.lobby.serve())
                await _until(lambda: bool(window.shown))
                await stage.bench.do("hall", "service_key", {"turned": True})
                await _until(lambda: window.shown[-1].name == "staff_home")
                assert service.state is Handshake.ACTIVE
                await stage.bench.do("hall", "service_key", {"turned": False})
                await _until(lambda: window.shown[-1].name == "idle")
                assert service.state is Handshake.AWAY
                ended = [row.payload for row in kiosk.journal.audit_rows() if row.payload.get("act") == "left"]
                assert [row["why"] for row in ended] == ["key_turned_back"]
                serving.cancel()
                await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(go())


async def _until(holds: Any) -> None:
    for _ in range(750):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen within 15 s")
