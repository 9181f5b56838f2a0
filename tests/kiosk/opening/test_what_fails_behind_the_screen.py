"""What a start begins behind the first screen: what fails in it ends this life and counts, what ends beside it is told."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest

from kiosk import assembly
from kiosk.app import running
from kiosk.demo.stage import set_stage
from kiosk.lives import served
from kiosk.opening.start import MARKER
from kiosk.settings.profile import load_profile
from kiosk.settings.site import load_site
from tests.support.bench import FAST
from tests.support.scripted import ScriptedWindow


def test_a_kiosk_whose_devices_cannot_be_started_does_not_go_on_greeting(tmp_path: Path, monkeypatch: Any) -> None:
    async def refused(folder: Path) -> int:
        raise PermissionError("no process can be started")

    async def go() -> None:
        monkeypatch.setattr(assembly, "apply_kept", refused)
        async with set_stage(tmp_path, seed=7, options=FAST) as stage:
            site = load_site(stage.site_file)
            with as_file(files("device_profiles").joinpath("demo.toml")) as path:
                profile = load_profile(path, stage.overrides).model_copy(update={"dock": False})
            with pytest.raises(PermissionError):
                async with running(site, profile, window=ScriptedWindow({"idle": None})) as kiosk:
                    await asyncio.wait_for(served(kiosk), 10)
            assert (site.state_folder / MARKER).exists(), "such a start did not finish: the next one does with less"

    asyncio.run(go())


def test_what_ends_beside_the_lobby_by_a_defect_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def breaks() -> None:
        raise LookupError("999999199001011234")

    async def goes_on() -> None:
        await asyncio.sleep(60)

    async def go() -> None:
        async with AsyncExitStack() as stack:
            broken, well = assembly.beside(stack, breaks(), "night"), assembly.beside(stack, goes_on(), "supply-watch")
            await asyncio.wait({broken})
            await asyncio.sleep(0)
        await asyncio.wait({well})
        assert well.cancelled(), "it ends with the stack"

    with caplog.at_level(logging.ERROR):
        asyncio.run(go())
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["night has ended"]
    assert "LookupError" in caplog.text
    assert "199001" not in caplog.messages[0]
