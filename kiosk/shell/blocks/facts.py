"""A card of labelled values: label left, value right; one above the other where the label is long, or a value would be torn."""

from __future__ import annotations

from kiosk.screens.parts import Fact, Facts, Icon
from kiosk.shell.kit import Kit, Piece, put
from kiosk.shell.letters import Paragraph, Style
from kiosk.shell.lines import units
from kiosk.shell.marks import Box, Fill, Mark, Node, Part, Role

_GROW = 1.8
"""Rows may grow by this much when there is room."""
_ICON = 1.2
"""Size of an icon before a label, in icons of a button: it stands alone, not beside a word of its own size."""
_LABEL_SHARE = 0.36
"""A label wider than this share of the card stands above its value."""


def pieces(facts: Facts, kit: Kit, key: str, width: int) -> list[Piece]:
    """One card; torn, a card for each row."""
    heading = kit.set(facts.heading, Style(kit.ink.heading, bold=True), width) if facts.heading else None
    above = heading.height + kit.length.gap // 2 if heading else 0
    rows = _Rows(facts.rows, kit, width - 2 * kit.length.padding)
    height = above + rows.height + kit.length.padding

    def place(box: Box) -> list[Part]:
        parts = []
        if heading:
            marks, node = put(heading, box.x, box.y, kit.colour.muted, role=Role.HEADING)
            parts.append(Part(f"{key}.heading", node, marks))
        card = Box(box.x, box.y + above, box.w, box.h - above)
        drawn, nodes = rows.place(card.x + kit.length.padding, card.y + kit.length.padding // 2, box.h - height)
        frame = Fill(card, kit.colour.card, kit.length.radius, kit.colour.line, kit.length.line)
        parts.append(Part(key, Node(Role.ACTIONS, facts.heading, card, children=tuple(nodes)), (frame, *drawn)))
        return parts

    most = height + round(rows.height * (_GROW - 1))
    torn: list[Piece] = []
    if len(facts.rows) > 1:
        for number, row in enumerate(facts.rows):
            heading_once = facts.heading if number == 0 else ""
            torn.extend(pieces(Facts(rows=(row,), heading=heading_once), kit, f"{key}.{number}", width))
    return [Piece(least=height, best=height, most=most, before=kit.length.space, place=place, torn=tuple(torn))]


class _Rows:
    """The rows of one card, measured together so that the values stand in one column."""

    def __init__(self, facts: tuple[Fact, ...], kit: Kit, width: int) -> None:
        self.kit, self.facts, self.width = kit, facts, width
        self.pad = kit.length.padding // 2
        has_icons = any(fact.icon != Icon.NONE for fact in facts)
        self.icon = round(kit.length.icon * _ICON)
        self.icon_room = self.icon + kit.length.gap * 2 // 3 if has_icons else 0
        label_style = Style(kit.ink.body if kit.elder else kit.ink.small * 10 // 9, leading=1.4)
        self.labels = [kit.set(fact.label, label_style, width - self.icon_room) for fact in facts]
        widest = max(label.width for label in self.labels)
        value_style = Style(kit.ink.body, bold=True, leading=1.4)
        room = width - self.icon_room - widest - kit.length.gap
        longest = max(kit.set(word, value_style, width).width for fact in facts for word in units(fact.value) or [""])
        self.beside = widest <= width * _LABEL_SHARE and longest <= room
        self.label_room = widest + kit.length.gap if self.beside else 0
        value_width = width - self.icon_room - self.label_room
        self.values = [kit.set(fact.value, value_style, value_width) for fact in facts]
        self.height = sum(self._row_height(*row) for row in zip(self.labels, self.values, strict=True))

    def _row_height(self, label: Paragraph, value: Paragraph) -> int:
        text = max(label.height, value.height) if self.beside else label.height + value.height
        return text + 2 * self.pad

    def place(self, x: int, y: int, spare: int) -> tuple[list[Mark], list[Node]]:
        """Draw from x, y downwards; `spare` pixels are shared out between the rows."""
        kit = self.kit
        each = spare // len(self.facts)
        marks: list[Mark] = []
        nodes: list[Node] = []
        for index, (fact, label, value) in enumerate(zip(self.facts, self.labels, self.values, strict=True)):
            height = self._row_height(label, value) + each
            if index:
                thin = max(1, kit.length.line // 2)
                marks.append(Fill(Box(x, y, self.width, thin), kit.colour.track))
            top = y + self.pad + each // 2
            text_x = x + self.icon_room
            # One baseline for label and value: the line boxes differ by the difference of their heights.
            shift = (value.line_height - label.line_height) // 2 if self.beside else 0
            icon = Box(x, top + shift + (label.line_height - self.icon) // 2, self.icon, self.icon)
            marks.extend(kit.icon(fact.icon, icon, kit.colour.primary))
            drawn, label_node = put(label, text_x, top + shift, kit.colour.muted)
            marks.extend(drawn)
            value_y = top if self.beside else top + label.height
            drawn, value_node = put(value, text_x + self.label_room, value_y, kit.colour.ink)
            marks.extend(drawn)
            row = Box(x, y, self.width, height)
            ink = min(label.ink, value.ink)
            nodes.append(
                Node(Role.LIST_ITEM, label.text, row, value=value.text, ink=ink, children=(label_node, value_node))
            )
            y += height
        return marks, nodes
