"""A real core that is killed, or breaks, while it starts: what the next ones leave out, and who is told."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drivers.client import Link
from kiosk import app
from kiosk import lives as serving_lives
from kiosk.demo.stage import Stage, set_stage
from kiosk.locales.staff import tell
from kiosk.logbook.events import EVENT
from kiosk.logbook.store import Logbook
from kiosk.maintenance.rights import Role
from kiosk.maintenance.service import How
from kiosk.opening.start import MARKER, Marker, Way, boot_id, left_behind
from kiosk.screens.parts import Note
from kiosk.screens.screen import Look, Screen
from kiosk.settings.profile import load_profile
from kiosk.settings.site import load_site
from tests.support.bench import FAST
from tests.support.scripted import ScriptedWindow, doing, typing
from tests.support.shift import admitting

ROOT = Path(__file__).parents[3]


async def life(stage: Stage, ends: str = "") -> tuple[int, dict[str, Any]]:
    """One start; return its exit code and what it said."""
    overrides = {key: value for key, value in stage.overrides.items() if value is not None}
    asked = {"site": str(stage.site_file), "overrides": overrides, "ends": ends}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.kiosk.opening.one_start",
        json.dumps(asked),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert process.returncode is not None
    said = out.decode().strip()
    assert said or ends, errors.decode()[-2000:]
    return process.returncode, json.loads(said) if said else {}


def test_killed_on_the_way_again_and_again_it_waits_for_staff_and_a_good_start_clears_the_count(tmp_path: Path) -> None:
    async def go() -> None:
        async with set_stage(tmp_path, seed=7, options=FAST) as stage:
            assert (await life(stage, "killed"))[0] == -signal.SIGKILL
            _, safe = await life(stage)
            assert safe["screen"] == "idle", "it serves"
            assert safe["started"] == {"id_reader": True, "camera": True, "a4_printer": True, "receipt_printer": False}
            why = {"way": "safe", "because": "tries", "unfinished": 1, "boots": 0}
            assert safe["told"] == [{**why, "left_out": ["receipt_printer"]}]
            assert safe["finished"]
            _, full = await life(stage)
            assert full["started"]["receipt_printer"]
            for _ in range(2):
                assert (await life(stage, "killed"))[0] == -signal.SIGKILL
            _, held = await life(stage)
            assert held["screen"] == "out_of_service", "it does not die in a loop"
            assert not any(held["started"].values())
            assert not held["finished"], "nobody has mended anything"
            assert (await life(stage, "broken"))[1] == {"needs_staff": True}, "it cannot even stand still: see below"
            assert left_behind(load_site(stage.site_file).state_folder) == {"unfinished": 4, "boots": 0}
            with closing(Logbook(load_site(stage.site_file).state_folder / "logbook.sqlite")) as logbook:
                last = logbook.entries(EVENT)[-1].body
            assert (last["level"], last["errors"]) == ("CRITICAL", ["NeedsStaff", "RuntimeError"]), (
                "what broke it, for who looks later"
            )
            assert last["places"][-1].startswith("kiosk/app.py:")

    asyncio.run(go())


class Glass:
    """As much of a window as is left when nothing else can be started."""

    def __init__(self) -> None:
        self.shown: list[Screen] = []
        self.up = asyncio.Event()

    def show(self, screen: Screen, look: Look) -> int:
        self.shown.append(screen)
        return 1

    async def start(self) -> None:
        self.up.set()

    async def stop(self) -> None:
        self.up.clear()


def test_where_nothing_else_can_be_started_the_screen_still_says_where_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        async with set_stage(tmp_path, seed=7, options=FAST) as stage:
            for _ in range(2):
                await life(stage, "killed")
            site = load_site(stage.site_file)
            profile = load_profile(ROOT / "device_profiles" / "demo.toml", stage.overrides)
            site.platform.secret_file.unlink()
            glass = Glass()
            monkeypatch.setattr(app, "shell_of", lambda *_: glass)
            monkeypatch.setattr(serving_lives, "shell_of", lambda *_: glass)
            serving = asyncio.create_task(serving_lives.serve(site, profile))
            for _ in range(400):
                if glass.shown and glass.up.is_set():
                    break
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.2)
            assert not serving.done(), "it waits"
            assert glass.shown[-1].name == "out_of_service"
            assert "0000-12345678" in str(glass.shown[-1])
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            assert not glass.up.is_set()

    asyncio.run(go())


def test_staff_start_everything_anew_from_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a start that did not finish: 暂停与恢复, 完整启动, and the next life has everything."""

    async def go() -> None:
        async with set_stage(tmp_path, seed=7, options=FAST) as stage:
            site = load_site(stage.site_file)
            profile = load_profile(ROOT / "device_profiles" / "demo.toml", stage.overrides)
            profile = profile.model_copy(update={"dock": False})
            assert (await life(stage, "killed"))[0] == -signal.SIGKILL
            restarts = ["why", "pausing", "leave"]
            script = {
                "idle": None,
                "staff_home": restarts,
                "staff_why_asking": None,
                "staff_why": ["done", "back"],
                "staff_pausing": "restart",
                "staff_pausing_restart": "restart",
                "staff_pausing_restarting": None,
            }
            lives: list[Any] = []
            real = serving_lives.running

            @asynccontextmanager
            async def watched(*about: Any, **more: Any) -> AsyncIterator[Any]:
                async with real(*about, **more, window=ScriptedWindow({**script})) as kiosk:
                    lives.append(kiosk)
                    kiosk.lobby.service.door = admitting(Role.TECHNICIAN)
                    if len(lives) == 1:
                        kiosk.lobby.service.request(How.KEY)
                    yield kiosk

            monkeypatch.setattr(serving_lives, "running", watched)
            serving = asyncio.create_task(serving_lives.serve(site, profile))
            for _ in range(400):
                if len(lives) == 2:
                    break
                await asyncio.sleep(0.05)
            ways = [each.lobby.service.tools.serving.start.way.value for each in lives]
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            assert ways == ["safe", "full"]
            shown = {screen.name: screen for screen in reversed(lives[0].window.shown)}
            why = tell("pausing.because_tries", count=1)
            assert shown["staff_home"].sentence == tell("home.start_safe", why=why)
            notes = [block for block in shown["staff_why"].blocks if isinstance(block, Note)]
            assert [(note.title, why in note.text) for note in notes] == [(tell("why.start_safe"), True)]
            assert shown["staff_why"].title == tell("why.title"), "not: nothing is to be done"

    asyncio.run(go())


