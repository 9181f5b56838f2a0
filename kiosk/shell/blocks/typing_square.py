"""The square to write in with a finger, and two keys beside it. The ink itself is the painter's: it follows the finger."""

from __future__ import annotations

from kiosk.shell.blocks.typing_key import icon_key, word_key
from kiosk.shell.input.sizes import pixels
from kiosk.shell.input.state import State
from kiosk.shell.input.words import key_words
from kiosk.shell.kit import Kit, put
from kiosk.shell.letters import Style
from kiosk.shell.marks import CLEAR, ERASE, Box, Draws, Fill, Mark, Node, Part, Role, Strikes, Target

_KEYS_WIDE = 2.0
"""Width of the keys beside the square, in keys."""


def square(state: State, kit: Kit, key: str, box: Box) -> list[Part]:
    """The square in the middle, the keys at its right."""
    size, words, length = pixels(kit.look.mode, kit.scale), key_words(kit.look.language), kit.length
    keys_wide = round(_KEYS_WIDE * size.key)
    side = min(box.h, size.square_most, box.w - keys_wide - size.gap)
    left = box.x + (box.w - side - size.gap - keys_wide) // 2
    at = Box(left, box.y + (box.h - side) // 2, side, side)
    hint = kit.set(words.write_here, Style(size.note, leading=1.3), side - 2 * size.gap, balanced=True)
    marks: list[Mark] = [Fill(at, kit.colour.card, length.radius, kit.colour.primary, length.edge), *_cross(at, kit)]
    children: tuple[Node, ...] = ()
    if not state.strokes and not state.text:
        drawn, node = put(hint, at.x, at.bottom - hint.height - size.gap, kit.colour.muted, width=at.w, align="centre")
        marks.extend(drawn)
        children = (node,)
    name = Node(Role.IMAGE, words.square, at, children=children)
    high = min(size.key_high, (side - size.gap) // 2)
    x = at.right + size.gap
    undo = words.undo if state.strokes else words.erase
    return [
        Part(f"{key}.square", name, tuple(marks), Target(at, Draws(), length.radius)),
        icon_key(f"{key}.erase", undo, "erase", Strikes(ERASE), kit, Box(x, at.y, keys_wide, high)),
        word_key(
            f"{key}.clear",
            words.clear,
            Strikes(CLEAR),
            kit,
            Box(x, at.bottom - high, keys_wide, high),
            enabled=state.strokes > 0,
        ),
    ]


def _cross(at: Box, kit: Kit) -> tuple[Fill, Fill]:
    """The lines that a writing square has, so that parts of a character find their places."""
    thick, away = kit.length.line, kit.length.gap
    ink = kit.colour.track
    return (
        Fill(Box(at.x + away, at.y + at.h // 2, at.w - 2 * away, thick), ink),
        Fill(Box(at.x + at.w // 2, at.y + away, thick, at.h - 2 * away), ink),
    )
