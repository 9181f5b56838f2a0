"""A reader is replaced by one of another protocol on the real screen: by real touches, with the real kit, against real hosts; then
a visitor is served with it. And one that fails its test is rolled back."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from drivers import registry
from kiosk.demo.staff import BenchStaff
from kiosk.demo.stage import card_of
from kiosk.demo.technician import Technician
from kiosk.locales.staff import tell
from kiosk.maintenance.rights import Role
from kiosk.screens.screen import Mode
from tests.support.house import House, house
from tests.support.walk import Walk

pytestmark = [pytest.mark.anyio, pytest.mark.screen, pytest.mark.slow, pytest.mark.timeout(600)]

READER = "身份证阅读器"
DRIVER = registry.manifests()["sdt_usb"].title
STAND_IN = "演示用的代替品"
PROMISE_SECONDS = 15 * 60


@pytest.fixture
async def with_spare(tmp_path: Path) -> AsyncIterator[House]:
    """A kiosk with sockets; beside it lies a reader that speaks HID reports."""
    async with house(tmp_path, seed=20261124, spares={"spare_reader": "sdt_usb"}) as found:
        yield found


def technician(kept: House, pictures: Path | None = None) -> Technician:
    people = msgspec.json.decode((kept.stage / "staff" / "bench.json").read_bytes(), type=tuple[BenchStaff, ...])
    return Technician(kept.glass, next(each for each in people if each.role is Role.TECHNICIAN), pictures)


def acts(kept: House) -> list[str]:
    found = [str(row.payload["act"]) for row in kept.audit("staff")]
    return [each.removeprefix("replace.") for each in found if each.startswith("replace.")]


async def test_a_reader_of_another_protocol_is_put_into_service_and_serves_a_visitor(with_spare: House) -> None:
    who = technician(with_spare)
    began = time.monotonic()
    await who.comes_in()
    await who.begins(READER)
    await who.swaps("id_reader", "spare_reader")
    await who.to_test(DRIVER, STAND_IN)
    await who.tests("spare_reader")
    await who.signs()
    seconds = time.monotonic() - began
    print(f"touches {who.touches}, {seconds:.0f} s")
    assert seconds < PROMISE_SECONDS
    assert who.touches <= 20
    await who.leaves()
    assert acts(with_spare) == ["began", "unplugged", "chosen", "tested", "signed", "bound", "replaced"]
    row = await with_spare.device("id_reader", readiness="ready")
    assert row["driver"] == "sdt_usb"
    assert (with_spare.stage / "state" / "bindings" / "id_reader.json").exists()

    visitor = Walk(with_spare, Mode.STANDARD)
    await visitor.to_card()
    await with_spare.glass.do("spare_reader", "place", card=card_of(visitor.person))
    await with_spare.glass.wait_for("face_consent", "elder_offer")
    await with_spare.glass.touch(visitor.say("bar.leave"))
    await with_spare.glass.wait_for("take_card")
    await with_spare.glass.do("spare_reader", "lift")
    await with_spare.glass.wait_for("idle")


async def test_a_reader_that_fails_its_test_is_rolled_back(with_spare: House) -> None:
    who = technician(with_spare)
    await who.comes_in()
    await who.begins(READER)
    await who.swaps("id_reader", "spare_reader")
    await who.to_test(DRIVER, STAND_IN)
    await with_spare.glass.do("spare_reader", "fault", kind="status", command="3001", sw3=0x41)
    await who.tests("spare_reader")
    await with_spare.glass.says(tell("replace.result_failed"))
    await who.touch(tell("replace.give_up"), "staff_replace_waiting")
    await with_spare.glass.do("id_reader", "replug")
    await with_spare.glass.wait_for("staff_replace_end", seconds=40)
    await with_spare.glass.says(tell("replace.end_old_again", device=READER))
    await who.touch(tell("replace.end_ok"), "staff_replace_choose")
    await who.leaves()
    assert acts(with_spare)[-2:] == ["given_up", "old_again"]
    assert not (with_spare.stage / "state" / "bindings").exists()
    assert (await with_spare.device("id_reader", readiness="ready"))["driver"] == "sdt_serial"
