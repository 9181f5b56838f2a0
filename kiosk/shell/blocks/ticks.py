"""Boxes that a touch ticks or clears; the whole card is the target."""

from __future__ import annotations

from kiosk.screens.parts import Tick, Ticks
from kiosk.shell.kit import Kit, Piece, put
from kiosk.shell.letters import Style
from kiosk.shell.marks import Box, Fill, Mark, Part, Role, Target, Toggles
from kiosk.shell.marks import Node as TreeNode

_GROW = 1.25
"""A card may grow by this much when there is room."""


def pieces(ticks: Ticks, kit: Kit, key: str, width: int) -> list[Piece]:
    """One card a box."""
    return [_row(tick, kit, f"{key}.{index}", width, index == 0) for index, tick in enumerate(ticks.rows)]


def _row(tick: Tick, kit: Kit, key: str, width: int, first: bool) -> Piece:
    length, colour = kit.length, kit.colour
    text_room = width - 2 * length.padding - length.box - length.gap
    title = kit.set(tick.title, Style(kit.ink.tile, bold=True, leading=1.3), text_room)
    lines = [
        kit.set(line, Style(kit.ink.small if kit.elder else kit.ink.body * 9 // 10, leading=1.45), text_room)
        for line in tick.lines
    ]
    text_height = title.height + sum(line.height for line in lines) + (length.gap // 3 if lines else 0)
    height = max(length.box, text_height) + 2 * length.padding
    ticked = tick.id in kit.draft.ticked

    def place(box: Box) -> list[Part]:
        x = box.x + length.padding + length.box + length.gap
        y = box.y + (box.h - text_height) // 2
        marks: list[Mark] = [Fill(box, colour.card, length.radius, colour.line, length.line)]
        marks.extend(
            _box(kit, Box(box.x + length.padding, box.y + (box.h - length.box) // 2, length.box, length.box), ticked)
        )
        drawn, node = put(title, x, y, colour.ink)
        marks.extend(drawn)
        nodes = [node]
        y += title.height + length.gap // 3
        for line in lines:
            drawn, node = put(line, x, y, colour.muted)
            marks.extend(drawn)
            nodes.append(node)
            y += line.height
        row = TreeNode(
            Role.CHECKBOX,
            tick.title,
            box,
            value=kit.words.ticked if ticked else kit.words.cleared,
            enabled=not kit.draft.busy,
            ink=min(paragraph.ink for paragraph in (title, *lines)),
            actions=("press",),
            children=tuple(nodes),
        )
        return [Part(key, row, tuple(marks), Target(box, Toggles(tick.id), length.radius))]

    before = length.space if first else length.gap
    return Piece(least=height, best=height, most=round(height * _GROW), before=before, place=place)


def _box(kit: Kit, box: Box, ticked: bool) -> list[Mark]:
    radius = kit.length.radius * 2 // 3
    if not ticked:
        return [Fill(box, kit.colour.card, radius, kit.colour.muted, kit.length.edge_strong)]
    inside = box.inset(box.w // 6)
    return [Fill(box, kit.colour.primary, radius), *kit.icon("tick", inside, kit.colour.on_primary)]
