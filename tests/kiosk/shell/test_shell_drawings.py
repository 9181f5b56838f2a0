from __future__ import annotations

import io
from itertools import pairwise

import pytest
import resvg_py
from PIL import Image, ImageChops

from kiosk.screens.parts import Drawing, Icon
from kiosk.screens.screen import Mode, Theme
from kiosk.shell import drawings, motion, tokens
from kiosk.shell.marks import Box

COLOURS = tokens.colours(Theme.LIGHT, Mode.STANDARD)
ICONS = [*(icon for icon in Icon if icon is not Icon.NONE), "tick", "up", "down"]


def picture(svg: str, width: int, height: int) -> Image.Image:
    return Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg, width=width, height=height))).convert("RGBA")


@pytest.mark.parametrize("icon", ICONS)
def test_every_icon_is_drawn_and_stays_in_its_square(icon: str) -> None:
    text = (drawings.folder("icons") / f"{icon}.svg").read_text("utf-8")
    left, top, right, bottom = picture(text, 96, 96).getchannel("A").getbbox() or (0, 0, 0, 0)
    assert right - left > 30
    assert left >= 2
    assert top >= 2
    assert right <= 94
    assert bottom <= 94


@pytest.mark.parametrize("drawing", Drawing)
def test_every_drawing_moves_as_named_and_no_layer_is_cut(drawing: Drawing) -> None:
    layers = drawings.layers(drawing, COLOURS)
    width = 640
    whole = Box(0, 0, width, round(width / drawings.ratio(drawing)))
    assert layers
    for layer in layers:
        assert layer.motion in ("", *motion.MOTIONS)
        box = layer.box(whole)
        tight = picture(layer.svg, box.w, box.h)
        # The same layer with its frame let out by 40 on every side shows no more ink.
        x, y, w, h = (float(number) for number in layer.svg.split('viewBox="')[1].split('"')[0].split())
        wider = layer.svg.replace(f"{x:g} {y:g} {w:g} {h:g}", f"{x - 40:g} {y - 40:g} {w + 80:g} {h + 80:g}", 1)
        loose = picture(wider, box.w + 80, box.h + 80)
        frame = Image.new("L", loose.size, 255)
        frame.paste(0, (40, 40, 40 + box.w, 40 + box.h))
        outside = ImageChops.multiply(loose.getchannel("A"), frame)
        assert outside.getbbox() is None
        assert tight.getchannel("A").getbbox() is not None


@pytest.mark.parametrize("name", motion.MOTIONS)
def test_motions_are_slow_and_stay_near(name: str) -> None:
    poses = [motion.pose(name, tick / 60) for tick in range(60 * 12)]
    assert all(abs(pose.dx) <= 0.75 and abs(pose.dy) <= 0.65 and 0.2 < pose.opacity <= 1 for pose in poses)
    changes = sum(one != other for one, other in pairwise(poses))
    assert 0 < changes / 12 <= 13, "more frames a second than a rest between visits should cost"
