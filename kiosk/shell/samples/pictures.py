"""Stand-ins for what comes from devices: a page of a document, and what the camera sees. RGB, top row first."""

from __future__ import annotations

import math
from functools import cache

from PIL import Image, ImageDraw


@cache
def page_rgb(width: int, height: int) -> bytes:
    """A page of grey lines on white."""
    row = bytearray(b"\xff" * width * 3)
    line = bytearray(row)
    line[width // 8 * 3 : width * 7 // 8 * 3] = b"\x9a" * (width * 7 // 8 - width // 8) * 3
    rows = [
        line if y > height // 10 and y % (height // 24) < height // 90 and y < height * 0.8 else row
        for y in range(height)
    ]
    return b"".join(rows)


@cache
def camera_rgb(width: int, height: int) -> bytes:
    """A head and shoulders in three greys; brighter on the left, so that mirroring shows."""
    pixels = bytearray()
    for y in range(height):
        for x in range(width):
            head = ((x - width / 2) / (width * 0.2)) ** 2 + ((y - height * 0.45) / (height * 0.22)) ** 2 < 1
            body = ((x - width / 2) / (width * 0.42)) ** 2 + ((y - height) / (height * 0.36)) ** 2 < 1
            grey = 190 if head else 90 if body else 215 - 60 * x // width
            pixels += bytes((grey, grey, min(255, grey + 12)))
    return bytes(pixels)


@cache
def signing_rgb(width: int, height: int, phase: float = 0.0) -> bytes:
    """Somebody who signs, in flat colours: the hands are where they are at this phase (0 to 1) of a movement."""
    picture = Image.new("RGB", (width, height), "#2f4858")
    draw = ImageDraw.Draw(picture)
    middle, turn = width / 2, 2 * math.pi * phase

    def blob(x: float, y: float, across: float, down: float, colour: str) -> None:
        draw.ellipse((x - across, y - down, x + across, y + down), fill=colour)

    blob(middle, height * 1.02, width * 0.36, height * 0.46, "#1d2b36")
    blob(middle, height * 0.27, width * 0.15, height * 0.15, "#c99a7a")
    for side in (-1, 1):
        hand = (middle + side * width * (0.2 + 0.1 * math.sin(turn)), height * (0.62 - 0.12 * math.cos(turn + side)))
        draw.line((middle + side * width * 0.3, height * 0.78, *hand), fill="#1d2b36", width=round(width * 0.11))
        blob(*hand, width * 0.075, height * 0.065, "#c99a7a")
    return picture.tobytes()
