"""Things to choose from. One column: icon left, words right. Several columns: icon above the words, or a short row."""

from __future__ import annotations

from abc import ABC, abstractmethod

from kiosk.screens.parts import Icon, Tile, Tiles
from kiosk.shell.kit import Kit, Piece, put
from kiosk.shell.letters import Align, Style
from kiosk.shell.lines import units
from kiosk.shell.marks import Answers, Box, Fill, Mark, Node, Part, Role, Target

_GROW = 1.3
"""A row of tiles may grow by this much when there is room."""


def pieces(tiles: Tiles, kit: Kit, key: str, width: int) -> list[Piece]:
    """One piece a row; the heading stays with the first."""
    columns = _columns(tiles, kit, width)
    tile_width = (width - (columns - 1) * kit.length.gap) // columns
    rows = [tiles.tiles[i : i + columns] for i in range(0, len(tiles.tiles), columns)]
    found = []
    for number, row in enumerate(rows):
        heading = tiles.heading if number == 0 else ""
        before = kit.length.gap if number else kit.length.space
        found.append(_row(row, heading, kit, f"{key}.{number}", tile_width, columns, before, _has_notes(tiles)))
    return found


def _has_notes(tiles: Tiles) -> bool:
    return any(tile.note for tile in tiles.tiles)


def _columns(tiles: Tiles, kit: Kit, width: int) -> int:
    """As many as asked for, more on a panel that lies; fewer where a word would be torn, in elder mode (at most two, or as many
    more) also where a title would not stand on one line."""
    most = tiles.columns + (kit.more_columns if tiles.columns > 1 else 0)
    most = min(most, len(tiles.tiles), 2 + kit.more_columns if kit.elder else most)
    return next((columns for columns in range(most, 1, -1) if _fits(tiles, kit, width, columns)), 1)


def _fits(tiles: Tiles, kit: Kit, width: int, columns: int) -> bool:
    room = (width - (columns - 1) * kit.length.gap) // columns - 2 * kit.length.gap_close
    style = Style(kit.ink.tile, bold=True)
    whole = [tile.title if kit.elder else word for tile in tiles.tiles for word in units(tile.title)]
    return all(kit.set(text, style, kit.width).width <= room for text in whole)


def _row(
    row: tuple[Tile, ...], heading: str, kit: Kit, key: str, width: int, columns: int, before: int, notes: bool
) -> Piece:
    shapes = [_shape(tile, kit, width, columns, notes) for tile in row]
    stacked = [shape for shape in shapes if isinstance(shape, _Stacked)]
    for shape in stacked:
        shape.row_inner = max(each.inner for each in stacked)
    title = kit.set(heading, Style(kit.ink.heading, bold=True), kit.width - 2 * kit.length.margin) if heading else None
    above = title.height + kit.length.gap // 2 if title else 0
    height = max(shape.height for shape in shapes)

    def place(box: Box) -> list[Part]:
        parts = []
        if title:
            marks, node = put(title, box.x, box.y, kit.colour.muted, role=Role.HEADING)
            parts.append(Part(f"{key}.heading", node, marks))
        for index, shape in enumerate(shapes):
            at = Box(box.x + index * (width + kit.length.gap), box.y + above, width, box.h - above)
            parts.append(shape.place(f"{key}.{index}", at))
        return parts

    whole = height + above
    most = round(height * _GROW) + above
    return Piece(least=whole, best=whole, most=most, before=before, place=place, choices=len(row))


def _shape(tile: Tile, kit: Kit, width: int, columns: int, notes: bool) -> _Tile:
    if columns == 1:
        return _Wide(tile, kit, width)
    if kit.elder:
        return _Stacked(tile, kit, width, "centre")
    return _Stacked(tile, kit, width, "left") if notes else _Short(tile, kit, width)


