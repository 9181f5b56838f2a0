"""The way through the wizard and every way back, with a kit that says what it is told to; buses, hosts, files are real."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drivers.client import Link, is_ready
from kiosk.bindings.in_force import in_force
from kiosk.bindings.store import BindingFiles
from kiosk.locales.staff import tell
from kiosk.maintenance.door.memory import DoorMemory
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.replacing import limits
from kiosk.maintenance.replacing.conformity import Doing, Finding, Mark, Trial, Want, Where
from kiosk.maintenance.replacing.first_service import FirstService
from kiosk.maintenance.rights import Role
from kiosk.screens.parts import Action, Tiles
from kiosk.screens.screen import Screen
from kiosk.settings.profile import DeviceSettings
from kiosk.settings.site import load_site
from tests.support.bench import Run, on_stage
from tests.support.scripted import Act, doing, typing
from tests.support.shift import TECHNICIAN, pin_of, shift, signing

SPARE = {"spare_reader": "sdt_usb"}


class Says:
    """A kit that asks for one thing and then finds what it was told to."""

    def __init__(self, *, conforms: bool = True, failed: int = 0, seconds: float = 0.5) -> None:
        self.conforms, self.failed, self.seconds = conforms, failed, seconds
        self.asked: list[Want] = [Want(verb="present", words="请把测试卡放在读卡区")]
        self.reached: dict[str, Any] = {}

    def checks(self, driver: str) -> int:
        return 2

    async def test(
        self,
        driver: str,
        where: Where,
        *,
        times: int,
        failures: int,
        ask: Callable[[Want], Awaitable[None]],
        told: Callable[[Doing], None],
    ) -> Trial:
        self.reached = dict(where())
        told(Doing(title="能做它该做的事", over=0, repeated=0, found=()))
        for each in self.asked:
            await ask(each)
        finding = Finding(id="common.work", title="能做它该做的事", mark=Mark.PASSED if self.conforms else Mark.FAILED)
        return Trial(
            conforms=self.conforms,
            findings=(finding,),
            done=times,
            failed=self.failed,
            took=(self.seconds,) * times,
            report={"driver": driver},
        )


def script(run: Run, **other: Act | list[Act | None] | None) -> dict[str, Any]:
    """A technician for whom everything goes well; `other` for what goes otherwise."""

    async def stand_in(screen: Screen) -> str:
        tiles = [tile for block in screen.blocks if isinstance(block, Tiles) for tile in block.tiles]
        return next(tile.id for tile in tiles if tile.title == "演示用的代替品")

    acts: dict[str, Any] = {
        "home": ["replace", "leave"],
        "leaving": "go",
        "replace_choose": ["id_reader", "back"],
        "replace_unplug": doing(lambda: run.bench.do("id_reader", "unplug", {})),
        "replace_plug": doing(lambda: run.bench.do("spare_reader", "replug", {})),
        "replace_driver": "sdt_usb",
        "replace_setting": stand_in,
        "replace_opening": None,
        "replace_ready": "start",
        "replace_test": ["done", None],
        "replace_result": "sign",
        "replace_sign": "sign",
        "door_sign": signing(run),
        "replace_waiting": doing(lambda: _old_back(run)),
        "replace_end": "ok",
    }
    return {f"staff_{name}": act for name, act in {**acts, **other}.items()}


async def _old_back(run: Run) -> None:
    """The screen that waits for the old one: its cable is put in again. For the new one it waits without hands."""
    if run.window.shown[-1].title.startswith("请插回"):
        await run.bench.do("id_reader", "replug", {})


def acts_of(acts: list[dict[str, object]]) -> list[str]:
    return [str(act["act"]).removeprefix("replace.") for act in acts if str(act["act"]).startswith("replace.")]


async def tidy(run: Run) -> None:
    """The old reader in its socket and in service, the spare one beside the machine."""
    await run.bench.do("spare_reader", "unplug", {})
    await run.bench.do("id_reader", "replug", {})
    await ready(run)


async def ready(run: Run, seconds: float = 15.0) -> None:
    client = run.kiosk.devices.named("id_reader")
    for _ in range(round(seconds / 0.05)):
        if is_ready(client.snapshot):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(client.snapshot)


def bound(run: Run) -> str:
    """The driver that a start would use now."""
    return bound_to(run, "id_reader").driver


def bound_to(run: Run, name: str) -> DeviceSettings:
    """The device that a start would have now."""
    return in_force(load_site(run.stage.site_file), run.kiosk.profile).profile.devices[name]


def device_faults(run: Run) -> set[str]:
    """The devices of which the back office was told."""
    platform = sqlite3.connect(run.bench.sandbox.folder.database)
    bodies = [json.loads(row[0]) for row in platform.execute("SELECT body FROM tasks").fetchall()]
    platform.close()
    return {body["evidence"]["device"] for body in bodies if body["kind"] == "device_fault"}


def test_the_way_through_and_what_is_written_and_who_cannot_sign_binds_nothing(tmp_path: Path) -> None:
    """Five wrong PINs: the old reader serves again, the shift ends, the door is shut. Later one wrong and the right one bind."""

    async def go() -> None:
        kit = Says()
        async with on_stage(tmp_path, {}, spares=SPARE, conformity=kit) as run:
            right = pin_of(run)
            wrong = typing("sign", pin=f"{(int(right) + 1) % 10**6:06d}")
            run.window.script = script(run, door_sign=wrong, door_sign_wrong="ok")
            run.window.script["staff_home"] = "replace"  # whoever was shut out does not come back to it
            acts = await shift(run, code=TECHNICIAN)
            assert acts_of(acts)[-3:] == ["tested", "unsigned", "old_again"]
            assert [act["wrong"] for act in acts if act["act"] == "sign.refused"] == [1, 2, 3, 4, 5]
            assert acts[-1]["why"] == "door_shut"
            assert run.window.names.count("staff_home") == 1
            assert run.window.last("staff_replace_end").title == tell("replace.end_unsigned")
            assert bound(run) == "sdt_serial"
            assert not (tmp_path / "state" / "bindings").exists(), "nothing was bound, not even for a moment"
            assert is_ready(run.kiosk.devices.named("id_reader").snapshot)
            door = run.kiosk.site.state_folder / "door.json"
            assert 0 < DoorMemory(door, rules()).left() <= 15, "and the door is shut, over a restart too"

            await tidy(run)
            _later(run)
            run.window.script = script(run, door_sign=[wrong, signing(run)], door_sign_wrong="ok")
            acts = await shift(run, code=TECHNICIAN)
            assert acts_of(acts) == ["began", "unplugged", "chosen", "tested", "signed", "bound", "replaced"]
            assert [act["wrong"] for act in acts if act["act"] == "sign.refused"] == [6]
            started = in_force(load_site(run.stage.site_file), run.kiosk.profile)
            binding = started.bindings["id_reader"].binding
            assert (binding.by, binding.role, binding.proof) == (TECHNICIAN, "technician", "pin")
            assert DoorMemory(door, rules()).wrong == 0, "who has signed is forgiven"
            journal = (tmp_path / "state" / "journal.sqlite").read_bytes()
            assert right.encode() not in journal, "no PIN in the journal"

            assert run.window.last("staff_replace_end").title.endswith("开始服务")
            assert run.kiosk.devices.settings("id_reader").driver == bound(run) == "sdt_usb"
            assert kit.reached["connection"] == "hid", "what the bus and the driver's rule say"
            device = run.kiosk.devices.settings("id_reader")
            assert device.place is not None
            assert (device.place.serial, device.place.path) == ("M300-0042", "*"), "this very device, in any socket"
            assert device.settings == {"photo_decoder": "stand_in"}, "the line's speed is not the new one's"
            assert is_ready(run.kiosk.devices.named("id_reader").snapshot)
            assert [entry.body["by"] for entry in run.kiosk.logbook.entries("replaced")] == [TECHNICIAN]
            assert run.kiosk.lobby.service.tools.first_service.untried() == ()

    asyncio.run(go())


def _later(run: Run) -> None:
    """As if the door had been shut for long enough."""
    signs = run.kiosk.lobby.service.tools.signs
    assert isinstance(signs, partial)
    memory = signs.args[0].memory
    kept = memory._kept
    locks = {aim: msgspec.structs.replace(lock, wait=0.0) for aim, lock in {"": kept.lock, **kept.aims}.items()}
    memory._keep(msgspec.structs.replace(kept, lock=locks.pop(""), aims=locks))


@pytest.mark.slow
def test_a_shift_that_ends_before_the_first_service_keeps_the_binding_and_is_told(tmp_path: Path) -> None:
    """The new reader loses its cable as it is bound, and its technician leaves: the next member of staff reads of it, until the
    reader was ready once."""

    async def go() -> None:
        async with on_stage(tmp_path, {}, spares=SPARE, conformity=Says()) as run:

            async def sign(screen: Screen) -> str:
                await run.bench.do("spare_reader", "unplug", {})
                await asyncio.sleep(3.0)
                return "sign"

            run.window.script = script(run, replace_sign=sign, replace_waiting="leave")
            acts = await shift(run, code=TECHNICIAN)
            left = next(act for act in acts if act["act"] == "replace.left")
            assert left["untried"] is True
            assert bound(run) == run.kiosk.devices.settings("id_reader").driver == "sdt_usb", (
                "tested and signed: it stands"
            )
            first = run.kiosk.lobby.service.tools.first_service
            assert first.untried() == ("id_reader",)

            untried = "binding:id_reader:untried"
            run.window.script = {
                "staff_home": ["why", "leave"],
                "staff_leaving": "go",
                "staff_why_asking": None,
                "staff_why": [untried, "back"],
                "staff_why_binding": "go",
                "staff_device": "back",
            }
            await shift(run, Role.TECHNICIAN)
            listed = [tile.id for block in run.window.last("staff_why").blocks for tile in getattr(block, "tiles", ())]
            assert untried in listed
            assert "staff_device" in run.window.names, "it leads to the page of the very device"

            await run.bench.do("spare_reader", "replug", {})
            await ready(run)
            assert first.untried() == ()
            again = FirstService(run.kiosk.logbook, run.kiosk.devices, in_force(run.kiosk.site, run.kiosk.profile))
            assert again._waits == {}, "over a restart too"

    asyncio.run(go())


def test_what_does_not_pass_is_not_bound_and_the_old_one_serves_again(tmp_path: Path) -> None:
    async def go() -> None:
        kit = Says(failed=1)
        async with on_stage(tmp_path, {}, spares=SPARE, conformity=kit) as run:
            run.window.script = script(run, replace_result="give_up")
            acts = await shift(run, code=TECHNICIAN)
            assert acts_of(acts) == ["began", "unplugged", "chosen", "tested", "given_up", "old_again"]
            result = run.window.last("staff_replace_result")
            assert "sign" not in [action.id for action in result.actions], "nobody can sign for it"
            assert bound(run) == "sdt_serial"
            assert is_ready(run.kiosk.devices.named("id_reader").snapshot)
            assert len(list((tmp_path / "state" / "reports").iterdir())) == 1, "a failed test is kept too"

    asyncio.run(go())


@pytest.mark.slow
def test_leaving_anywhere_leaves_the_old_one_in_force(tmp_path: Path) -> None:
    """Left at each screen of the way; the next start, and the kiosk at once, have the old reader."""
    screens = ["unplug", "plug", "driver", "setting", "ready", "test", "result", "sign"]

    async def go() -> None:
        async with on_stage(tmp_path, {}, spares=SPARE, conformity=Says()) as run:
            for name in (*(f"replace_{each}" for each in screens), "door_sign"):
                run.window.script = script(run, **{name: "leave"})
                acts = await shift(run, code=TECHNICIAN)
                assert run.window.names[-1] in (f"staff_{name}", "staff_leaving"), run.window.names
                assert acts_of(acts)[-1] == "left"
                assert bound(run) == "sdt_serial"
                assert run.kiosk.devices.settings("id_reader").driver == "sdt_serial"
                assert run.kiosk.devices.named("id_reader").snapshot.link is not None
                await tidy(run)

    asyncio.run(go())


@pytest.mark.slow
def test_a_device_that_does_not_serve_after_all_is_rolled_back(tmp_path: Path) -> None:
    """It dies between its signature and its first service; the old one is gone too, which is told."""

    async def go() -> None:
        async with on_stage(tmp_path, {}, spares=SPARE, conformity=Says()) as run:

            async def sign(screen: Screen) -> str:
                await run.bench.do("spare_reader", "unplug", {})
                await asyncio.sleep(3.0)
                return "sign"

            def waiting(screen: Screen) -> Awaitable[str | None]:
                async def act() -> str | None:
                    return "missing" if any(isinstance(each, Action) for each in screen.actions) else None

                return act()

            _hurry(serves=1.0)
            run.window.script = script(run, replace_sign=sign, replace_waiting=waiting)
            acts = await shift(run, code=TECHNICIAN)
            assert acts_of(acts)[-3:] == ["bound", "rolled_back", "neither"]
            assert bound(run) == "sdt_serial"
            assert BindingFiles(tmp_path / "state" / "bindings").names() == ()
            assert run.kiosk.devices.settings("id_reader").driver == "sdt_serial"
            assert run.window.last("staff_replace_end").title.startswith("现在没有")
            await run.delivered()
            assert "id_reader" in device_faults(run), "somebody was told"

    asyncio.run(go())


@pytest.mark.slow
def test_a_disk_that_takes_nothing_changes_nothing(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}, spares=SPARE, conformity=Says()) as run:

            async def sign(screen: Screen) -> str:
                (tmp_path / "state" / "bindings").write_text("no folder")
                return "sign"

            run.window.script = script(run, replace_sign=sign)
            acts = await shift(run, code=TECHNICIAN)
            assert acts_of(acts)[-3:] == ["signed", "not_written", "old_again"]
            assert run.kiosk.devices.settings("id_reader").driver == "sdt_serial"

    asyncio.run(go())


@pytest.mark.slow
def test_what_nobody_knows_leads_on(tmp_path: Path) -> None:
    """A code scanner in place of the reader: no driver of readers takes its USB node; its serial port any serial driver may try."""

    async def go() -> None:
        spares = {"spare_reader": "sdt_usb", "other": "serial_scanner"}
        async with on_stage(tmp_path, {}, spares=spares, conformity=Says()) as run:

            async def the_reader(screen: Screen) -> str:
                await asyncio.sleep(0.1)
                tiles = [tile for block in screen.blocks if isinstance(block, Tiles) for tile in block.tiles]
                return next(tile.id for tile in tiles if "MIAXIS" in tile.title)

            run.window.script = script(
                run,
                replace_plug=[
                    doing(lambda: run.bench.do("other", "replug", {})),
                    doing(lambda: run.bench.do("spare_reader", "replug", {})),
                    None,
                ],
                replace_which=the_reader,
                replace_driver=["sdt_serial", "sdt_usb"],
                replace_refused="other",
                replace_setting="0",
            )
            _hurry(opens=3.0)
            acts = await shift(run, code=TECHNICIAN)
            assert acts_of(acts) == [
                "began", "unplugged", "chosen", "silent", "chosen", "tested", "signed", "bound", "replaced",
            ]  # fmt: skip
            generic = next(screen for screen in run.window.shown if screen.name == "staff_replace_driver")
            assert "通用驱动" in str(generic.blocks)
            assert run.kiosk.devices.named("id_reader").snapshot.link is Link.HERE

    asyncio.run(go())


def test_who_may_only_look_replaces_nothing(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}, spares=SPARE, conformity=Says()) as run:
            run.window.script = script(run)
            acts = await shift(run, Role.ADMINISTRATOR)
            assert acts_of(acts) == []

    asyncio.run(go())


def _hurry(**seconds: float) -> None:
    """The wizard's patience is data: shorter here, for what is waited for in vain."""
    for name, value in seconds.items():
        msgspec.structs.force_setattr(limits.patience(), name, value)
