"""One key of a keyboard."""

from __future__ import annotations

from kiosk.shell.input.sizes import pixels
from kiosk.shell.kit import Kit, put
from kiosk.shell.letters import Style
from kiosk.shell.marks import Box, Does, Fill, IconMark, Mark, Node, Part, Role, Target

_ICON = 0.42
"""Share of a key's shorter side that its drawing takes."""


def letter_key(key: str, letter: str, does: Does, kit: Kit, box: Box, *, enabled: bool = True) -> Part:
    """A key with a letter or a digit."""
    return _key(key, letter, letter, does, kit, box, pixels(kit.look.mode, kit.scale).letter, enabled=enabled)


def word_key(
    key: str, word: str, does: Does, kit: Kit, box: Box, *, chosen: bool = False, enabled: bool = True
) -> Part:
    """A key with a word; `chosen` is the way that is open, filled and bold."""
    return _key(
        key,
        word,
        word,
        does,
        kit,
        box,
        pixels(kit.look.mode, kit.scale).word,
        chosen=chosen,
        soft=not chosen,
        enabled=enabled,
    )


def icon_key(key: str, name: str, icon: str, does: Does, kit: Kit, box: Box, *, enabled: bool = True) -> Part:
    """A key with its word, or with a drawing where the word has no room; `name` is what a screen reader says."""
    size = pixels(kit.look.mode, kit.scale)
    if kit.set(name, Style(size.word, leading=1.2), 10 * box.w).width <= box.w - size.gap:
        return word_key(key, name, does, kit, box, enabled=enabled)
    side = round(min(box.w, box.h) * _ICON)
    at = Box(box.x + (box.w - side) // 2, box.y + (box.h - side) // 2, side, side)
    ink = kit.colour.ink if enabled else kit.colour.disabled
    return _framed(
        key, name, does, kit, box, (IconMark(at, icon, ink, kit.stroke),), (), None, soft=True, enabled=enabled
    )


def _key(
    key: str,
    name: str,
    shown: str,
    does: Does,
    kit: Kit,
    box: Box,
    ink: int,
    *,
    chosen: bool = False,
    soft: bool = False,
    enabled: bool = True,
) -> Part:
    colour = kit.colour
    text = kit.set(shown, Style(ink, bold=chosen, leading=1.2), 10 * box.w)
    drawn, node = put(
        text,
        box.x,
        box.y + (box.h - text.height) // 2,
        colour.on_primary if chosen else colour.ink if enabled else colour.disabled,
        width=box.w,
        align="centre",
    )
    return _framed(key, name, does, kit, box, drawn, (node,), text.ink, chosen=chosen, soft=soft, enabled=enabled)


def _framed(
    key: str,
    name: str,
    does: Does,
    kit: Kit,
    box: Box,
    drawn: tuple[Mark, ...],
    children: tuple[Node, ...],
    ink: float | None,
    *,
    chosen: bool = False,
    soft: bool = False,
    enabled: bool = True,
) -> Part:
    colour, length = kit.colour, kit.length
    ground = colour.primary if chosen else colour.speech if soft else colour.card
    edge = colour.primary if chosen else colour.edge
    if not enabled:
        ground, edge = colour.disabled_card, colour.disabled_card
    frame = Fill(box, ground, length.radius * 2 // 3, edge, length.line)
    node = Node(
        Role.BUTTON,
        name,
        box,
        value=kit.words.ticked if chosen else "",
        enabled=enabled and not kit.draft.busy,
        ink=ink,
        actions=("press",),
        children=children,
    )
    return Part(key, node, (frame, *drawn), Target(box, does, length.radius * 2 // 3, dark=chosen) if enabled else None)
