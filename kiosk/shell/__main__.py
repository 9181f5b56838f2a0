"""`python -m kiosk.shell`, started by the core: opens the window and draws what it is told."""

from __future__ import annotations

import sys
from pathlib import Path

from drivers.link.memory import be_frugal
from drivers.link.parent import parent_channel
from kiosk import fonts
from kiosk.screens.protocol import Quit, Setup
from kiosk.shell import ruler, window
from kiosk.shell.link import CoreGone, Link

REGULAR, BOLD = "regular", "bold"
"""Keys of Setup.fonts; the prepared fonts stand in for those that are not named."""


def _font(setup: Setup, name: str, otherwise: fonts.Font) -> fonts.Font:
    if name not in setup.fonts:
        return otherwise
    path = Path(setup.fonts[name])
    return fonts.Font(path, path.with_suffix(".coverage").read_bytes())


def main() -> int:
    """Return 0 when told to quit, when the core is gone, or when the window was closed."""
    be_frugal()
    link = Link(parent_channel())
    window.configure()
    try:
        message = link.wait().message
        if isinstance(message, Quit):
            return 0
        if not isinstance(message, Setup):
            raise SystemExit(f"{type(message).__name__} came before Setup")
        opened = window.open_window(message.panel, cursor=message.cursor)

        from kiosk.shell.letters import Letters
        from kiosk.shell.shell import Shell

        regular = _font(message, REGULAR, fonts.screen_regular())
        bold = _font(message, BOLD, fonts.screen_bold())
        Shell(link, message, opened, Letters(ruler.measure, regular, bold)).run()
    except CoreGone:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
