"""Scripts for a set-up on a window without glass."""

from __future__ import annotations

import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import tomli_w

from drivers.contract.secret import SecretText
from kiosk.gateways.enrolment import GROUP
from kiosk.policies import visit_policy
from kiosk.screens.screen import Answer, Screen
from kiosk.setup.answers import Answers, Once, load_answers
from kiosk.setup.display import Display
from kiosk.setup.sitting import Sitting
from kiosk.setup.walk import walk
from kiosk.setup.work import Work
from tests.support.scripted import Act, ScriptedWindow

TOLD = Display(px=(1080, 1920), mm=(268.0, 476.0), name="HDMI-1")
UNTOLD = Display(px=(1080, 1920))

NAMES = {
    "place.name": "清泉村政务自助服务",
    "place.place": "清泉村便民服务站",
    "elsewhere.place": "示例市政务服务中心 3 号窗口",
    "elsewhere.address": "示例市为民路 1 号一楼",
    "elsewhere.hours": "周一至周五 9:00–17:00",
    "elsewhere.phone": "0000-12345678",
}


def wrote(text: str, action: str = "next") -> Callable[[Screen], Awaitable[Answer]]:
    """Types into whatever field the screen has."""

    async def act(screen: Screen) -> Answer:
        field = next(block.id for block in screen.blocks if hasattr(block, "ways"))
        return Answer(action=action, typed={field: SecretText(text)})

    return act


def pad(action: str = "next", **fields: str) -> Callable[[Screen], Awaitable[Answer]]:
    async def act(_: Screen) -> Answer:
        return Answer(action=action, typed={name: SecretText(digits) for name, digits in fields.items()})

    return act


def halves(code: str) -> dict[str, Act]:
    """Both screens of the code."""
    pairs = [code[at : at + 2 * GROUP] for at in range(0, len(code), 2 * GROUP)]
    return {
        "setup_code": pad(pair1=pairs[0], pair2=pairs[1]),
        "setup_code_rest": pad(pair3=pairs[2], pair4=pairs[3]),
    }


def whole(url: str, code: str, **others: Any) -> dict[str, Any]:
    """A set-up from the first screen to the last, the shortest way, everything typed."""
    script: dict[str, Any] = {
        "setup_welcome": "next",
        "setup_panel": "next",
        "setup_language": "zh-Hans",
        "setup_languages": "next",
        "setup_place": [*NAMES, "hours", "keeper", "next"],
        **{f"setup_type_{key}": None for key in ("name", "place", "address", "hours", "phone")},
        "setup_type_name": wrote(NAMES["place.name"]),
        "setup_type_place": [wrote(NAMES["place.place"]), wrote(NAMES["elsewhere.place"])],
        "setup_type_address": wrote(NAMES["elsewhere.address"]),
        "setup_type_hours": wrote(NAMES["elsewhere.hours"]),
        "setup_type_phone": wrote(NAMES["elsewhere.phone"]),
        "setup_hours": "day",
        "setup_keeper": "true",
        "setup_network": "next",
        "setup_type_platform": wrote(url),
        "setup_reach": None,
        "setup_reached": "next",
        "setup_devices_looking": None,
        "setup_devices": "next",
        **halves(code),
        "setup_enrolling": None,
        "setup_enrolled": "next",
        "setup_pin": pad(pin="250713", again="250713"),
        "setup_staff": "next",
        "setup_summary": "next",
        "setup_checking": None,
        "setup_checked": "skip",
        "setup_done": "finish",
    }
    return {**script, **others}


async def walked(work: Work, script: dict[str, Any], display: Display = TOLD) -> tuple[bool, ScriptedWindow]:
    """Walk a set-up by a script; return whether it is to serve, and the window."""
    window = ScriptedWindow(script)
    work.display = display
    return await walk(Sitting(window, visit_policy()), work), window


def every_screen(url: str, code: str) -> dict[str, Any]:
    """A set-up that makes the mistakes and detours that a manual shows."""
    script = whole(url, code)
    place = script["setup_place"]
    return {
        **script,
        "setup_ruler": ["type", "next"],
        "setup_ruler_mm": [pad(mm="0000"), pad(mm="0500")],
        "setup_place": ["next", *place[:-2], "keeper", "next"],
        "setup_hours": "other",
        "setup_hours_typed": [pad(opens="9900", closes="2000"), pad(opens="0830", closes="2000")],
        "setup_type_platform": [wrote("no such"), wrote("http://127.0.0.1:9"), wrote(url)],
        "setup_reached": ["address", "next"],
        "setup_devices": ["camera", "a4_printer", "more", "next"],
        "setup_device": ["back", "address", "back", "back"],
        "setup_type_printer": wrote("127.0.0.1"),
        "setup_device_silent": "other",
        "setup_device_class": "code_scanner",
        "setup_code": [pad(pair1="111111", pair2="111111"), script["setup_code"]],
        "setup_code_rest": [pad(pair3="111111", pair4="111111"), script["setup_code_rest"]],
        "setup_pin": [pad(pin="123456", again="123456"), script["setup_pin"]],
        "setup_summary": ["step.language", "next"],
        "setup_done": ["export", "finish"],
        "setup_export": "0",
        "setup_export_private": "next",
    }


def from_file(kept: Path, file: Path, code: str, *, detect: bool = False, **changes: Any) -> tuple[Answers, Once]:
    """The answers of another machine, with a code and a PIN for this one; `detect`: without its devices."""
    values = tomllib.loads(kept.read_text("utf-8"))
    if detect:
        del values["devices"]
    file.touch(0o600)
    file.write_text(tomli_w.dumps({**values, **changes, "once": {"code": code, "pin": "250713"}}), "utf-8")
    return load_answers(file)
