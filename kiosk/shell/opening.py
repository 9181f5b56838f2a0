"""What a screen holds when it has just come: its boxes ticked as the core says, its fields empty."""

from __future__ import annotations

from kiosk.screens.parts import Ticks
from kiosk.screens.screen import Screen
from kiosk.shell.kit import Draft
from kiosk.shell.typing_pad import Typed


def draft_at_first(screen: Screen) -> Draft:
    """Nothing touched yet."""
    typed = Typed(screen)
    return Draft(ticked=ticked_at_first(screen), typed=typed.shown(), field=typed.field)


def ticked_at_first(screen: Screen) -> tuple[str, ...]:
    """The boxes that come ticked."""
    return tuple(tick.id for block in screen.blocks if isinstance(block, Ticks) for tick in block.rows if tick.ticked)
