"""The MJPEG camera over its real port."""

from __future__ import annotations

import base64
import io
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from drivers import registry
from drivers.contract.common import Readiness
from drivers.contract.driver import CommandCanceled, Driver
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.emulators.camera import CameraEmulator


def test_it_opens_and_tells_its_size(driver: Driver) -> None:
    capabilities = driver.open()
    assert (capabilities.width, capabilities.height, capabilities.fps) == (640, 480, pytest.approx(25))
    assert driver.status().readiness is Readiness.READY


def test_frames_come_sealed_numbered_and_dated(driver: Driver, eye: Any) -> None:
    before = eye.open_files()
    watching = eye.watch(driver)
    frames = watching.wait_frames(10)
    assert isinstance(watching.stop(), CommandCanceled)
    assert [frame.seq for frame, _, _ in frames] == list(range(1, len(frames) + 1))
    assert all(0 <= heard - frame.at < 0.2 for frame, _, heard in frames)
    assert len({data for _, data, _ in frames}) > 5, "a living person moves"
    eye.until(lambda: eye.open_files() <= before)


def test_red_is_red(camera: CameraEmulator, driver: Driver, eye: Any) -> None:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (220, 30, 40)).save(out, "PNG")
    camera.image(base64.b64encode(out.getvalue()).decode())
    watching = eye.watch(driver)
    frame, data, _ = watching.wait_frames(1)[0]
    watching.stop()
    red, green, blue = (
        np.frombuffer(data, np.uint8).reshape(frame.height, frame.width, 3)[200:280, 280:360].mean((0, 1))
    )
    assert red > 150
    assert green < 90
    assert blue < 90


def test_a_slow_consumer_gets_the_newest(driver: Driver, eye: Any) -> None:
    watching = eye.watch(driver, slow=lambda count: time.sleep(0.4))
    frames = watching.wait_frames(4)
    watching.stop()
    assert all(heard - frame.at < 0.15 for frame, _, heard in frames), "no frame waited in a queue"
    gaps = [later[0].at - earlier[0].at for earlier, later in pairwise(frames)]
    assert min(gaps) > 0.35


@pytest.mark.parametrize(("max_fps", "least", "most"), [(5.0, 4, 6), (25.0, 17, 27)])
def test_no_more_than_asked_for(driver: Driver, max_fps: float, least: int, most: int, eye: Any) -> None:
    watching = eye.watch(driver, max_fps=max_fps)
    began = watching.wait_frames(1)[0][2]
    eye.until(lambda: time.monotonic() > began + 1.0)
    count = len(watching.frames)
    watching.stop()
    assert least <= count <= most


def test_the_camera_is_looked_at_only_while_somebody_asks(camera: CameraEmulator, driver: Driver, eye: Any) -> None:
    driver.open()
    watching = eye.watch(driver)
    watching.wait_frames(1)
    eye.until(lambda: camera.state()["viewers"] == 1)
    watching.stop()
    eye.until(lambda: camera.state()["viewers"] == 0)


def test_cancel_is_quick_even_when_the_camera_is_silent(camera: CameraEmulator, driver: Driver, eye: Any) -> None:
    watching = eye.watch(driver)
    watching.wait_frames(1)
    camera.fault("silent")
    began = time.monotonic()
    assert isinstance(watching.stop(), CommandCanceled)
    assert time.monotonic() - began < 0.5


def test_the_deadline_ends_it(driver: Driver, eye: Any) -> None:
    watching = eye.watch(driver, seconds=0.5)
    assert eye.fault_of(watching.wait_end(2.0)) is FaultCode.DEADLINE


@pytest.mark.parametrize("kind", ["silent", "garble", "short", "freeze"])
def test_a_dead_picture_is_told(camera: CameraEmulator, driver: Driver, kind: str, eye: Any) -> None:
    watching = eye.watch(driver)
    watching.wait_frames(2)
    camera.do("fault", kind=kind)
    assert eye.fault_of(watching.wait_end(4.0)) is FaultCode.NO_FRAMES
    camera.do("clear_faults")
    again = eye.watch(driver)
    again.wait_frames(2)
    again.stop()


