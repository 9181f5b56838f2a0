"""The whole set-up without glass, on emulated devices at real ports and a real platform: what comes out serves visitors."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.cli.check import mistakes
from kiosk.sandbox import launch
from kiosk.sandbox.launch import Sandbox
from kiosk.settings.profile import load_profile
from kiosk.settings.site import load_site
from kiosk.setup.folder import SetupFolder
from kiosk.setup.work import Machine, Work
from tests.support.new_machine import READER, new_machine
from tests.support.set_up import walked, whole


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    found = launch.start(tmp_path_factory.mktemp("platform") / "platform", seed=7, kiosk="OTHER-0001")
    yield found
    found.stop()


def test_everything_that_is_plugged_in_is_found_and_what_comes_out_is_a_kiosk(
    tmp_path: Path, platform: Sandbox
) -> None:
    async def go() -> None:
        folder = SetupFolder(tmp_path / "kiosk")
        async with new_machine(tmp_path, platform=platform) as machine:
            work = Work.taken_up(folder, Machine(sources=machine.sources, sticks=tuple))
            serve, _ = await walked(work, whole(platform.address, platform.new_code("QQ-0001")))
        assert serve is False
        assert mistakes([folder.site], [folder.profile], {}, {}) == []
        site, profile = load_site(folder.site), load_profile(folder.profile)
        assert (site.kiosk_id, site.items, site.name) == ("QQ-0001", ("KX-RS-001",), "清泉村政务自助服务")
        assert {name: each.driver for name, each in profile.devices.items()} == {
            "id_reader": "sdt_serial",
            "camera": "v4l2",
            "a4_printer": "ipp",
            "receipt_printer": "escpos",
        }
        assert profile.production
        place = profile.devices["id_reader"].place
        assert place is not None
        assert place.path == READER

    asyncio.run(go())
