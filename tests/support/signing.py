"""A clip of sign language that shows nobody: made when a test needs one."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

FPS = 25.0
SIZE = (160, 200)
COLOURS = {"red": (200, 30, 30), "blue": (30, 30, 200)}
"""RGB."""


def clip(path: Path, colour: str = "red", *, seconds: float = 1.0, size: tuple[int, int] = SIZE) -> Path:
    """A bright bar that wanders from left to right over a ground of this colour."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, size)
    assert writer.isOpened()
    count = round(seconds * FPS)
    for number in range(count):
        picture = np.empty((size[1], size[0], 3), np.uint8)
        picture[:] = COLOURS[colour][::-1]
        begin = number * (size[0] - 20) // max(1, count - 1)
        picture[size[1] // 4 : size[1] // 2, begin : begin + 20] = 255
        writer.write(picture)
    writer.release()
    return path


def manifest(folder: Path, **says: str) -> Path:
    """A folder of clips: file name without its ending, and what it signs."""
    lines = ['signer = "测试"', 'licence = "Apache-2.0"']
    for name, text in says.items():
        lines += ["[[clips]]", f'file = "{name}.mp4"', f'says = "{text}"']
    (folder / "manifest.toml").write_text("\n".join(lines), "utf-8")
    return folder
