"""Which devices stand on the stage, what the dock tells of them, and what `kiosk demo` refuses before it touches anything."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from drivers import registry
from drivers.contract.common import DeviceClass
from drivers.emulators.__main__ import started
from drivers.emulators.base import Emulator
from drivers.emulators.scenario_file import described
from kiosk.demo.emulators import Emulators
from kiosk.demo.roster import EXTRAS, NEEDED, classes_named, demo_profile
from kiosk.demo.stage import CannotSet, set_stage
from kiosk.dock.bench import Bench
from kiosk.dock.server import application, words
from kiosk.kiosk import Kiosk
from kiosk.settings.reading import Mistake
from tests.support.command import kiosk

OURS = [each for each in registry.manifests().values() if each.emulator and each.entry.startswith("drivers.")]
PROFILES = Path(str(files("device_profiles")))


def test_every_class_has_a_device_that_can_stand_on_the_stage() -> None:
    profile = demo_profile(classes=classes_named("all"))
    assert {each.device_class for each in profile.devices.values()} == set(DeviceClass)
    assert tuple(demo_profile().devices) == NEEDED


def test_a_word_that_is_no_class_is_named() -> None:
    assert classes_named("power_supply, power_supply") == (DeviceClass.POWER_SUPPLY,)
    with pytest.raises(ValueError, match=r"'ups'.*→.*power_supply"):
        classes_named("power_supply,ups")


@pytest.mark.anyio
async def test_a_device_with_a_place_on_a_bus_stands_at_its_emulator_too(tmp_path: Path) -> None:
    text = (PROFILES / "demo.toml").read_text("utf-8")
    mine = tmp_path / "mine.toml"
    mine.write_text(
        text.replace('driver = "frames"', 'driver = "v4l2"\nplace = { bus = "v4l2" }').replace(
            'url = "http', 'path = "/x'
        ),
        "utf-8",
    )
    async with set_stage(tmp_path, seed=1, profile=demo_profile(mine)) as stage:
        camera = demo_profile(mine, overrides=stage.overrides).devices["camera"]
        assert camera.place is None
        assert Path(camera.settings["path"]).is_fifo()
        assert (await stage.bench.describe())["camera"]["faults"]["silent"]


def test_production_and_missing_devices_are_refused_with_key_and_cure() -> None:
    with as_file(files("device_profiles")) as folder, pytest.raises(Mistake) as caught:
        demo_profile(folder / "low_cost.toml")
    assert any("production" in line and "→" in line for line in caught.value.lines)
    assert any("devices.a4_printer" in line for line in caught.value.lines)


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--profile", str(PROFILES / "county_hall.toml"), "正式环境不用模拟设备"),
        ("--with", "ups", "'ups'"),
        ("--scenario", "nowhere.toml", "nowhere.toml"),
    ],
)
def test_a_wrong_demo_is_refused_before_anything_is_touched(
    tmp_path: Path, option: str, value: str, named: str
) -> None:
    ran = kiosk("demo", "--headless", "--out", "out", option, value, folder=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert named in ran.err
    assert "→" in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.anyio
async def test_a_device_that_cannot_be_started_is_named_with_its_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: Emulators, name: str, *_: object, **__: object) -> dict[str, Any]:
        raise ValueError(f"{name} needs a daemon")

    monkeypatch.setattr(Emulators, "create", broken)
    with pytest.raises(CannotSet, match=r"id_reader.*needs a daemon.*→"):
        async with set_stage(tmp_path, seed=1):
            pass


# --- the dock page


@pytest.fixture(scope="module")
def emulated() -> Iterator[dict[str, Emulator]]:
    """The emulators that need no daemon, by driver."""
    with contextlib.ExitStack() as stack:
        found: dict[str, Emulator] = {}
        for manifest in OURS:
            if manifest.id not in ("pcsc", "nut", "cups"):
                found[manifest.id], _ = started(manifest.id)
                stack.callback(found[manifest.id].stop)
        yield found


def test_every_verb_fault_and_argument_has_a_word() -> None:
    table = words()
    assert set(table["classes"]) == set(DeviceClass)
    for manifest in OURS:
        found = described(manifest.id)
        common = {"unplug", "replug", "fault", "clear_faults", "present", "withdraw"}
        assert set(found.verbs) - common <= set(table["verbs"]), manifest.id
        assert set(found.faults) <= set(table["faults"]), manifest.id
        written = {
            each.name
            for name, verb in found.verbs.items()
            if name not in common
            for each in verb.arguments
            if not each.type.startswith("dict")
        }
        assert written <= set(table["arguments"]), manifest.id


UNSAID = {"plugged", "listening", "faults", "fault", "jobs", "reasons", "unknown", "printer_state"}
UNSAID |= {"wire_seconds", "radio_seconds", "seconds_per_page"}
"""What the page does not show as it is (HIDDEN in page.html)."""


def test_every_state_has_a_word_and_tells_whether_the_cable_is_in(emulated: dict[str, Emulator]) -> None:
    table = words()
    for driver_id, emulator in emulated.items():
        state = emulator.state()
        assert state.get("plugged", state.get("listening")) is True, driver_id
        assert set(state) - UNSAID <= set(table["state"]), driver_id
    page = files("kiosk.dock").joinpath("page.html").read_text("utf-8")
    hidden = page.partition("const HIDDEN = [")[2].partition("]")[0]
    assert {each.strip(' "') for each in hidden.split(",")} == UNSAID


@pytest.mark.anyio
async def test_the_dock_tells_what_can_be_done_to_each_device() -> None:
    class Told:
        async def describe(self) -> dict[str, Any]:
            return {"hall": {"verbs": {}, "faults": {}}}

    async def told(bench: Bench | None) -> dict[str, Any]:
        transport = httpx.ASGITransport(application(cast(Kiosk, SimpleNamespace()), bench))
        async with httpx.AsyncClient(transport=transport, base_url="http://dock") as client:
            found: dict[str, Any] = (await client.get("/bench")).json()
            return found

    found = await told(cast(Bench, Told()))
    assert found["devices"] == {"hall": {"verbs": {}, "faults": {}}}
    assert found["words"]["classes"]["power_supply"] == "备用电源"
    assert (await told(None))["devices"] == {}


def test_extras_are_named_as_in_the_bundled_profiles() -> None:
    hall = (PROFILES / "county_hall.toml").read_text("utf-8")
    assert all(f"[devices.{each.name}]" in hall for each in EXTRAS.values())
