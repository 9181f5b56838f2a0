"""Pictures of given screens as they are: one WebP a page and panel. For screens that have one look only, and for manuals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from kiosk.screens.screen import Look, Screen
from kiosk.shell import tokens
from kiosk.shell.studio import Studio

_QUALITY = 82
_PAGES_AT_MOST = 9


def draw(out: Path, screens: Sequence[Screen], panels: Sequence[str] = ("portrait_21",)) -> list[Path]:
    """Draw every page of every screen on every panel; return the files, `<number>-<name>-<panel>-<page>.webp`.

    Opens a window that nobody sees: once a process. Raise KeyError for a panel that there is not.
    """
    studio = Studio()
    out.mkdir(parents=True, exist_ok=True)
    found: list[Path] = []
    for panel in panels:
        for number, screen in enumerate(screens, start=1):
            for page, picture in enumerate(pages(studio, screen, panel), start=1):
                path = out / f"{number:03}-{screen.name}-{panel}-{page}.webp"
                picture.save(path, quality=_QUALITY, method=2)
                found.append(path)
    return found


def pages(studio: Studio, screen: Screen, panel: str) -> list[Image.Image]:
    """Each page of a screen."""
    found: list[Image.Image] = []
    total = 1
    while len(found) < min(total, _PAGES_AT_MOST):
        shot = studio.shoot(screen, Look(), tokens.panels()[panel], page=len(found))
        total = shot.laid.pages
        found.append(shot.picture)
    return found
