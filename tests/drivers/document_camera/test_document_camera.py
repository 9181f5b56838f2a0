"""The document camera over its real port: captured when all is well, told why not otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from drivers import registry
from drivers.contract.common import Readiness
from drivers.contract.document_camera import Capture, Preview
from drivers.contract.driver import CommandCanceled, Driver
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.document_camera.sheet import ordered
from drivers.document_camera.stillness import Stillness
from drivers.emulators.document_camera import DocumentCameraEmulator

Make = Callable[..., Driver]


def off(desk: DocumentCameraEmulator, corners: Any) -> float:
    return float(np.hypot(*(ordered(desk.corners()) - np.array(corners)).T).max())


def test_it_opens_and_tells_its_size(make: Make) -> None:
    driver = make()
    capabilities = driver.open()
    assert (capabilities.width, capabilities.height, capabilities.area_mm) == (864, 648, (336.0, 252.0))
    assert driver.status().readiness is Readiness.READY


def test_a_sheet_that_lies_still_is_captured_straight(desk: DocumentCameraEmulator, make: Make, clerk: Any) -> None:
    desk.present()
    before = clerk.open_files()
    captured, pixels = clerk.do(make(), Capture()).captured()
    assert off(desk, captured.corners) <= 2.5
    assert captured.dpi == pytest.approx(864 / 336 * 25.4, abs=0.2)
    assert captured.width / captured.dpi * 25.4 == pytest.approx(297, rel=0.02)
    assert captured.height / captured.dpi * 25.4 == pytest.approx(210, rel=0.02)
    assert captured.sharpness > 100
    assert pixels[5:-5, 5:-5].mean() > 190, "paper, not desk"
    clerk.until(lambda: clerk.open_files() <= before)
    clerk.until(lambda: desk.state()["viewers"] == 0)


def test_or_raw_with_its_corners(desk: DocumentCameraEmulator, make: Make, clerk: Any) -> None:
    desk.lay("card", x=40, degrees=20)
    captured, pixels = clerk.do(make(area_mm=[0, 0]), Capture(deskew=False)).captured()
    assert (captured.width, captured.height, captured.dpi) == (864, 648, 0)
    assert off(desk, captured.corners) <= 2.5
    assert pixels[:30].mean() < 70, "the desk is in it"


@pytest.mark.parametrize(
    ("lay", "code"),
    [
        (lambda desk: None, FaultCode.SHEET_NOT_FOUND),
        (lambda desk: (desk.lay(), desk.hand()), FaultCode.SHEET_NOT_FOUND),
        (lambda desk: (desk.lay("slip", x=-80), desk.lay("slip", x=80, beside=True)), FaultCode.SHEET_NOT_FOUND),
        (lambda desk: desk.lay("form", x=60), FaultCode.SHEET_NOT_FOUND),
        (lambda desk: (desk.lay("booklet"), desk.shake()), FaultCode.SHEET_UNSTEADY),
        (lambda desk: (desk.lay(), desk.blur()), FaultCode.SHEET_BLURRED),
    ],
    ids=["empty", "held", "two", "over the edge", "pushed about", "out of focus"],
)
def test_what_the_visitor_can_mend_is_told_and_mended(
    desk: DocumentCameraEmulator, make: Make, clerk: Any, lay: Callable[..., Any], code: FaultCode
) -> None:
    driver = make()
    lay(desk)
    doing = clerk.do(driver, Capture())
    clerk.until(lambda: bool(doing.told))
    assert doing.told == [code]
    desk.lift()
    desk.lay("booklet")
    captured, _ = doing.captured()
    assert off(desk, captured.corners) <= 2.5


@pytest.mark.parametrize(
    ("lay", "code"),
    [
        (lambda desk: None, FaultCode.SHEET_NOT_FOUND),
        (lambda desk: (desk.lay("booklet"), desk.shake()), FaultCode.SHEET_UNSTEADY),
        (lambda desk: (desk.lay(), desk.blur()), FaultCode.SHEET_BLURRED),
    ],
)
def test_at_the_deadline_the_last_reason_is_the_fault(
    desk: DocumentCameraEmulator, make: Make, clerk: Any, lay: Callable[..., Any], code: FaultCode
) -> None:
    driver = make()
    lay(desk)
    assert clerk.do(driver, Capture(), seconds=1.5).fault() is code


def test_the_preview_shows_the_corners_in_its_own_pixels(desk: DocumentCameraEmulator, make: Make, clerk: Any) -> None:
    desk.lay("booklet")
    driver = make(preview_width=432)
    doing = clerk.do(driver, Preview(max_fps=10.0))
    clerk.until(lambda: len(doing.pictures) >= 4)
    frame, pixels = doing.pictures[-1]
    assert pixels.shape == (324, 432, 3)
    assert off(desk, (np.array(frame.corners) + 0.5) * 2 - 0.5) <= 3
    gaps = [later[0].at - earlier[0].at for earlier, later in pairwise(doing.pictures)]
    assert min(gaps) > 0.05
    desk.lift()
    clerk.until(lambda: doing.pictures[-1][0].corners is None)
    begun = time.monotonic()
    doing.call.cancel()
    assert isinstance(doing.end().ended, CommandCanceled)
    assert time.monotonic() - begun < 0.5


@pytest.mark.parametrize("kind", ["slow", "drop", "duplicate", "noise"])
def test_what_can_be_borne_is_borne(desk: DocumentCameraEmulator, make: Make, clerk: Any, kind: str) -> None:
    driver = make(still_looks=2)
    desk.present()
    desk.fault(kind, **({"seconds": 0.4} if kind == "slow" else {}))
    captured, _ = clerk.do(driver, Capture()).captured()
    assert off(desk, captured.corners) <= 2.5


@pytest.mark.parametrize(
    "kind", ["garble", "standstill", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("silent", "short"))]
)
def test_a_dead_picture_is_told_and_no_old_sheet_delivered(
    desk: DocumentCameraEmulator, make: Make, clerk: Any, kind: str
) -> None:
    driver = make(still_looks=30, tell_seconds=0.0, silence_seconds=1.0, standstill_seconds=1.0)
    desk.present()
    doing = clerk.do(driver, Capture())
    clerk.until(lambda: bool(doing.told))  # not still for long enough: the pictures come
    desk.fault(kind)
    assert doing.fault() is FaultCode.NO_FRAMES


@pytest.mark.parametrize("how", ["unplug", "die_mid_command"])
def test_unplugged_and_back(desk: DocumentCameraEmulator, make: Make, clerk: Any, how: str) -> None:
    driver = make()
    doing = clerk.do(driver, Capture())
    clerk.until(lambda: desk.state()["viewers"] == 1)
    desk.unplug() if how == "unplug" else desk.fault(how)
    assert doing.fault() is FaultCode.DEVICE_GONE
    assert clerk.code_of(driver.status) is FaultCode.PORT_ABSENT
    desk.replug()
    desk.present()
    clerk.do(driver, Capture()).captured()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"sheet": {"fill": 0.5, "colour": 1}}, "colour"),
        ({"area_mm": [300]}, "area_mm"),
        ({"still_looks": 0}, "still_looks"),
        ({"path": "/dev/video0"}, "path, url"),
    ],
)
def test_a_wrong_setting_is_named(make: Make, settings: dict[str, Any], named: str) -> None:
    with pytest.raises(DeviceFault) as caught:
        make(**settings)
    assert caught.value.fault.code is FaultCode.SETTING_INVALID
    assert named in caught.value.fault.detail


def test_stillness_forgets_when_the_sheet_was_away() -> None:
    lying = np.array([(0, 0), (9, 0), (9, 9), (0, 9)], float)
    stillness = Stillness(2, 1.0)
    told = [stillness.reached(each) for each in (lying, lying + 3, lying + 3.5, None, lying, lying)]
    assert told == [False, False, True, False, False, True]


def test_the_emulator_refuses_what_it_has_not() -> None:
    emulator = registry.manifests()["document_camera"].emulator
    assert emulator == "drivers.emulators.document_camera:DocumentCameraEmulator"
    with pytest.raises(ValueError, match="form, blank"):
        DocumentCameraEmulator(width=320, height=240).do("lay", sheet="napkin")
    with pytest.raises(LookupError, match="silent"):
        DocumentCameraEmulator(width=320, height=240).do("fault", kind="fire")
