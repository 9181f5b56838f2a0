"""A reader is replaced by one of another protocol: the real kit, real hosts, real buses, and hands that do what is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.client import is_ready
from drivers.contract.common import DeviceClass
from drivers.contract.secret import SecretText
from kiosk.bindings.in_force import in_force
from kiosk.conformity import Kit
from kiosk.demo.stage import card_of
from kiosk.demo.technician import HANDS
from kiosk.documents.chain import load_roots
from kiosk.documents.signed_record import verified
from kiosk.screens.screen import Answer, Screen
from kiosk.settings.site import load_site
from kiosk.visit import Ending
from tests.support.bench import Run, on_stage
from tests.support.scripted import doing
from tests.support.scripts import base_script
from tests.support.shift import TECHNICIAN, shift, signing

SPARE = {"spare_reader": "sdt_usb"}
QUICK = {"spare_reader": {"radio_seconds": 0.1}}

SEES_SECONDS = 2.5
"""A lifted card is noticed after three looks; whoever has not waited so long says it himself."""


class Technician:
    """Does what the screen asks, and touches only where it must be touched."""

    def __init__(
        self,
        run: Run,
        device: str = "id_reader",
        spare: str = "spare_reader",
        driver: str = "sdt_usb",
        *,
        settings: tuple[str, ...] = ("演示用的代替品",),
        address: str = "",
    ) -> None:
        """`settings`: the words to choose where something is asked; `address`: typed, for what is on the network."""
        self.run, self.device, self.spare, self.driver = run, device, spare, driver
        self.settings, self.address = settings, address
        self.touches: list[str] = []

    def script(self) -> dict[str, Any]:
        return {
            "staff_home": ["replace", "leave"],
            "staff_leaving": "go",
            "staff_replace_choose": [self.touch(self.device), self.touch("back")],
            "staff_replace_unplug": doing(lambda: self.do(self.device, "unplug")),
            "staff_replace_plug": self.plug,
            "staff_replace_address": self.types,
            "staff_replace_driver": self.touch(self.driver),
            "staff_replace_setting": self.chooses,
            "staff_replace_opening": None,
            "staff_replace_ready": self.touch("start"),
            "staff_replace_test": self.test,
            "staff_replace_result": self.touch("sign"),
            "staff_replace_sign": self.touch("sign"),
            "staff_door_sign": self.signs,
            "staff_replace_waiting": None,
            "staff_replace_end": self.touch("ok"),
        }

    def touch(self, answer: str) -> Callable[[Screen], Awaitable[str]]:
        async def act(screen: Screen) -> str:
            self.touches.append(screen.name)
            return answer

        return act

    async def plug(self, screen: Screen) -> str | None:
        await self.do(self.spare, "replug")
        if not self.address:
            return None
        self.touches.append(screen.name)
        return "address"

    async def types(self, screen: Screen) -> Answer:
        self.touches.append(screen.name)
        return Answer(action="ok", typed={"address": SecretText(self.address)})

    async def chooses(self, screen: Screen) -> str:
        self.touches.append(screen.name)
        tiles = [tile for block in screen.blocks for tile in getattr(block, "tiles", ())]
        return next(tile.id for tile in tiles if tile.title in self.settings)

    async def signs(self, screen: Screen) -> str | Answer | None:
        self.touches.append(screen.name)
        act = signing(self.run)
        assert not isinstance(act, str)
        return await act(screen)

    async def do(self, device: str, verb: str) -> Any:
        return await self.run.bench.do(device, verb, {})

    async def test(self, screen: Screen) -> str | None:
        verb = HANDS.get(screen.title)
        if verb is None:
            return None
        await asyncio.sleep(0.1)
        await self.do(self.spare, verb)
        if "done" not in [action.id for action in screen.actions]:
            return None  # seen by itself
        await asyncio.sleep(SEES_SECONDS)
        self.touches.append(screen.name)  # it was not seen: so it is said
        return "done"


def acts_of(acts: list[dict[str, object]]) -> list[str]:
    return [str(act["act"]).removeprefix("replace.") for act in acts if str(act["act"]).startswith("replace.")]


@pytest.mark.slow
def test_a_reader_of_another_protocol_serves_after_the_wizard_and_after_a_start(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}, spares=SPARE, options=QUICK, conformity=Kit()) as run:
            technician = Technician(run)
            run.window.script = technician.script()
            acts = await shift(run, code=TECHNICIAN)
            assert acts_of(acts) == ["began", "unplugged", "chosen", "tested", "signed", "bound", "replaced"]
            assert [act["seen"] for act in acts if act["act"] == "replace.unplugged"] == [True]
            assert len(technician.touches) <= 16, technician.touches

            reader = run.kiosk.devices.of(DeviceClass.ID_CARD_READER)
            assert reader is not None
            assert reader.snapshot.driver == "sdt_usb"
            assert is_ready(reader.snapshot)
            report = next((tmp_path / "state" / "reports").iterdir())
            site = load_site(run.stage.site_file)
            record = verified(report.read_bytes(), "replacement", site.kiosk_id, load_roots(site.keys.operator_roots))
            assert record.body["passed"]
            assert record.body["by"] == TECHNICIAN
            assert record.body["times"]["done"] == 20
            started = in_force(site, run.kiosk.profile)
            assert started.profile.devices["id_reader"].driver == "sdt_usb"
            assert started.bindings["id_reader"].binding.report == report.name

            run.window.script = base_script(run)
            card = card_of(next(each for each in run.bench.sandbox.people() if each.id == "p1"))
            run.window.script["card"] = doing(lambda: run.bench.do("spare_reader", "place", {"card": card}))
            run.window.script["take_card"] = doing(lambda: run.bench.do("spare_reader", "lift", {}))
            assert await run.visit() == Ending.DONE
            assert run.sheets_out() == 1, "the certificate came out, with the new reader"

    asyncio.run(go())


class InAHurry(Technician):
    """Pulls the test card away too early, whenever it is asked for, and lays it down again."""

    pulled = 0

    async def test(self, screen: Screen) -> str | None:
        if HANDS.get(screen.title) == "present":
            await self.run.bench.do(self.spare, "fault", {"kind": "lift_early", "times": 1})
            await self.do(self.spare, "present")
            await asyncio.sleep(0.6)
            await self.do(self.spare, "clear_faults")
            self.pulled += 1
        return await super().test(screen)


@pytest.mark.slow
def test_a_card_that_is_pulled_at_each_step_of_the_test_costs_nothing(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}, spares=SPARE, options=QUICK, conformity=Kit()) as run:
            technician = InAHurry(run)
            run.window.script = technician.script()
            acts = await shift(run, code=TECHNICIAN)
            assert technician.pulled > 20
            assert acts_of(acts)[-4:] == ["tested", "signed", "bound", "replaced"], run.window.last(
                "staff_replace_result"
            )

    asyncio.run(go())
