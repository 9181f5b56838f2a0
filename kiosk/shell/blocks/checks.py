"""What was checked: an icon, the thing, a word for its state, and what to do."""

from __future__ import annotations

from kiosk.screens.parts import Check, Checks, CheckState, Icon
from kiosk.shell.kit import Kit, Piece, put
from kiosk.shell.letters import Style
from kiosk.shell.marks import Box, Fill, Mark, Node, Part, Role

_GROW = 1.35
"""A row may grow by this much when there is room."""
_ICONS = {CheckState.OK: Icon.CHECK, CheckState.MISSING: Icon.ATTENTION, CheckState.WAITING: Icon.CLOCK}


def pieces(checks: Checks, kit: Kit, key: str, width: int) -> list[Piece]:
    """One card a row, close together."""
    return [_row(check, kit, f"{key}.{index}", width, index == 0) for index, check in enumerate(checks.rows)]


def _row(check: Check, kit: Kit, key: str, width: int, first: bool) -> Piece:
    length, colour = kit.length, kit.colour
    inner = width - 2 * length.padding
    icon_room = length.icon + length.gap
    word = kit.set(check.word, Style(kit.ink.body, bold=True, leading=1.35), inner // 2)
    label_room = inner - icon_room - word.width - length.gap
    label = kit.set(check.label, Style(kit.ink.body, leading=1.35), label_room)
    note = (
        kit.set(check.note, Style(kit.ink.small, leading=1.4), inner - icon_room, balanced=True) if check.note else None
    )
    top_height = max(label.height, word.height)
    text_height = top_height + (note.height + length.gap // 3 if note else 0)
    height = max(length.check_row, text_height + length.padding)
    fills = {
        CheckState.OK: (colour.card, colour.good),
        CheckState.MISSING: (colour.attention_soft, colour.attention),
        CheckState.WAITING: (colour.card, colour.muted),
    }
    ground, accent = fills[check.state]

    def place(box: Box) -> list[Part]:
        x = box.x + length.padding
        y = box.y + (box.h - text_height) // 2
        icon = Box(x, y + (label.line_height - length.icon) // 2, length.icon, length.icon)
        outline = accent if check.state is CheckState.MISSING else colour.line
        marks: list[Mark] = [Fill(box, ground, length.radius, outline, length.line)]
        marks.extend(kit.icon(_ICONS[check.state], icon, accent))
        nodes: list[Node] = []
        drawn, node = put(label, x + icon_room, y, colour.ink)
        marks.extend(drawn)
        nodes.append(node)
        drawn, node = put(word, box.right - length.padding - word.width, y, accent)
        marks.extend(drawn)
        nodes.append(node)
        if note:
            drawn, node = put(note, x + icon_room, y + text_height - note.height, colour.ink)
            marks.extend(drawn)
            nodes.append(node)
        inks = [paragraph.ink for paragraph in (label, word, note) if paragraph]
        value = f"{check.word} {check.note}".strip()
        item = Node(Role.LIST_ITEM, check.label, box, value=value, ink=min(inks), children=tuple(nodes))
        return [Part(key, item, tuple(marks))]

    before = length.space if first else length.gap // 2
    return Piece(least=height, best=height, most=round(height * _GROW), before=before, place=place)
