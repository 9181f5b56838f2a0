"""Draws the pictures of the manuals that are not there yet, or show a screen as it was: `make manuals` (`--all`: every one).

A manual says `![…](pictures/staff/home-2.png)`: the second of the sample screens named `staff_home` (kiosk/maintenance/samples).
In each picture stands a digest of the screen that it shows, so that a test can tell that a manual shows what staff see.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter
from pathlib import Path

import msgspec
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from kiosk.maintenance.samples import samples
from kiosk.screens.screen import Screen

DOCS = Path(__file__).parent
FOLDER = DOCS / "pictures" / "staff"
WIDTH = 360
COLOURS = 128
SHOWS = "shows"
"""The key of the digest in a picture's text."""


def screens() -> dict[str, Screen]:
    """Every sample by the name of its picture."""
    seen: Counter[str] = Counter()
    found: dict[str, Screen] = {}
    for screen in samples():
        name = screen.name.removeprefix("staff_").replace("_", "-")
        seen[name] += 1
        found[name if seen[name] == 1 else f"{name}-{seen[name]}"] = screen
    return found


def wanted() -> set[str]:
    """The pictures that the manuals show."""
    texts = "".join(page.read_text("utf-8") for page in sorted(DOCS.glob("*.md")))
    return set(re.findall(r"pictures/staff/([a-z0-9-]+)\.png", texts)) & set(screens())


def digest(screen: Screen) -> str:
    """Of everything that the screen says."""
    return hashlib.sha256(msgspec.json.encode(screen)).hexdigest()


def shown_in(picture: Path) -> str:
    """The digest of the screen that a picture shows; empty when it says none."""
    with Image.open(picture) as opened:
        return str(opened.info.get(SHOWS, ""))


def stale() -> list[str]:
    """The pictures that are missing or show what is not so any more."""
    there = screens()
    return [
        name
        for name in sorted(wanted())
        if not (path := FOLDER / f"{name}.png").exists() or shown_in(path) != digest(there[name])
    ]


def main() -> int:
    """Draw them."""
    from kiosk.shell.album import pages
    from kiosk.shell.studio import Studio

    names = sorted(wanted()) if "--all" in sys.argv else stale()
    if not names:
        return 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    there, studio = screens(), Studio()
    for name in names:
        first = pages(studio, there[name], "portrait_21")[0].convert("RGB")
        small = first.resize((WIDTH, round(first.height * WIDTH / first.width)), Image.Resampling.LANCZOS)
        info = PngInfo()
        info.add_text(SHOWS, digest(there[name]))
        path = FOLDER / f"{name}.png"
        small.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE).save(
            path, optimize=True, pnginfo=info
        )
        sys.stdout.write(f"{path.relative_to(DOCS.parent)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
