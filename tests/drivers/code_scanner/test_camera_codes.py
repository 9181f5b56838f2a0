"""Codes by camera, over the camera's real port; and once through a FIFO, as a local camera's pictures come."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers import registry
from drivers.code_scanner.camera_codes import CameraCodes
from drivers.contract.common import Readiness, Supported
from drivers.contract.driver import CommandCanceled, Driver
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.emulators.code_scanner_camera import CameraCodesEmulator
from drivers.emulators.code_scanner_faults import SAMPLE

Make = Callable[..., Driver]


@pytest.fixture
def stage() -> Iterator[CameraCodesEmulator]:
    emulator = CameraCodesEmulator(fps=25.0)
    emulator.start()
    yield emulator
    emulator.stop()


@pytest.fixture
def make(stage: CameraCodesEmulator) -> Iterator[Make]:
    made: list[Driver] = []

    def driver(**settings: Any) -> Driver:
        quick = {"looks_per_second": 20.0, "silence_seconds": 0.5, "standstill_seconds": 0.4, "connect_seconds": 0.6}
        made.append(
            registry.make(
                "camera_codes",
                {**stage.start(), "again_seconds": 0.3, "damaged_looks": 3, **quick, **settings},
                production=True,
            )
        )
        return made[-1]

    stage.stop()  # `driver` starts it again, at the same port
    yield driver
    for each in made:
        each.close()


def test_a_code_held_before_the_camera(stage: CameraCodesEmulator, make: Make, hand: Any) -> None:
    driver = make()
    capabilities = driver.open()
    assert (capabilities.binary_safe, capabilities.symbology, capabilities.longest) == (
        Supported.YES,
        Supported.YES,
        2953,
    )
    assert driver.status().readiness is Readiness.READY
    reading = hand.read(driver)
    stage.present()
    assert reading.data() == SAMPLE.encode()
    assert reading.code.symbology == "QRCode"
    hand.until(lambda: stage.state()["viewers"] == 0)


@pytest.mark.parametrize(
    ("symbology", "code"),
    [("QRCode", bytes(range(256))), ("Aztec", b"\0\r\n\xff"), ("DataMatrix", b"\x00\x80ab\x1d"), ("PDF417", b"\0\x01pdf\xfe"),
     ("Code128", b"ABC-123\r\0")],
)  # fmt: skip
def test_bytes_not_text(stage: CameraCodesEmulator, make: Make, hand: Any, symbology: str, code: bytes) -> None:
    driver = make(formats=[symbology])
    stage.show_code(hex=code.hex(), format=symbology)
    reading = hand.read(driver)
    assert reading.data() == code
    assert reading.code.symbology == symbology


def test_a_kind_that_was_not_asked_for_is_not_seen(stage: CameraCodesEmulator, make: Make, hand: Any) -> None:
    stage.show_code("not a QR code", format="Aztec")
    assert hand.read(make(), seconds=0.4).fault() is FaultCode.DEADLINE


def test_the_same_code_counts_once_until_it_was_taken_away(stage: CameraCodesEmulator, make: Make, hand: Any) -> None:
    driver = make()
    stage.show_code("one")
    assert hand.read(driver).data() == b"one"
    reading = hand.read(driver, ready=0.5)
    assert reading.thread.is_alive(), "it never left"
    stage.show_code("two")
    assert reading.data() == b"two"
    reading = hand.read(driver)
    stage.withdraw()
    time.sleep(0.4)
    stage.show_code("two")
    assert reading.data() == b"two"


def test_two_at_once_are_told(stage: CameraCodesEmulator, make: Make, hand: Any) -> None:
    stage.show_two("mine", "a poster's")
    reading = hand.read(make())
    hand.until(lambda: bool(reading.told))
    time.sleep(0.3)
    stage.show_code("mine alone")
    assert reading.data() == b"mine alone"
    assert reading.told == [FaultCode.CODE_SEVERAL]


def test_two_of_the_same_are_one(stage: CameraCodesEmulator, make: Make, hand: Any) -> None:
    stage.show_two("the same", "the same")
    assert hand.read(make()).data() == b"the same"


def test_too_long_and_torn_are_told(stage: CameraCodesEmulator, make: Make, hand: Any) -> None:
    driver = make(longest=20)
    stage.show_code("x" * 21)
    reading = hand.read(driver)
    hand.until(lambda: bool(reading.told))
    stage.show_code("y" * 20)
    assert reading.data() == b"y" * 20
    assert reading.told == [FaultCode.CODE_TOO_LONG]
    stage.show_code("a code under a thumb")
    stage.cover(0.2)
    reading = hand.read(driver)
    hand.until(lambda: bool(reading.told))
    stage.cover(0)
    assert reading.data() == b"a code under a thumb"[:20]
    assert reading.told == [FaultCode.CODE_UNREADABLE]


@pytest.mark.parametrize("kind", ["slow", "drop", "duplicate", "noise"])
def test_what_can_be_borne_is_borne(stage: CameraCodesEmulator, make: Make, hand: Any, kind: str) -> None:
    driver = make(silence_seconds=1.5)
    stage.fault(kind)
    reading = hand.read(driver)
    stage.show_code("borne")
    assert reading.data() == b"borne"
    assert reading.told == []


@pytest.mark.parametrize(
    "kind", ["silent", "standstill", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("garble", "short"))]
)
def test_a_dead_picture_is_told(stage: CameraCodesEmulator, make: Make, hand: Any, kind: str) -> None:
    driver = make()
    reading = hand.read(driver)
    stage.fault(kind)
    assert reading.fault() is FaultCode.NO_FRAMES
    stage.clear_faults()
    stage.show_code("again")
    assert hand.read(driver).data() == b"again"


@pytest.mark.parametrize("how", ["unplug", "die_mid_command"])
def test_unplugged_and_back(stage: CameraCodesEmulator, make: Make, hand: Any, how: str) -> None:
    driver = make()
    reading = hand.read(driver)
    stage.unplug() if how == "unplug" else stage.fault(how)
    assert reading.fault() is FaultCode.DEVICE_GONE
    assert hand.code_of(driver.status) is FaultCode.PORT_ABSENT
    stage.replug()
    assert driver.status().readiness is Readiness.READY
    stage.show_code("back")
    assert hand.read(driver).data() == b"back"


def test_cancel_is_quick_even_when_the_camera_is_silent(stage: CameraCodesEmulator, make: Make, hand: Any) -> None:
    reading = hand.read(make(silence_seconds=5.0))
    stage.fault("silent")
    time.sleep(0.1)
    begun = time.monotonic()
    reading.call.cancel()
    assert isinstance(reading.end().ended, CommandCanceled)
    assert time.monotonic() - begun < 0.5


def test_it_looks_no_oftener_than_it_is_told(
    stage: CameraCodesEmulator, make: Make, hand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    look = CameraCodes._look
    monkeypatch.setattr(CameraCodes, "_look", lambda self, pixels: looks.append(time.monotonic()) or look(self, pixels))
    hand.read(make(looks_per_second=8.0), ready=0.75)
    assert 2 <= len(looks) <= 7


def test_pictures_of_a_local_camera(tmp_path: Path, stage: CameraCodesEmulator, hand: Any) -> None:
    """A FIFO fed by ffmpeg stands for /dev/video*, as in the camera driver's own tests."""
    assert shutil.which("ffmpeg"), "ffmpeg is missing: run `make setup`"
    for at in range(4):
        stage._faults.clear()
        stage.changed()
        if at == 0:
            stage.show_code("by the local way")
        (tmp_path / f"{at}.jpg").write_bytes(stage._encoded(stage.draw(at), at))
    fifo = tmp_path / "camera"
    os.mkfifo(fifo)
    with subprocess.Popen(
        ["ffmpeg", "-y", "-loglevel", "quiet", "-re", "-stream_loop", "-1", "-framerate", "25", "-i", str(tmp_path / "%d.jpg"),
         "-c:v", "mjpeg", "-q:v", "3", "-f", "avi", str(fifo)],
        stdin=subprocess.DEVNULL,
    ) as ffmpeg:  # fmt: skip
        driver = registry.make("camera_codes", {"path": str(fifo)}, production=True)
        driver.open()
        assert hand.read(driver).data() == b"by the local way"
        ffmpeg.kill()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "path, url"),
        ({"path": "/dev/video0", "url": "http://camera/x"}, "path, url"),
        ({"path": "video0"}, "path"),
        ({"url": "ftp://camera/x"}, "url"),
        ({"path": "/dev/video0", "formats": ["Morse"]}, "formats"),
        ({"path": "/dev/video0", "formats": []}, "formats"),
        ({"path": "/dev/video0", "colour": 1}, "colour"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(DeviceFault) as caught:
        registry.make("camera_codes", settings, production=True)
    assert caught.value.fault.code is FaultCode.SETTING_INVALID
    assert named in caught.value.fault.detail