def test_hanging_up_in_the_middle_is_told(camera: CameraEmulator, driver: Driver, eye: Any) -> None:
    watching = eye.watch(driver)
    watching.wait_frames(1)
    camera.fault("drop")
    assert eye.fault_of(watching.wait_end(3.0)) is FaultCode.DEVICE_GONE


def test_a_camera_that_dies_in_the_middle_of_a_picture_is_gone_until_it_is_back(
    camera: CameraEmulator, driver: Driver, eye: Any
) -> None:
    watching = eye.watch(driver)
    watching.wait_frames(1)
    camera.fault("die_mid_command")
    assert eye.fault_of(watching.wait_end(3.0)) is FaultCode.DEVICE_GONE
    assert eye.code_of(driver.status) is FaultCode.PORT_ABSENT
    camera.clear_faults()
    camera.replug()
    assert driver.status().readiness is Readiness.READY


def test_pictures_that_come_twice_are_borne(camera: CameraEmulator, driver: Driver, eye: Any) -> None:
    camera.fault("duplicate")
    watching = eye.watch(driver)
    frames = watching.wait_frames(8)
    assert isinstance(watching.stop(), CommandCanceled)
    assert [frame.seq for frame, _, _ in frames] == list(range(1, len(frames) + 1))


def test_people_come_and_go_and_a_dark_hall_is_a_fault(camera: CameraEmulator) -> None:
    assert camera.do("withdraw")
    assert camera.state()["who"] == "nobody"
    assert camera.do("present")
    assert camera.state()["who"] == "hopper"
    camera.do("fault", kind="dark")
    assert camera.state()["dark"]
    camera.do("clear_faults")
    assert not camera.state()["dark"]
    with pytest.raises(ValueError, match="garble"):
        camera.do("fault", kind="bad mood")


def test_a_slow_camera_is_borne(camera: CameraEmulator, tmp_path: Path, eye: Any) -> None:
    camera.fault("slow")
    driver = registry.make("frames", camera.start(), production=True)
    watching = eye.watch(driver)
    watching.wait_frames(2)
    watching.stop()


def test_unplugged_and_back_at_the_same_address(camera: CameraEmulator, driver: Driver, eye: Any) -> None:
    watching = eye.watch(driver)
    watching.wait_frames(2)
    camera.unplug()
    assert eye.fault_of(watching.wait_end(2.0)) is FaultCode.DEVICE_GONE
    assert eye.code_of(driver.status) is FaultCode.PORT_ABSENT
    camera.replug()
    assert driver.status().readiness is Readiness.READY
    again = eye.watch(driver)
    again.wait_frames(2)
    again.stop()


@pytest.mark.parametrize("kind", ["silent", "garble"])
def test_a_probe_ends_in_time(camera: CameraEmulator, driver: Driver, kind: str, eye: Any) -> None:
    camera.fault(kind)
    began = time.monotonic()
    assert eye.code_of(driver.status) in (FaultCode.LINK_SILENT, FaultCode.NO_FRAMES)
    assert time.monotonic() - began < 2.0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"width": 1280}, "640x480"),
        ({"url": "ftp://camera/x"}, "url"),
        ({"url": "http://user:pass@camera/x"}, "url"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_wrong_setting_is_named(camera: CameraEmulator, change: dict[str, Any], named: str) -> None:
    with pytest.raises(DeviceFault) as caught:
        registry.make("frames", {**camera.start(), **change}, production=True).open()
    assert caught.value.fault.code is FaultCode.SETTING_INVALID
    assert named in caught.value.fault.detail
    assert "pass" not in caught.value.fault.detail


def test_another_page_is_no_camera(camera: CameraEmulator) -> None:
    settings = camera.start()
    driver = registry.make("frames", {"url": str(settings["url"]).replace("stream", "index")}, production=True)
    with pytest.raises(DeviceFault) as caught:
        driver.open()
    assert caught.value.fault.code is FaultCode.SETTING_INVALID
    assert "404" in caught.value.fault.detail
