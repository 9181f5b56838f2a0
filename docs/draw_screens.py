"""Makes the pictures of docs/screens.md: `python docs/draw_screens.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from kiosk.shell.matrix import Case
from kiosk.shell.studio import Studio

COLOURS = 192
SHORT_SIDE = 240
TARGET = Path(__file__).parent / "pictures"
PICTURES = {
    "screens-standard": Case("card", "standard", "light", "normal", "zh-Hans", "portrait_21"),
    "screens-elder": Case("card", "elder", "light", "normal", "zh-Hans", "portrait_21"),
    "screens-night": Case("choose", "standard", "night", "normal", "zh-Hans", "portrait_21"),
    "screens-high-contrast": Case("choose", "elder", "high_contrast", "normal", "zh-Hant", "portrait_21"),
    "screens-low-reach": Case("keeper", "standard", "light", "low_reach", "zh-Hans", "portrait_21"),
    "screens-narrow": Case("guide", "elder", "light", "normal", "zh-Hans", "portrait_15"),
    "screens-landscape": Case("review", "standard", "light", "normal", "zh-Hans", "landscape_21"),
    "screens-landscape-elder": Case("face_consent", "elder", "night", "normal", "zh-Hans", "landscape_21"),
}


def main() -> None:
    """Write every picture, small."""
    studio = Studio()
    for name, case in PICTURES.items():
        picture = studio.shoot(case.sample(), case.look(), case.shape()).picture
        scale = SHORT_SIDE / min(picture.size)
        small = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS)
        small.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE).save(
            TARGET / f"{name}.png", optimize=True
        )
    sys.stdout.write(f"{len(PICTURES)} pictures: {TARGET}\n")


if __name__ == "__main__":
    main()
