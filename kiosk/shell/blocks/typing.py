"""A field that is typed into, and below everything else the board it is typed on. A screen that has one is laid out by
kiosk.shell.typed_column: the board is never turned away from the field."""

from __future__ import annotations

from kiosk.screens.parts import Typing
from kiosk.shell.blocks.typing_board import board
from kiosk.shell.blocks.typing_field import field
from kiosk.shell.input.state import State, at_first
from kiosk.shell.kit import Kit, Piece, as_one


def pieces(typing: Typing, kit: Kit, key: str, width: int) -> list[Piece]:
    """The field, and the board."""
    state = state_of(typing, kit)
    keys = as_one(board(typing, state, kit, f"{key}.keys", width))
    return [field(typing, state, kit, f"{key}.{typing.id}", width), keys]


def state_of(typing: Typing, kit: Kit) -> State:
    """What is typed by now."""
    return kit.draft.typing or at_first(typing, kit.look.mode)
