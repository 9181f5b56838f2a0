"""Cleaning, clock, network, camera, comfort and why: the branches, on a scripted window with the real parts behind it."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from drivers.contract.common import DeviceClass
from drivers.contract.faults import FaultCode
from drivers.contract.secret import SecretBytes
from kiosk.gateways.back_office import TaskKind
from kiosk.gateways.http import HttpPlatform
from kiosk.gateways.transport import HttpSettings
from kiosk.locales.staff import tell
from kiosk.maintenance import backlight as lamps
from kiosk.maintenance import comfort as levels
from kiosk.maintenance.comfort import Comfort
from kiosk.maintenance.rights import Role
from kiosk.maintenance.tasks.camera import Light, light_of
from kiosk.maintenance.tasks.clock import Kept, read_kept
from kiosk.maintenance.tasks.limits import limits
from kiosk.maintenance.tasks.ways import way_for, ways
from kiosk.screens.parts import Checks, CheckState, Facts, Tiles
from kiosk.screens.screen import Screen
from kiosk.voice.policy import voice_settings
from kiosk.voice.voice import Voice
from tests.support.bench import Run
from tests.support.shift import shift
from tests.support.standing import StandingKiosk
from tests.support.waiting import until

END = {"staff_leaving": "go"}


# --- why


def test_what_is_wrong_is_told_worst_first_and_leads_by_pictures_into_its_task(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        await run.bench.do("receipt_printer", "paper", {"level": "low"})
        await run.bench.do("a4_printer", "empty", {})
        await until(lambda: run.status("receipt_printer").paper == "low")
        await until(lambda: run.status("a4_printer").paper == "out")
        run.window.script |= {
            **END,
            "staff_home": ["why", "leave"],
            "staff_why_asking": None,
            "staff_why": ["a4_printer:paper_out", "back"],
            "staff_why_step": "go",
            "staff_a4_step": "back",
        }
        acts = await shift(run, Role.KEEPER)
        listed = run.window.last("staff_why")
        (tiles,) = [block for block in listed.blocks if isinstance(block, Tiles)]
        assert [tile.id for tile in tiles.tiles] == ["a4_printer:paper_out", "receipt_printer:paper_low"]
        steps = [screen for screen in run.window.shown if screen.name == "staff_why_step"]
        assert [screen.sentence for screen in steps] == [tell("why.a4_1")], "no picture that the task shows again"
        assert {"act": "task.began", "task": "a4_paper", "because": "a4_printer:paper_out"}.items() <= next(
            act for act in acts if "because" in act
        ).items()

    at_work(test)


def test_the_back_offices_tasks_are_told_by_kind_only(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        run.kiosk.lobby.service.tools.outbox.post_task("secret-key", TaskKind.CARD_LEFT, serial="S-1")
        await run.delivered()
        run.window.script |= {
            **END,
            "staff_home": ["why", "leave"],
            "staff_why_asking": None,
            "staff_why": "done",
        }
        await shift(run, Role.KEEPER)
        (facts,) = [block for block in run.window.last("staff_why").blocks if isinstance(block, Facts)]
        assert [(row.label, row.value) for row in facts.rows] == [
            (tell("why.kind_card_left"), tell("why.times", count=1))
        ]
        assert "S-1" not in str(run.window.shown)
        await run.bench.do("platform", "stop", {})
        run.window.script["staff_home"] = ["why", "leave"]
        await shift(run, Role.KEEPER)
        (facts,) = [block for block in run.window.last("staff_why").blocks if isinstance(block, Facts)]
        assert facts.rows[0].label == tell("why.unasked")

    at_work(test)


def test_every_fault_of_every_device_has_pictures_with_words() -> None:
    for device_class, code in itertools.product(DeviceClass, FaultCode):
        way = way_for(device_class, code)
        assert way.pictures
        for number in range(len(way.pictures)):
            assert way.id == "other" or tell(f"why.{way.id}_{number + 1}")
    assert not ways()[-1].classes, "the last row fits everything"
    assert not ways()[-1].codes


# --- cleaning


def test_the_screen_takes_no_touches_while_it_is_wiped_and_the_date_is_kept(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        seen: list[float] = []

        async def locked(screen: Screen) -> None:
            assert screen.actions == ()
            assert screen.bar.back is not None
            assert not screen.bar.back.enabled
            assert screen.bar.leave is not None
            assert not screen.bar.leave.enabled
            seen.append(asyncio.get_running_loop().time())
            run.window.stirred_at = asyncio.get_running_loop().time() + 3600  # the cloth touches all the time

        _shorter(wipe=1)
        run.window.script |= {
            **END,
            "staff_home": ["cleaning", "cleaning", "leave"],
            "staff_cleaning": ["begin", "back"],
            "staff_wipe_screen": "wipe",
            "staff_locked": locked,
            "staff_wipe": ["wiped", "skip", "wiped"],
            "staff_cleaned": "done",
        }
        try:
            acts = await shift(run, Role.KEEPER)
        finally:
            _shorter(wipe=30)
        (cleaned,) = [act for act in acts if act["act"] == "cleaned"]
        wiped, left = cleaned["wiped"], cleaned["left_out"]
        assert "screen" in wiped  # type: ignore[operator]
        assert len(left) == 1  # type: ignore[arg-type]
        (checks,) = [each for each in run.window.last("staff_cleaning").blocks if isinstance(each, Checks)]
        today = datetime.now(run.kiosk.site.zone).strftime("%Y-%m-%d")
        assert checks.rows[0].word == today
        (entry,) = run.kiosk.logbook.entries("cleaning")
        assert entry.body["by"] == "K-0001"

    at_work(test)


def _shorter(*, wipe: int) -> None:
    msgspec.structs.force_setattr(limits().cleaning, "wipe", wipe)


# --- clock and network


def test_the_clock_is_compared_and_never_set(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        ahead = timedelta(seconds=400)
        service = run.kiosk.lobby.service
        service.tools = replace(service.tools, now=lambda: datetime.now(UTC) + ahead)
        run.window.script |= {
            **END,
            "staff_home": ["clock", "leave"],
            "staff_clock_looking": None,
            "staff_clock": ["again", "back"],
        }
        acts = await shift(run)
        looked = [act["offset"] for act in acts if act["act"] == "clock.checked"]
        assert len(looked) == 2
        assert all(abs(float(str(each)) - 400) < 2 for each in looked)
        (checks,) = [each for each in run.window.last("staff_clock").blocks if isinstance(each, Checks)]
        assert checks.rows[0].note == tell("clock.limit_how")
        await run.bench.do("platform", "stop", {})
        run.window.script["staff_home"] = ["clock", "leave"]
        run.window.script["staff_clock"] = "back"
        await shift(run)
        (checks,) = [each for each in run.window.last("staff_clock").blocks if isinstance(each, Checks)]
        assert checks.rows[0].word == tell("clock.unasked")

    at_work(test)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("NTP=yes\nNTPSynchronized=yes\n", Kept.SYNCHRONISED),
        ("NTP=yes\nNTPSynchronized=no\n", Kept.WAITING),
        ("NTP=no\nNTPSynchronized=no\n", Kept.OFF),
        ("NTP=no\nNTPSynchronized=yes\n", Kept.SYNCHRONISED),  # chrony, not systemd's own
        ("", Kept.UNKNOWN),
        ("Failed to query server", Kept.UNKNOWN),
    ],
)
def test_what_timedatectl_says(told: str, kept: Kept) -> None:
    assert read_kept(told) is kept


async def _network(run: Any) -> Any:
    run.window.script |= {**END, "staff_home": ["network", "leave"], "staff_network": _shown_all()}
    acts = await shift(run)
    checked = next(act for act in acts if act["act"] == "network.checked")
    (checks,) = [each for each in run.window.last("staff_network").blocks if isinstance(each, Checks)]
    return checked, checks


def _shown_all() -> Any:
    async def act(screen: Screen) -> str | None:
        return "back" if screen.actions else None

    return act


def test_the_network_from_here_to_the_platform(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        checked, checks = await _network(run)
        assert checked["broken"] == ""
        assert [row.word for row in checks.rows] == [tell("network.ok")] * 5
        await run.bench.do("platform", "stop", {})
        checked, checks = await _network(run)
        assert (checked["broken"], checked["why"]) == ("tcp", "refused")
        assert checks.rows[-1].word == tell("network.not_reached")

    at_work(test)


def test_a_slow_platform_a_wrong_secret_and_maintenance_have_a_row_each(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        for verb, more in (("slow", {"seconds": 1.2}), ("maintenance", {})):
            await run.bench.do("platform", "fault", {"verb": verb, **more})
            checked, checks = await _network(run)
            assert (checked["broken"], checked["why"]) == ("platform", verb)
            assert checks.rows[-1].word == tell("network.wrong")
            await run.bench.do("platform", "clear", {})
        service, site = run.kiosk.lobby.service, run.kiosk.site
        wrong = HttpSettings(address=site.platform.url, kiosk=site.kiosk_id, secret=SecretBytes(b"x" * 32))
        service.tools = replace(service.tools, platform=HttpPlatform(wrong))
        checked, checks = await _network(run)
        assert (checked["broken"], checked["why"]) == ("platform", "auth_failed")
        assert checks.rows[-1].state is CheckState.MISSING

    at_work(test)


# --- camera


def test_the_cameras_light_is_named() -> None:
    def picture(inside: int, outside: int) -> Any:
        made = np.full((480, 640, 3), outside, np.uint8)
        made[160:320, 213:427] = inside
        return made

    assert light_of(picture(120, 120)) is Light.WELL
    assert light_of(picture(20, 20)) is Light.DARK
    assert light_of(picture(240, 240)) is Light.BRIGHT
    assert light_of(picture(90, 220)) is Light.BACKLIT


def test_the_picture_is_shown_and_nothing_of_it_is_kept(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        await run.bench.do("camera", "show", {"who": "astronaut"})

        async def looked(_: Screen) -> str:
            await until(lambda: run.window.frames > 5)
            return "good"

        run.window.script |= {**END, "staff_home": ["camera", "leave"], "staff_camera": looked}
        acts = await shift(run)
        (aimed,) = [act for act in acts if act["act"] == "camera.aimed"]
        assert aimed["good"] is True
        assert set(aimed) == {"act", "by", "role", "device", "good", "light", "pictures"}
        assert run.window.hints
        state = run.kiosk.site.state_folder
        assert not [path for path in state.rglob("*") if path.suffix in (".jpg", ".png", ".raw")]

    at_work(test)


def test_a_camera_without_a_picture_is_told_with_its_cure(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        await run.bench.do("camera", "unplug", {})
        run.window.script |= {
            **END,
            "staff_home": ["camera", "leave"],
            "staff_camera": None,
            "staff_camera_failed": "later",
        }
        acts = await asyncio.wait_for(shift(run), 40)
        assert [act["act"] for act in acts if str(act["act"]).startswith("camera.")] == ["camera.failed"]

    at_work(test)


# --- comfort


def test_volume_and_brightness_are_kept_over_a_start(
    at_work: StandingKiosk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamp = tmp_path / "backlight" / "panel"
    lamp.mkdir(parents=True)
    (lamp / "max_brightness").write_text("255")
    (lamp / "brightness").write_text("255")
    monkeypatch.setattr(lamps, "SYSFS", tmp_path / "backlight")

    async def test(run: Run) -> None:
        run.window.script |= {
            **END,
            "staff_home": ["comfort", "leave"],
            "staff_comfort": ["brightness", "back"],
            "staff_comfort_choose": ["60", "done"],
        }
        acts = await shift(run)
        assert ("brightness", 60) in [(act.get("level"), act.get("value")) for act in acts]
        assert (lamp / "brightness").read_text() == "153"
        logbook = run.kiosk.logbook
        assert levels.kept(logbook) == Comfort(brightness=60)
        levels.keep(logbook, Comfort(day=0.5, night=0.15, ear=0.7, brightness=60))
        (lamp / "brightness").write_text("255")  # as after a start of the machine
        voice = Voice(voice_settings(), clock=lambda: datetime(2026, 11, 22, 12))
        levels.apply(levels.kept(logbook), voice)
        assert (voice.settings.volume.day, voice.settings.volume.night) == (0.5, 0.15)
        assert voice.settings.earphone.volume == 0.75, "the nearest that the earphone's keys reach"
        assert (lamp / "brightness").read_text() == "153"

    at_work(test)
