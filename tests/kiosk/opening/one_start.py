"""One start of a core: `python -m tests.kiosk.opening.one_start JSON`.

Its window is scripted; it may be killed, or break, on the way.

{"site", "overrides", "ends"}: `ends` is "" (stands until it has finished, then ends in good order), "killed" (SIGKILL
while its parts are put together) or "broken" (a part raises). Says on a line what it started.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import msgspec

from drivers.client import Link
from kiosk import assembly
from kiosk.app import NeedsStaff, running
from kiosk.opening.start import MARKER, limits
from kiosk.settings.profile import load_profile
from kiosk.settings.site import load_site
from tests.support.scripted import ScriptedWindow

SETTLES_SECONDS = 20.0


async def start(asked: dict[str, Any]) -> dict[str, Any]:
    site = load_site(Path(asked["site"]))
    with as_file(files("device_profiles").joinpath("demo.toml")) as path:
        profile = load_profile(path, {**asked["overrides"], "devices.receipt_printer.required": False})
    window = ScriptedWindow({"idle": None, "out_of_service": None})
    async with running(site, profile, window=window) as kiosk:
        serving = asyncio.create_task(kiosk.lobby.serve())
        marker, waited = site.state_folder / MARKER, 0.0
        while marker.exists() and waited < (2.0 if kiosk.devices.left_out else SETTLES_SECONDS):
            await asyncio.sleep(0.05)
            waited += 0.05
        await kiosk.devices.settled(0.0 if len(kiosk.devices.left_out) == len(profile.devices) else SETTLES_SECONDS)
        await asyncio.sleep(
            1.0 if kiosk.devices.left_out else 0.0
        )  # what should not have been started would be there by then
        links = {each.name: each.link is not Link.UNKNOWN for each in kiosk.devices.table()}
        rows = [row.payload for row in kiosk.journal.audit_rows() if row.event == "reduced_start"]
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return {"screen": window.names[-1], "started": links, "told": rows[-1:], "finished": not marker.exists()}


def main() -> None:
    asked = json.loads(sys.argv[1])
    msgspec.structs.force_setattr(limits(), "calm_seconds", 0.1)

    async def on_the_way(*_: Any) -> Any:
        if asked["ends"] == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        raise RuntimeError("a part is broken")

    if asked["ends"]:
        assembly.assemble = on_the_way
    try:
        print(json.dumps(asyncio.run(start(asked))), flush=True)
    except NeedsStaff:
        print(json.dumps({"needs_staff": True}), flush=True)


if __name__ == "__main__":
    main()
