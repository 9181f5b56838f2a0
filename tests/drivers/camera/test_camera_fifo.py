"""The local camera's emulator: our own AVI in a FIFO, read by the real driver, and back in service after whatever went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from drivers import registry
from drivers.contract.driver import CommandCanceled, Driver
from drivers.contract.faults import FaultCode
from drivers.emulators.camera_fifo import CameraFifoEmulator

ENDS = {
    "silent": FaultCode.NO_FRAMES,
    "garble": FaultCode.NO_FRAMES,
    "freeze": FaultCode.NO_FRAMES,
    "die_mid_command": FaultCode.DEVICE_GONE,
}
"""Faults that end a stream, and how; the other ones are lived through."""


@pytest.fixture
def fifo() -> Iterator[CameraFifoEmulator]:
    emulator = CameraFifoEmulator(who="astronaut", width=320, height=240, fps=25.0)
    yield emulator
    emulator.stop()


@pytest.fixture
def local(fifo: CameraFifoEmulator) -> Driver:
    quick = {"open_seconds": 0.7, "silence_seconds": 0.4, "standstill_seconds": 0.4}
    return registry.make("v4l2", {**fifo.start(), **quick}, production=True)


@pytest.mark.parametrize("kind", CameraFifoEmulator.FAULTS)
def test_whatever_went_wrong_the_next_reader_gets_pictures(
    fifo: CameraFifoEmulator, local: Driver, eye: Any, kind: str
) -> None:
    capabilities = local.open()
    assert (capabilities.width, capabilities.height) == (320, 240)
    watching = eye.watch(local)
    watching.wait_frames(3)
    fifo.fault(kind, **({"seconds": 0.2} if kind == "slow" else {}))
    if kind in ENDS:
        assert eye.fault_of(watching.wait_end(3.0)) is ENDS[kind]
    else:
        watching.wait_frames(len(watching.frames) + 2)
        assert isinstance(watching.stop(), CommandCanceled)
    fifo.clear_faults()
    fifo.replug()
    again = eye.watch(local)
    again.wait_frames(3)
    again.stop()
    assert fifo.state()["faults"] == []


def test_nothing_is_left_of_a_silent_camera(fifo: CameraFifoEmulator, local: Driver, eye: Any) -> None:
    fifo.fault("silent")
    before = eye.open_files()
    eye.watch(local).wait_end(3.0)
    eye.until(lambda: eye.open_files() <= before and fifo.state()["watching"] == 0)


def test_who_stands_there_is_what_is_seen(fifo: CameraFifoEmulator, local: Driver, eye: Any) -> None:
    watching = eye.watch(local)
    frames = watching.wait_frames(3)
    fifo.withdraw()
    seen = len(frames) + 2
    changed = watching.wait_frames(seen)
    watching.stop()
    assert fifo.state()["who"] == "nobody"
    person, hall = (np.frombuffer(data, np.uint8).astype(int) for data in (frames[0][1], changed[-1][1]))
    assert np.abs(person - hall).mean() > 20