class _Tile(ABC):
    """What the three shapes share: texts, frame, node."""

    ink = 0
    leading = 1.35

    def __init__(self, tile: Tile, kit: Kit, width: int, text_width: int, align: Align, *, bold: bool = True) -> None:
        self.tile, self.kit, self.width, self.align = tile, kit, width, align
        title_style = Style(self.ink, bold=bold, leading=1.25)
        note_style = Style(kit.ink.body if tile.emphasis or kit.elder else kit.ink.small, leading=1.4)
        self.text_width = text_width
        self.title = kit.set(tile.title, title_style, text_width, balanced=True)
        self.note = kit.set(tile.note, note_style, text_width, balanced=True) if tile.note else None
        self.text_height = self.title.height + (self.note.height + kit.length.gap // 4 if self.note else 0)
        self.height = 0

    def frame(self, box: Box) -> Fill:
        colour, length = self.kit.colour, self.kit.length
        if not self.tile.enabled:
            return Fill(box, colour.disabled_card, length.radius, colour.disabled_card, length.line)
        if self.tile.emphasis:
            return Fill(box, colour.card, length.radius, colour.outline, length.edge_strong)
        return Fill(box, colour.card, length.radius, colour.line, length.line)

    def icon_colour(self) -> str:
        if not self.tile.enabled:
            return self.kit.colour.disabled
        return self.kit.colour.ink if self.tile.emphasis else self.kit.colour.primary

    def texts(self, x: int, y: int) -> tuple[list[Mark], list[Node]]:
        colour = self.kit.colour
        marks, node = put(
            self.title,
            x,
            y,
            colour.ink if self.tile.enabled else colour.disabled,
            width=self.text_width,
            align=self.align,
        )
        found, nodes = list(marks), [node]
        if self.note:
            marks, node = put(
                self.note,
                x,
                y + self.text_height - self.note.height,
                colour.muted if self.tile.enabled else colour.disabled,
                width=self.text_width,
                align=self.align,
            )
            found.extend(marks)
            nodes.append(node)
        return found, nodes

    def part(self, key: str, box: Box, icon: Box, x: int, y: int) -> Part:
        texts, nodes = self.texts(x, y)
        enabled = self.tile.enabled and not self.kit.draft.busy
        inks = [paragraph.ink for paragraph in (self.title, self.note) if paragraph]
        node = Node(
            Role.BUTTON,
            self.tile.title,
            box,
            value=self.tile.note,
            enabled=enabled,
            ink=min(inks),
            actions=("press",),
            children=tuple(nodes),
        )
        marks = (self.frame(box), *self.kit.icon(self.tile.icon, icon, self.icon_colour()), *texts)
        target = Target(box, Answers(self.tile.id), self.kit.length.radius) if self.tile.enabled else None
        return Part(key, node, marks, target)

    @abstractmethod
    def place(self, key: str, box: Box) -> Part:
        """Lay the tile out in its box."""


class _Wide(_Tile):
    """Icon left, title and note right of it."""

    def __init__(self, tile: Tile, kit: Kit, width: int) -> None:
        self.ink = (
            kit.ink.big_tile
            if tile.emphasis
            else kit.ink.tile * 5 // 4
            if tile.note and not kit.elder
            else kit.ink.tile
        )
        self.icon_size = kit.length.icon_big if tile.note else kit.length.icon_tile
        self.inset = kit.length.padding * 3 // 2 if tile.note else kit.length.padding
        icon_room = self.icon_size + self.inset if tile.icon != Icon.NONE else 0
        super().__init__(tile, kit, width, width - 2 * self.inset - icon_room, "left")
        self.icon_room = icon_room
        least = kit.length.tile if tile.note else kit.length.tile_row
        self.height = max(
            self.text_height + 2 * kit.length.padding, kit.length.big_tile if tile.emphasis else least * 4 // 5
        )

    def place(self, key: str, box: Box) -> Part:
        icon = Box(box.x + self.inset, box.y + (box.h - self.icon_size) // 2, self.icon_size, self.icon_size)
        return self.part(key, box, icon, box.x + self.inset + self.icon_room, box.y + (box.h - self.text_height) // 2)


class _Stacked(_Tile):
    """Icon above title and note."""

    def __init__(self, tile: Tile, kit: Kit, width: int, align: Align) -> None:
        self.ink = kit.ink.tile
        self.inset = kit.length.gap_close if align == "left" else kit.length.padding // 2
        super().__init__(tile, kit, width, width - 2 * self.inset, align)
        self.icon_size = kit.length.icon_tile if tile.icon != Icon.NONE else 0
        self.between = kit.length.gap * 2 // 3 if self.icon_size else 0
        self.inner = self.icon_size + self.between + self.text_height
        self.row_inner = self.inner  # of the highest tile in the row: icons stand on one line
        self.height = max(kit.length.tile, self.inner + 2 * kit.length.padding)

    def place(self, key: str, box: Box) -> Part:
        y = box.y + (box.h - self.row_inner) // 2
        x = (
            box.x + (box.w - self.icon_size) // 2
            if self.align == "centre"
            else box.x + self.inset - self.icon_size // 12
        )
        icon = Box(x, y, self.icon_size, self.icon_size)
        return self.part(key, box, icon, box.x + self.inset, y + self.icon_size + self.between)


class _Short(_Tile):
    """A small icon and a title in one row."""

    def __init__(self, tile: Tile, kit: Kit, width: int) -> None:
        self.ink = kit.ink.tile_row
        self.icon_size = kit.length.icon_tile if tile.icon != Icon.NONE else 0
        self.icon_room = self.icon_size + kit.length.gap * 2 // 3 if self.icon_size else 0
        self.inset = kit.length.padding * 4 // 5
        super().__init__(tile, kit, width, width - 2 * self.inset - self.icon_room, "left", bold=False)
        self.height = max(kit.length.tile_row, self.text_height + kit.length.padding)

    def place(self, key: str, box: Box) -> Part:
        icon = Box(box.x + self.inset, box.y + (box.h - self.icon_size) // 2, self.icon_size, self.icon_size)
        return self.part(key, box, icon, box.x + self.inset + self.icon_room, box.y + (box.h - self.text_height) // 2)
