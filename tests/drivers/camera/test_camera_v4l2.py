"""The local camera: through OpenCV from a FIFO that ffmpeg feeds, and everything that a path can be wrong in."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drivers import registry
from drivers.contract.common import Readiness
from drivers.contract.driver import CommandCanceled, Driver
from drivers.contract.faults import DeviceFault, FaultCode


@pytest.fixture(scope="module", autouse=True)
def ffmpeg_is_there() -> None:
    assert shutil.which("ffmpeg"), "ffmpeg is missing: run `make setup` (it installs what .ci/apt-packages.txt names)"


@dataclass
class Feeder:
    """ffmpeg that plays a camera: a red field of 320x240 at 25 Hz with a sensor's noise."""

    path: Path
    process: subprocess.Popen[bytes] | None = None

    def plug(self) -> None:
        source = "color=c=red:s=320x240:r=25,noise=alls=12:allf=t"
        self.process = subprocess.Popen(
            f"ffmpeg -y -loglevel quiet -re -f lavfi -i {source} -c:v mjpeg -q:v 3 -f avi {self.path}".split(),
            stdin=subprocess.DEVNULL,
        )

    def unplug(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def feeder(tmp_path: Path) -> Iterator[Feeder]:
    fifo = tmp_path / "camera"
    os.mkfifo(fifo)
    made = Feeder(fifo)
    yield made
    made.unplug()


@pytest.fixture
def local(feeder: Feeder) -> Driver:
    return registry.make("v4l2", {"path": str(feeder.path), "silence_seconds": 1.0}, production=True)


def test_it_opens_and_tells_the_size_that_comes(feeder: Feeder, local: Driver) -> None:
    feeder.plug()
    capabilities = local.open()
    assert (capabilities.width, capabilities.height) == (320, 240)
    assert local.status().readiness is Readiness.READY


def test_frames_come_in_the_right_colours_and_time(feeder: Feeder, local: Driver, eye: Any) -> None:
    before = eye.open_files()
    feeder.plug()
    watching = eye.watch(local)
    frames = watching.wait_frames(12)
    assert isinstance(watching.stop(), CommandCanceled)
    frame, data, _ = frames[-1]
    red, green, blue = (
        np.frombuffer(data, np.uint8).reshape(frame.height, frame.width, 3)[150:200, 100:200].mean((0, 1))
    )
    assert red > 200
    assert max(green, blue) < 60
    span = frames[11][0].at - frames[1][0].at
    assert span == pytest.approx(10 / 25, abs=0.25)
    feeder.unplug()
    eye.until(lambda: eye.open_files() <= before)


def test_unplugging_is_seen_at_once(feeder: Feeder, local: Driver, eye: Any) -> None:
    feeder.plug()
    watching = eye.watch(local)
    watching.wait_frames(5)
    feeder.unplug()
    began = time.monotonic()
    assert eye.fault_of(watching.wait_end(3.0)) is FaultCode.NO_FRAMES
    assert time.monotonic() - began < 0.5
    feeder.plug()
    again = eye.watch(local)
    again.wait_frames(3)
    again.stop()


def test_unplugged_with_its_node(feeder: Feeder, local: Driver, eye: Any) -> None:
    feeder.plug()
    watching = eye.watch(local)
    watching.wait_frames(5)
    feeder.path.unlink()
    feeder.unplug()
    assert eye.fault_of(watching.wait_end(3.0)) is FaultCode.DEVICE_GONE
    assert eye.code_of(local.status) is FaultCode.PORT_ABSENT


def test_a_slow_consumer_gets_the_newest(feeder: Feeder, local: Driver, eye: Any) -> None:
    feeder.plug()
    watching = eye.watch(local, slow=lambda count: time.sleep(0.3))
    frames = watching.wait_frames(4)
    watching.stop()
    assert all(heard - frame.at < 0.15 for frame, _, heard in frames)


def test_absent(tmp_path: Path, eye: Any) -> None:
    driver = registry.make("v4l2", {"path": str(tmp_path / "video0")}, production=True)
    assert eye.code_of(driver.open) is FaultCode.PORT_ABSENT
    assert eye.code_of(driver.status) is FaultCode.PORT_ABSENT
    assert eye.fault_of(eye.watch(driver).wait_end(2.0)) is FaultCode.PORT_ABSENT


def test_nobody_sends(feeder: Feeder, eye: Any) -> None:
    driver = registry.make("v4l2", {"path": str(feeder.path), "open_seconds": 0.3}, production=True)
    assert eye.code_of(driver.open) is FaultCode.NO_FRAMES


@pytest.mark.parametrize("path", ["/dev/null", "regular"])
def test_what_is_no_camera_is_named(tmp_path: Path, path: str) -> None:
    if path == "regular":
        (tmp_path / path).write_bytes(b"no camera")
        path = str(tmp_path / path)
    with pytest.raises(DeviceFault) as caught:
        registry.make("v4l2", {"path": path}, production=True).open()
    assert caught.value.fault.code is FaultCode.SETTING_INVALID
    assert path in caught.value.fault.detail


def test_a_relative_path_is_refused() -> None:
    with pytest.raises(DeviceFault) as caught:
        registry.make("v4l2", {"path": "video0"}, production=True)
    assert caught.value.fault.code is FaultCode.SETTING_INVALID
    assert "path" in caught.value.fault.detail