def test_a_held_start_takes_cards_again_once_staff_have_restarted_the_reader(tmp_path: Path) -> None:
    """Nothing is started, so the first one in types a code; what they restart serves the door as ever."""

    async def go() -> None:
        async with set_stage(tmp_path, seed=7, options=FAST) as stage:
            site = load_site(stage.site_file)
            profile = load_profile(ROOT / "device_profiles" / "demo.toml", stage.overrides)
            profile = profile.model_copy(update={"dock": False})
            site.state_folder.mkdir(mode=0o700, exist_ok=True)
            (site.state_folder / MARKER).write_bytes(msgspec.json.encode(Marker(boot=boot_id(), tries=2)))
            pins = {each.code: each.pin for each in stage.staff.people}
            window = ScriptedWindow(
                {
                    "staff_door": ["code", doing(lambda: stage.bench.place("s1"))],
                    "staff_door_code": typing("enter", code="0002", pin=pins["T-0002"]),
                    "staff_door_pin": typing("enter", pin=pins["K-0001"]),
                    "staff_home": ["devices", "leave", "leave"],
                    "staff_devices": ["device:id_reader", "back"],
                    "staff_device": ["restart", "back"],
                    "staff_device_restarting": None,
                    "staff_leaving": "go",
                }
            )
            async with app.running(site, profile, window=window) as kiosk:
                service = kiosk.lobby.service
                assert service.tools.serving.start.way is Way.HELD
                for _ in range(2):
                    service.request(How.KEY)
                    await asyncio.wait_for(service.serve(), 30)
                assert not window.problem, window.problem
                acts = [row.payload for row in kiosk.journal.audit_rows() if row.event == "staff"]
                came = [(act["way"], act["code"]) for act in acts if act["act"] == "door.opened"]
                assert came == [("code", "T-0002"), ("card", "K-0001")]
                here = {each.name for each in kiosk.devices.table() if each.link is Link.HERE}
                assert here == {"id_reader"}, "and nothing else"

    asyncio.run(go())
