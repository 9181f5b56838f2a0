"""How large the panel is: pixels as X shows them, millimetres as the monitor tells them (EDID), or not told at all.

`xrandr` says both of the output that is lit. Millimetres that are only X's own assumption of 96 dpi count for nothing. Where xrandr
has none, the kernel may: /sys/class/drm/*/edid (VESA E-EDID 1.4: the first detailed timing has millimetres, bytes 12 to 14).
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import msgspec

from kiosk.settings.profile import DENSITIES, LEAST_REACH_MM, PanelSettings
from kiosk.setup.limits import limits

_OUTPUT = re.compile(r"^(\S+) connected (?:primary )?(\d+)x(\d+)\+\d+\+\d+.*?(\d+)mm x (\d+)mm", re.MULTILINE)
_SCREEN = re.compile(r"^Screen \d+:.* current (\d+) x (\d+),", re.MULTILINE)
_SECONDS = 5.0
_HEADER = bytes.fromhex("00ffffffffffff00")
_DETAILED = 54


class Display(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of the panel. `mm` None: nobody has told its size."""

    px: tuple[int, int]
    mm: tuple[float, float] | None = None
    name: str = ""


class NoDisplay(Exception):
    """There is no screen to set up on; says in Chinese what to do."""


def read_display(drm: Path = Path("/sys/class/drm")) -> Display:
    """Ask the X server of DISPLAY, then the kernel. Raise NoDisplay."""
    try:
        told = subprocess.run(["xrandr", "--query"], capture_output=True, text=True, timeout=_SECONDS)
    except FileNotFoundError:
        raise NoDisplay("没有 xrandr，不知道屏幕有多大 → 安装 x11-xserver-utils，再试一次") from None
    except subprocess.TimeoutExpired:
        raise NoDisplay("屏幕（X 服务）没有应答 → 检查 DISPLAY 指的屏幕是否在运行") from None
    if told.returncode:
        raise NoDisplay("连不上屏幕（X 服务）→ 检查 DISPLAY 指的屏幕是否在运行；没有屏幕的用 --answers 和 --yes")
    return parse(told.stdout, drm)


def parse(told: str, drm: Path) -> Display:
    """Read what xrandr said. Raise NoDisplay."""
    output, screen = _OUTPUT.search(told), _SCREEN.search(told)
    found = output or screen
    if found is None:
        raise NoDisplay("看不出屏幕有多少像素 → 运行 xrandr，看屏幕是否接好、是否点亮")
    name, first = (output[1], 2) if output else ("", 1)
    px = (int(found[first]), int(found[first + 1]))
    mm = _upright(px, (float(output[4]), float(output[5]))) if output else None
    if mm is None or not believed(px, mm):
        mm = next((each for each in _edids(px, drm) if believed(px, each)), None)
    return Display(px=px, mm=mm, name=name)


def believed(px: tuple[int, int], mm: tuple[float, float]) -> bool:
    """Whether these millimetres can be a panel's: square pixels of a usual size, and not just what X assumes."""
    if min(mm) <= 0 or mm[1] < LEAST_REACH_MM:
        return False
    across, down = px[0] / mm[0], px[1] / mm[1]
    assumed = limits().made_up_dpi / 25.4
    made_up = abs(across / assumed - 1) < 0.01 and abs(down / assumed - 1) < 0.01
    return 0.97 < across / down < 1.03 and DENSITIES[0] <= across <= DENSITIES[1] and not made_up


def panel_of(display: Display, mm: tuple[float, float] | None = None) -> PanelSettings:
    """The panel as a profile has it; where nothing was told, of the size that is guessed until somebody has measured."""
    size = mm or display.mm
    if size is None:
        size = (display.px[0] / limits().guess_px_per_mm, display.px[1] / limits().guess_px_per_mm)
    size = (round(size[0], 1), round(size[1], 1))
    return PanelSettings(px=display.px, mm=size, reach_mm=min(limits().reach_mm, size[1]))


def measured(display: Display, assumed: PanelSettings, mm: float) -> PanelSettings:
    """The panel on which the bar of `ruler_mm`, drawn for the assumed size, was measured to be `mm` long. Raise ValueError."""
    share = mm / limits().ruler_mm
    return panel_of(display, (assumed.mm[0] * share, assumed.mm[1] * share))


def _upright(px: tuple[int, int], mm: tuple[float, float]) -> tuple[float, float]:
    """The monitor tells its size as it was built; a panel that was turned has width and height the other way round."""
    return (mm[1], mm[0]) if (px[0] > px[1]) != (mm[0] > mm[1]) else mm


def _edids(px: tuple[int, int], drm: Path) -> list[tuple[float, float]]:
    found = []
    for file in sorted(drm.glob("*/edid")):
        raw = file.read_bytes()
        if len(raw) < _DETAILED + 15 or raw[:8] != _HEADER:
            continue
        timing = raw[_DETAILED : _DETAILED + 18]
        if timing[:2] == b"\0\0":
            continue  # a descriptor of something else
        wide, high = timing[12] | (timing[14] & 0xF0) << 4, timing[13] | (timing[14] & 0x0F) << 8
        found.append(_upright(px, (float(wide), float(high))))
    return found
