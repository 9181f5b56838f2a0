"""A kiosk standing on a stage: the core in this process, with the dock page."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.contract.common import DeviceClass
from kiosk.app import running
from kiosk.conformity import Kit
from kiosk.demo.roster import demo_profile
from kiosk.demo.stage import Stage, set_stage
from kiosk.dock.server import docked
from kiosk.kiosk import Kiosk
from kiosk.settings.site import load_site


@dataclass
class Standing:
    """A kiosk that serves visitors on its stage."""

    stage: Stage
    kiosk: Kiosk
    dock: str


@asynccontextmanager
async def standing(
    folder: Path,
    *,
    seed: int,
    dock_port: int,
    site: Mapping[str, Any] | None = None,
    profile: Mapping[str, Any] | None = None,
    options: dict[str, dict[str, Any]] | None = None,
    base: Path | None = None,
    classes: Sequence[DeviceClass] = (),
    spares: Mapping[str, str] | None = None,
) -> AsyncIterator[Standing]:
    """Set the stage in an emptied folder, start kiosk and dock, serve until the block ends.

    `site` and `profile` map dotted keys to values that replace those of the site file and of the demo profile; `options` are
    constructor options of emulators by name. `base` and `classes`: see `roster.demo_profile`; `spares`: see `set_stage`.
    Raise Mistake, CannotSet.
    """
    cast = demo_profile(base, classes, profile)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    async with set_stage(folder, seed=seed, options=options, profile=cast, spares=spares) as stage:
        demo = demo_profile(base, classes, {**stage.overrides, **(profile or {})})
        async with (
            running(load_site(stage.site_file, site), demo, sources=stage.sources, conformity=Kit()) as kiosk,
            docked(kiosk, port=dock_port, bench=stage.bench) as dock,
        ):
            serving = asyncio.create_task(kiosk.lobby.serve())
            try:
                yield Standing(stage, kiosk, dock)
            finally:
                serving.cancel()
                await asyncio.gather(serving, return_exceptions=True)
