"""Staff at the real screen: the hidden gesture, wrong PINs through to the lock-out, a card, and that nobody is served meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.demo.glass import Node, centre, nodes
from kiosk.demo.staff import BenchStaff
from kiosk.locales.staff import tell
from kiosk.maintenance.door.rules import rules
from kiosk.shell import gesture
from tests.support.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.screen, pytest.mark.slow]  # the lock-out is waited for


def staff(kept: House) -> dict[str, BenchStaff]:
    raw = Path(kept.stage / "staff" / "bench.json").read_bytes()
    return {each.code: each for each in msgspec.json.decode(raw, type=tuple[BenchStaff, ...])}


async def ask_for_the_machine(kept: House) -> None:
    """The gesture: the place's name held, then the two corners of the coloured field."""
    screen = await kept.glass.wait_for("idle")
    name = next(node for node in nodes(screen) if node["name"] == "示例区政务自助服务")
    field = next(node for node in nodes(screen) if node["role"] == "group" and "不用带证明" in node["name"])
    x, y, width, _ = field["bounds_px"]
    inset = round(gesture.rule().corner * 2)  # millimetres at four pixels each: half a corner
    await kept.glass.touch_at(*centre(name), hold=gesture.rule().hold + 0.2)
    await kept.glass.touch_at(x + inset, y + inset)
    await kept.glass.touch_at(x + width - inset, y + inset)


async def type_digits(kept: House, text: str) -> None:
    screen = await kept.glass.screen()
    keys: dict[str, Node] = {node["name"]: node for node in nodes(screen) if node["role"] == "button"}
    for digit in text:
        await kept.glass.touch_at(*centre(keys[digit]))
        await asyncio.sleep(0.02)


async def try_code(kept: House, code: str, pin: str, *then: str) -> dict[str, Any]:
    await kept.glass.touch(tell("door.way_code"))
    await kept.glass.wait_for("staff_door_code")
    await type_digits(kept, code[2:] + pin)
    await kept.glass.touch(tell("door.enter"))
    return await kept.glass.wait_for(*then)


async def test_wrong_pins_to_the_lock_out_and_a_card_afterwards(kiosk: House) -> None:
    glass, people = kiosk.glass, staff(kiosk)
    keeper = people["K-0001"]
    wrong = f"{(int(keeper.pin) + 1) % 10**6:06d}"
    before = len(kiosk.audit("staff"))

    await ask_for_the_machine(kiosk)
    await glass.wait_for("staff_door")
    tries = rules().lockout.tries
    for number in range(1, tries):
        await try_code(kiosk, keeper.code, wrong, "staff_door_wrong")
        await glass.says(tell("door.wrong_sentence", tries=tries - number))
        await glass.touch(tell("door.wrong_again"))
        await glass.wait_for("staff_door")
    await try_code(kiosk, keeper.code, wrong, "staff_door_shut")
    await glass.touch(tell("frame.leave"))
    await glass.wait_for("idle")

    await ask_for_the_machine(kiosk)
    await glass.wait_for("staff_door_shut")
    # The wait is over while somebody looks at it: the door asks again.
    await glass.wait_for("staff_door", seconds=rules().lockout.first_seconds + 5)

    await glass.do("visitor", "place", person=keeper.id)
    await glass.wait_for("staff_door_pin")
    await glass.do("visitor", "lift")
    await type_digits(kiosk, keeper.pin)
    await glass.touch(tell("door.enter"))
    home = await glass.wait_for("staff_home")
    assert any(keeper.code in node["name"] for node in nodes(home)), "who is here stands above"
    assert not any(node["name"] == tell("home.personnel") for node in nodes(home)), "a keeper names no staff"
    await glass.touch(tell("frame.leave"))
    await glass.wait_for("idle")  # the card was lifted: nothing is left to remind of

    acts = [row.payload["act"] for row in kiosk.audit("staff")[before:]]
    assert acts == [*["door.refused"] * tries, "door.shut", "left", "door.shut", "door.opened", "entered", "left"]

    # Once more, and the card stays: it is told before leaving, and nobody is served before it is taken.
    await ask_for_the_machine(kiosk)
    await glass.wait_for("staff_door")
    await glass.do("visitor", "place", person=keeper.id)
    await glass.wait_for("staff_door_pin")
    await type_digits(kiosk, keeper.pin)
    await glass.touch(tell("door.enter"))
    await glass.wait_for("staff_home")
    await glass.touch(tell("frame.leave"))
    await glass.wait_for("staff_leaving")
    await glass.touch(tell("leaving.go"))
    await glass.wait_for("take_card")
    await glass.do("visitor", "lift")
    await glass.wait_for("idle")
    for file in (kiosk.stage / "state").iterdir():
        assert keeper.pin.encode() not in file.read_bytes(), file.name
