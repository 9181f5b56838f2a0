"""Reference pictures: how each screen of the sample looked when somebody last looked at it and was content.

`make reference` renews them: python -m tests.kiosk.shell.references. Look at what has changed before you commit it.

A picture is compared small (270 pixels on its shorter side) and in blocks: letters that another FreeType or Mesa draws half a
pixel elsewhere change no block much; a button that moved, a text that is gone or a colour that is wrong changes some by a lot.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from kiosk.shell import matrix
from kiosk.shell.gallery import thumbnail
from kiosk.shell.studio import Studio

FOLDER = Path(__file__).parent / "references"
FAILED = Path("out/references")
"""Where a failed comparison leaves the pair and their difference."""
BLOCK = 9
"""Pixels of a small picture: four millimetres of a 21.5" panel on each side."""
MOST = 14.0
"""A block's mean may differ by this much of 255, in the worst of the three colours."""
QUALITY = 80


def take(cases: list[matrix.Case], out: Path) -> None:
    """Draw these cases, in a process of its own: it opens a window that nobody sees.

    Leaves OUT/NAME.png, and OUT/NAME.webp, which is small.
    """
    subprocess.run(
        [sys.executable, "-m", "tests.kiosk.shell.references", str(out), *(case.name for case in cases)], check=True
    )


def draw(out: Path, names: set[str]) -> None:
    studio = Studio()
    out.mkdir(parents=True, exist_ok=True)
    for case in (*matrix.whole(), *matrix.pilots()):
        if case.name in names:
            picture = studio.shoot(case.sample(), case.look(), case.shape()).picture
            picture.save(out / f"{case.name}.png", compress_level=1)
            thumbnail(picture).save(out / f"{case.name}.webp", quality=QUALITY, method=6)


def small(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The largest difference of a block's mean colour; 255 for pictures of different sizes."""
    if one.size != other.size:
        return 255.0
    return float(np.abs(_blocks(one) - _blocks(other)).max())


def _blocks(picture: Image.Image) -> np.ndarray:
    size = (-(-picture.width // BLOCK), -(-picture.height // BLOCK))
    return np.asarray(picture.resize(size, Image.Resampling.BOX), dtype=float)


def leave(name: str, was: Image.Image, now: Image.Image) -> Path:
    """Leave both pictures and what differs, side by side."""
    FAILED.mkdir(parents=True, exist_ok=True)
    sheet = Image.new("RGB", (was.width + 2 * now.width + 20, max(was.height, now.height)), "white")
    sheet.paste(was, (0, 0))
    sheet.paste(now, (was.width + 10, 0))
    if was.size == now.size:
        changed = np.abs(np.asarray(was, dtype=int) - np.asarray(now, dtype=int)).max(axis=2)
        sheet.paste(
            Image.fromarray(255 - np.clip(3 * changed, 0, 255).astype("uint8")), (was.width + now.width + 20, 0)
        )
    path = FAILED / f"{name}.png"
    sheet.save(path)
    return path


def renew() -> None:
    """Replace all references."""
    cases = [*matrix.pairwise(), *matrix.pilots()]
    out = FAILED.parent / "references-new"
    take(cases, out)
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    for case in cases:
        shutil.copy(out / f"{case.name}.webp", FOLDER)
    sys.stdout.write(f"{len(cases)} pictures: {FOLDER}\n")


if __name__ == "__main__":
    if sys.argv[1:]:
        draw(Path(sys.argv[1]), set(sys.argv[2:]))
    else:
        renew()
