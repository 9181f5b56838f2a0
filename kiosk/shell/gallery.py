"""The gallery: pictures of screens in their looks on their panels, gathered into one page that works offline.

DIR/index.html      thumbnails, filtered by axis; a touch shows the picture
DIR/pictures/       one WebP a page of a screen, at the panel's pixels
DIR/thumbnails/     the same, small
DIR/trees/          the accessibility tree of each picture (docs/screen-tree.md)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path

import msgspec
from PIL import Image

from kiosk.screens.screen import Mode
from kiosk.shell import matrix
from kiosk.shell.matrix import Case
from kiosk.shell.samples import samples
from kiosk.shell.studio import Shot, Studio
from kiosk.shell.tree import tree

THUMBNAIL = 270
"""Pixels of the shorter side."""
_QUALITY = 82
_PAGES_AT_MOST = 9


class Entry(msgspec.Struct, frozen=True):
    """One picture on the page."""

    name: str
    case: Case
    page: int
    pages: int
    size: tuple[int, int]


def make(out: Path, cases: Sequence[Case], done: Callable[[int, int], None] = lambda _, __: None) -> Path:
    """Write pictures, thumbnails, trees and the page; return its path. `done(number, of)` is told after each case.

    Opens a window that nobody sees: once a process.
    """
    studio = Studio()
    for folder in ("pictures", "thumbnails", "trees"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    entries: list[Entry] = []
    for number, case in enumerate(cases, start=1):
        entries.extend(_shoot(studio, case, out))
        done(number, len(cases))
    page = out / "index.html"
    page.write_text(_page(entries), "utf-8")
    return page


def thumbnail(picture: Image.Image) -> Image.Image:
    """The picture, small; also what references are kept and compared at."""
    scale = THUMBNAIL / min(picture.size)
    return picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.BOX)


def _shoot(studio: Studio, case: Case, out: Path) -> list[Entry]:
    screen, look, panel = case.sample(), case.look(), case.shape()
    found: list[Entry] = []
    pages = 1
    while len(found) < min(pages, _PAGES_AT_MOST):
        shot: Shot = studio.shoot(screen, look, panel, page=len(found))
        pages = shot.laid.pages
        entry = Entry(f"{case.name}-{len(found) + 1}", case, len(found) + 1, pages, shot.picture.size)
        shot.picture.save(out / "pictures" / f"{entry.name}.webp", quality=_QUALITY, method=2)
        thumbnail(shot.picture).save(out / "thumbnails" / f"{entry.name}.webp", quality=_QUALITY)
        published = msgspec.json.format(msgspec.json.encode(tree(shot.laid, panel)), indent=1)
        (out / "trees" / f"{entry.name}.json").write_bytes(published)
        found.append(entry)
    return found


def _page(entries: list[Entry]) -> str:
    """The page with its data inside, because a browser reads no other file from a folder."""
    titles = {screen.name: screen.title for screen in samples(Mode.STANDARD)}
    data = msgspec.json.encode({"axes": matrix.AXES, "titles": titles, "entries": entries})
    text = resources.files("kiosk.shell").joinpath("gallery.html").read_text("utf-8")
    return text.replace("/*DATA*/null", data.decode("utf-8").replace("</", "<\\/"))
