"""Makes the pictures of the README out of a headless demo: `python docs/take_pictures.py out/demo`."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

WIDTH = 360
COLOURS = 192
TARGET = Path(__file__).parent / "pictures"
PICTURES = {
    "standard-idle": "screens/standard-*-idle.png",
    "standard-face-consent": "screens/standard-*-face_consent.png",
    "standard-review": "screens/standard-*-review.png",
    "standard-printing": "screens/standard-*-printing.png",
    "elder-card": "screens/elder-*-card.png",
    "elder-face-consent": "screens/elder-*-face_consent.png",
    "elder-face": "screens/elder-*-face.png",
    "elder-printing": "screens/elder-*-printing.png",
    "certificate": "papers/certificate-*.png",
    "receipt": "papers/receipt-*.png",
}
"""The picture's name, and where the demo leaves it; the first of several is taken."""


def main() -> int:
    """Write every picture, small. Exit 1 when the demo did not leave one."""
    demo = Path(sys.argv[1])
    TARGET.mkdir(exist_ok=True)
    for name, pattern in PICTURES.items():
        found = sorted(demo.glob(pattern))
        if not found:
            sys.stderr.write(f"{demo}/{pattern} is not there; run `kiosk demo --headless --out {demo}` first\n")
            return 1
        with Image.open(found[0]) as picture:
            small = picture.convert("RGB").resize(
                (WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS
            )
            small.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE).save(
                TARGET / f"{name}.png", optimize=True
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
