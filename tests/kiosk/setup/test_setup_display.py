"""How large is the panel: what monitors tell, what X makes up, and what a ruler says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.setup.display import Display, NoDisplay, believed, measured, panel_of, parse

SCREEN = "Screen 0: minimum 320 x 200, current {0} x {1}, maximum 16384 x 16384\n"


def xrandr(px: tuple[int, int], mm: tuple[int, int], turned: str = "") -> str:
    line = f"HDMI-1 connected primary {px[0]}x{px[1]}+0+0 {turned}(normal left inverted right) {mm[0]}mm x {mm[1]}mm\n"
    return SCREEN.format(*px) + "DP-1 disconnected (normal left inverted right x axis y axis)\n" + line


@pytest.mark.parametrize(
    ("told", "mm"),
    [
        (xrandr((1920, 1080), (476, 268)), (476.0, 268.0)),
        (xrandr((1080, 1920), (476, 268), "left "), (268.0, 476.0)),  # the monitor tells its size as it was built
        (xrandr((1080, 1920), (0, 0)), None),
        (xrandr((1080, 1920), (286, 508)), None),  # 96 dpi: X's own assumption
        (xrandr((1920, 1080), (160, 90)), None),  # too low for the bar and a button
        (xrandr((1920, 1080), (16, 9)), None),  # the ratio of the sides, as cheap televisions tell it
        (SCREEN.format(800, 600), None),
    ],
)
def test_what_is_told_and_what_is_believed(told: str, mm: tuple[float, float] | None, tmp_path: Path) -> None:
    assert parse(told, tmp_path).mm == mm


def test_the_kernel_is_asked_where_x_has_nothing(tmp_path: Path) -> None:
    edid = bytearray(bytes.fromhex("00ffffffffffff00") + bytes(120))
    edid[54:72] = bytes([0x02, 0x3A, *bytes(10), 476 & 0xFF, 268 & 0xFF, (476 >> 8) << 4 | 268 >> 8, 0, 0, 0])
    (tmp_path / "card0-HDMI-A-1").mkdir()
    (tmp_path / "card0-HDMI-A-1" / "edid").write_bytes(edid)
    (tmp_path / "card0-DP-1").mkdir()
    (tmp_path / "card0-DP-1" / "edid").write_bytes(b"")
    assert parse(xrandr((1080, 1920), (0, 0)), tmp_path).mm == (268.0, 476.0)


def test_no_screen_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoDisplay, match="→"):
        parse("Can't open display\n", tmp_path)


@given(st.integers(600, 4000), st.integers(600, 4000), st.floats(1.0, 8.0))
def test_whoever_measures_gets_the_panel_that_is_there(wide: int, high: int, density: float) -> None:
    """The bar was drawn for the size that was guessed; its length on the real panel says how wrong the guess was."""
    assume(high / density >= 105)  # lower ones are refused: there is no room for the bar and a button
    display = Display(px=(wide, high))
    assumed = panel_of(display)
    bar_px = 50.0 * wide / assumed.mm[0]
    found = measured(display, assumed, round(bar_px / density, 1))
    assert found.mm[0] == pytest.approx(wide / density, rel=0.02)
    assert found.reach_mm <= found.mm[1]
    assert believed(display.px, (wide / density, high / density)) or abs(density - 96 / 25.4) < 0.05


@pytest.mark.parametrize("mm", [0.0, 0.5, 999.9])
def test_a_measure_that_no_panel_has_is_refused(mm: float) -> None:
    display = Display(px=(1080, 1920))
    with pytest.raises((ValueError, ZeroDivisionError)):
        measured(display, panel_of(display), mm)
