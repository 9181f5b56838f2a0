"""Where touches land: the arithmetic, what is kept, and a real X server's touch panel that is off and is set right."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.maintenance import pointing
from kiosk.maintenance.pointing import STRAIGHT, CannotPoint, Matrix, correction, kept, moved
from kiosk.maintenance.tasks.screen_touch import crosses_on, off_mm
from kiosk.shell.bench import DEMO_PANEL
from tests.support.panels import TouchPanel, missing, server_with_panels

CROSSES = crosses_on(DEMO_PANEL)
small = st.floats(-0.15, 0.15, allow_nan=False)


@given(small, small, small, small, small, small)
def test_any_even_stretch_turn_and_shift_is_set_right(
    a: float, b: float, c: float, d: float, e: float, f: float
) -> None:
    wrong: Matrix = (1 + a, b, c, d, 1 + e, f, 0.0, 0.0, 1.0)
    landed = moved(CROSSES, wrong, STRAIGHT)
    right = correction(CROSSES, landed, wrong)
    assert max(off_mm(CROSSES, moved(landed, right, wrong), DEMO_PANEL)) < 0.01


def test_a_panel_that_is_bent_is_not_set_right() -> None:
    landed = [(x + (0.05 if number == 0 else 0.0), y) for number, (x, y) in enumerate(CROSSES)]
    right = correction(CROSSES, landed, STRAIGHT)
    assert max(off_mm(CROSSES, moved(landed, right, STRAIGHT), DEMO_PANEL)) > 3.0


def test_touches_on_one_spot_are_no_correction() -> None:
    with pytest.raises(ValueError, match="one line"):
        correction(CROSSES, [(0.5, 0.5)] * 5, STRAIGHT)


def test_what_is_kept_is_there_at_the_next_start_and_rubbish_is_not(tmp_path: Path) -> None:
    device = pointing.TouchDevice("7", "some panel", STRAIGHT)
    wanted: Matrix = (1.1, 0.0, -0.05, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    pointing.keep(tmp_path, device, wanted)
    assert kept(tmp_path) == {"some panel": wanted}
    (tmp_path / "touch_matrix.json").write_text('{"some panel": [1, 2]}')
    assert kept(tmp_path) == {}


def test_without_a_server_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(CannotPoint, match="no_xinput"):
        asyncio.run(pointing.touch_devices())


@pytest.fixture
def panel(monkeypatch: pytest.MonkeyPatch) -> Iterator[TouchPanel]:
    with (
        tempfile.TemporaryDirectory(prefix="x-") as folder,
        server_with_panels(Path(folder), DEMO_PANEL.px, ("panel",)) as (display, (first,)),
    ):
        monkeypatch.setenv("DISPLAY", display)
        first.plug()
        yield first
        first.unplug()


def landed(panel: TouchPanel, x: int, y: int) -> tuple[int, int]:
    """Where the pointer is after a tap."""
    panel.tap(x, y)
    told = subprocess.run(
        ["xdotool", "getmouselocation", "--shell"], env=os.environ, check=True, capture_output=True, text=True
    ).stdout
    values = dict(line.split("=") for line in told.split())
    return int(values["X"]), int(values["Y"])


@pytest.mark.screen
@pytest.mark.skipif(bool(missing()), reason=missing())
def test_a_real_servers_panel_is_set_right_and_again_after_a_start(panel: TouchPanel, tmp_path: Path) -> None:
    async def go() -> None:
        (device,) = await pointing.touch_devices()
        assert device.matrix == STRAIGHT
        off: Matrix = (0.95, 0.0, 0.04, 0.0, 0.97, -0.01, 0.0, 0.0, 1.0)
        await pointing.set_matrix(device, off)
        (device,) = await pointing.touch_devices()
        assert device.matrix == pytest.approx(off)
        width, height = DEMO_PANEL.px
        touched = [landed(panel, round(x * width), round(y * height)) for x, y in CROSSES]
        shares = [(x / width, y / height) for x, y in touched]
        assert max(off_mm(CROSSES, shares, DEMO_PANEL)) > 5.0, "it is off"
        right = correction(CROSSES, shares, device.matrix)
        pointing.keep(tmp_path, device, right)
        assert await pointing.apply_kept(tmp_path) == 1
        for x, y in CROSSES:
            at = landed(panel, round(x * width), round(y * height))
            assert abs(at[0] - x * width) <= 3
            assert abs(at[1] - y * height) <= 3

    asyncio.run(go())
