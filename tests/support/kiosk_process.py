"""A kiosk on its stage in a process of its own, with its real window: `python -m tests.support.kiosk_process JSON`.

Says {"dock": address} on a line, and ends when its standard input ends.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Any

from kiosk.demo.standing import standing
from kiosk.maintenance.rights import Role
from tests.support.shift import admitting


async def stand(asked: dict[str, Any]) -> None:
    folder = Path(asked["folder"])
    async with standing(folder, dock_port=0, **asked["how"]) as kiosk:
        if "staff" in asked:
            kiosk.kiosk.lobby.service.door = admitting(Role(asked["staff"]))
        print(json.dumps({"dock": kiosk.dock}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    asyncio.run(stand(json.loads(sys.argv[1])))
