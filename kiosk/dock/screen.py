"""`GET /screen`: what is on the glass now, as the shell laid it out. Its shape is described in docs/screen-tree.md."""

from __future__ import annotations

from typing import Any

from kiosk.settings.profile import Profile
from kiosk.window import ShellWindow


def screen_of(window: ShellWindow, profile: Profile) -> dict[str, Any]:
    """Return the screen as JSON values; `drawn` is false until what the core asked for is on the glass."""
    shown, tree = window.showing, window.tree
    look = shown.look if shown else None
    return {
        "screen": shown.screen.name if shown else None,
        "number": shown.number if shown else 0,
        "mode": look.mode.value if look else None,
        "theme": look.theme.value if look else None,
        "layout": look.layout.value if look else None,
        "language": look.language if look else None,
        "panel": {"px": list(profile.panel.px), "mm": list(profile.panel.mm)},
        "drawn": tree is not None and shown is not None and window.drawn_number >= shown.number,
        "tree": tree.tree if tree is not None else [],
    }
