"""Five faces in a row, all alike, none chosen beforehand."""

from __future__ import annotations

from kiosk.screens.parts import Rating, Tile
from kiosk.shell.kit import Kit, Piece, put, rigid
from kiosk.shell.letters import Paragraph, Style
from kiosk.shell.marks import Answers, Box, Fill, Node, Part, Role, Target


def pieces(rating: Rating, kit: Kit, key: str, width: int) -> list[Piece]:
    """One piece: the question and the row."""
    length = kit.length
    heading = (
        kit.set(rating.heading, Style(kit.ink.heading, bold=True), width, balanced=True) if rating.heading else None
    )
    above = heading.height + length.gap * 2 // 3 if heading else 0
    gap = length.gap_close
    tile_width = (width - (len(rating.tiles) - 1) * gap) // len(rating.tiles)
    style = Style(kit.ink.small, leading=1.25)
    labels = [kit.set(tile.title, style, tile_width - length.gap // 2, balanced=True) for tile in rating.tiles]
    label_room = max(label.height for label in labels)
    tile_height = max(length.rating, length.face + length.gap + label_room + length.padding)

    def place(box: Box) -> list[Part]:
        parts = []
        if heading:
            marks, node = put(heading, box.x, box.y, kit.colour.ink, width=box.w, align="centre", role=Role.HEADING)
            parts.append(Part(f"{key}.heading", node, marks))
        for index, (tile, label) in enumerate(zip(rating.tiles, labels, strict=True)):
            at = Box(box.x + index * (tile_width + gap), box.y + above, tile_width, tile_height)
            parts.append(_face(tile, label, label_room, kit, f"{key}.{index}", at))
        return parts

    return [rigid(above + tile_height, length.space, place)]


def _face(tile: Tile, label: Paragraph, label_room: int, kit: Kit, key: str, box: Box) -> Part:
    length = kit.length
    inner = length.face + length.gap * 2 // 3 + label_room
    y = box.y + (box.h - inner) // 2
    face = Box(box.x + (box.w - length.face) // 2, y, length.face, length.face)
    drawn, text = put(
        label,
        box.x,
        y + inner - label_room + (label_room - label.height) // 2,
        kit.colour.ink,
        width=box.w,
        align="centre",
    )
    node = Node(
        Role.BUTTON,
        tile.title,
        box,
        value=tile.note,
        enabled=tile.enabled and not kit.draft.busy,
        ink=label.ink,
        actions=("press",),
        children=(text,),
    )
    frame = Fill(box, kit.colour.card, length.radius, kit.colour.line, length.line)
    target = Target(box, Answers(tile.id), length.radius) if tile.enabled else None
    return Part(key, node, (frame, *kit.icon(tile.icon, face, kit.colour.ink), *drawn), target)
