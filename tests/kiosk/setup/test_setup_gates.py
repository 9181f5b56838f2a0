"""Every screen of the set-up keeps the gates of the visitors' screens, on every panel: sizes, gaps, contrast, no cut text."""

from __future__ import annotations

import asyncio

import pytest

from drivers.buses.table import Answer, BusState, Table
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import FaultCode, fault
from kiosk.sandbox import launch
from kiosk.screens.screen import Look, Screen
from kiosk.settings.profile import DeviceSettings
from kiosk.setup.detection import Tried
from kiosk.setup.folder import SetupFolder
from kiosk.setup.steps import devices, trial
from kiosk.setup.steps.panel import told
from kiosk.setup.work import Machine, Work
from kiosk.shell import tokens
from tests.kiosk.setup.made_up import NoBuses, nothing
from tests.kiosk.shell.test_gates_layout import wrong
from tests.support.set_up import TOLD, UNTOLD, every_screen, walked

PLUGGED = Table(
    (
        BusState(
            bus=Bus.SERIAL,
            answer=Answer.LISTED,
            things=(
                Attached(bus=Bus.SERIAL, path="pci-0000:00:14.0-usb-0:2:1.0-port0", node="/dev/ttyUSB0", kind="x"),
            ),
        ),
        BusState(
            bus=Bus.V4L2,
            answer=Answer.LISTED,
            things=(Attached(bus=Bus.V4L2, path="pci-0-usb-0:3:1.0-video-index0", node="/dev/video0", model="Camera"),),
        ),
        BusState(
            bus=Bus.USB,
            answer=Answer.LISTED,
            things=(Attached(bus=Bus.USB, path="pci-0-usb-0:9:1.0", node="/dev/x", maker="Nobody", model="Something"),),
        ),
    )
)


class Plugged(NoBuses):
    """Three things are plugged in, one of which no driver knows."""

    async def looked(self) -> Table:
        return PLUGGED

    def table(self) -> Table:
        return PLUGGED


async def tried(work: Work, table: Table, name: str, device: DeviceSettings) -> Tried:
    if device.place is None:
        return Tried(device=device, fault=fault(FaultCode.LINK_SILENT))
    return Tried(device=device, identity="Maker Model 2000")


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> list[Screen]:
    """Each screen of a set-up with mistakes and detours, once."""
    folder = tmp_path_factory.mktemp("gates")
    platform = launch.start(folder / "platform", seed=7, kiosk="OTHER-0001")
    stick = folder / "stick"
    stick.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(devices, "Buses", Plugged)
        patch.setattr(devices, "_try", tried)
        about = Machine(sources=nothing(folder), sticks=lambda: (stick,))
        work = Work.taken_up(SetupFolder(folder / "kiosk"), about)
        script = every_screen(platform.address, platform.new_code("QQ-0001"))
        _, window = asyncio.run(walked(work, script, UNTOLD))
    platform.stop()
    assert work.answers.panel is not None
    more = (
        told(TOLD, work.answers.panel, measured=False),
        trial.starting(),
        trial.visited(trial.Trialed("done", "taken", "1")),
        trial.visited(trial.Trialed("left")),
        trial.visited(trial.Trialed("done", refused=True)),
    )
    found: list[Screen] = []
    for screen in (*window.shown, *more):
        if screen not in found:
            found.append(screen)
    return found


@pytest.mark.parametrize("panel", tokens.panels())
def test_every_screen_keeps_the_gates(screens: list[Screen], panel: str) -> None:
    found = {f"{screen.name} {screen.title}": bad for screen in screens if (bad := _wrong(screen, panel))}
    assert not found


def _wrong(screen: Screen, panel: str) -> list[str]:
    """All that visitors are owed but the voice: staff are not spoken to."""
    return [each for each in wrong(screen, Look(), panel) if each != "names: nothing is spoken"]


def test_every_screen_is_marked_and_named(screens: list[Screen]) -> None:
    assert [each.name for each in screens if not (each.staff and each.name.startswith("setup_"))] == []
    names = {each.name for each in screens}
    assert len(names) >= 35, sorted(names)
