"""Stand-ins for what comes from devices: a page of a document, and what the camera sees. RGB, top row first."""

from __future__ import annotations

from functools import cache


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
