"""Things to choose from. One column: icon left, words right. Several columns: icon above the words, or beside them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from kiosk.screens.parts import Icon, Tile, Tiles
from kiosk.shell.blocks.tile_shapes import Beside, Long, Shape, Short, Stacked, Wide, inset_of
from kiosk.shell.kit import Kit, Piece, put
from kiosk.shell.letters import Style
from kiosk.shell.lines import units
from kiosk.shell.marks import Box, Part, Role

_GROW = 1.3
"""A row of tiles may grow by this much when there is room."""

_TITLE_LINES = 2
"""A title beside its icon has at most so many lines; else there are fewer columns."""


def pieces(tiles: Tiles, kit: Kit, key: str, width: int) -> list[Piece]:
    """One piece a row; the heading stays with the first. The rows of a grid are of one height."""
    columns = _columns(tiles, kit, width)
    one = (width - (columns - 1) * kit.length.gap) // columns
    wide = [_span(tile, kit, columns) * (one + kit.length.gap) - kit.length.gap for tile in tiles.tiles]
    notes = any(tile.note for tile in tiles.tiles if tile.span == 1)
    shapes = [_shape(tile, kit, each, columns, notes) for tile, each in zip(tiles.tiles, wide, strict=True)]
    close = _close(tiles, kit, one) if columns > 1 and kit.elder else []
    if columns > 1:
        _align(shapes)
        _align(close)
    found = []
    for number, (start, end) in enumerate(_rows([_span(tile, kit, columns) for tile in tiles.tiles], columns)):
        row, low = shapes[start:end], close[start:end]
        for shape in row:
            shape.row_inner = max(each.inner for each in row)
        heading = tiles.heading if number == 0 else ""
        before = kit.length.gap if number else kit.length.space
        found.append(_row(row, low or row, heading, kit, f"{key}.{number}", before))
    return found


def _span(tile: Tile, kit: Kit, columns: int) -> int:
    return 1 if kit.elder else min(tile.span, columns)


def _rows(spans: Sequence[int], columns: int) -> list[tuple[int, int]]:
    """First tile of each row, and the first of the next."""
    starts, taken = [0], 0
    for number, span in enumerate(spans):
        if taken + span > columns:
            starts.append(number)
            taken = 0
        taken += span
    return list(pairwise([*starts, len(spans)]))


def _columns(tiles: Tiles, kit: Kit, width: int) -> int:
    """As many as asked for, more on a panel that lies; fewer where a word would be torn or a title be a column of its own, in
    elder mode (at most two, or as many more) where a title would not stand on one line."""
    most = tiles.columns + (kit.more_columns if tiles.columns > 1 else 0)
    most = min(
        most, sum(1 if kit.elder else tile.span for tile in tiles.tiles), 2 + kit.more_columns if kit.elder else most
    )
    return next((columns for columns in range(most, 1, -1) if _fits(tiles, kit, width, columns)), 1)


def _fits(tiles: Tiles, kit: Kit, width: int, columns: int) -> bool:
    room = (width - (columns - 1) * kit.length.gap) // columns - 2 * inset_of(kit)
    if kit.elder:
        style = Style(kit.ink.tile, bold=True)
        return all(kit.set(tile.title, style, kit.width).width <= room for tile in tiles.tiles)
    notes = any(tile.note for tile in tiles.tiles if tile.span == 1)
    style = Style(kit.ink.tile, bold=True) if notes else Style(kit.ink.tile_row)
    for tile in tiles.tiles:
        beside = 0 if notes or tile.icon == Icon.NONE else kit.length.icon_tile + kit.length.gap
        whole = all(kit.set(word, style, kit.width).width <= room - beside for word in units(tile.title))
        if not whole or len(kit.set(tile.title, style, room - beside).lines) > _TITLE_LINES:
            return False
    return True


def _shape(tile: Tile, kit: Kit, width: int, columns: int, notes: bool) -> Shape:
    if columns == 1:
        return Wide(tile, kit, width, notes)
    if kit.elder:
        return Stacked(tile, kit, width, "centre")
    if tile.span > 1:
        return Long(tile, kit, width)
    return Stacked(tile, kit, width, "left") if notes else Short(tile, kit, width)


def _close(tiles: Tiles, kit: Kit, width: int) -> list[Shape]:
    """The same tiles with their icons beside the words, for a grid that has little room; none where a title would be broken."""
    found: list[Shape] = [Beside(tile, kit, width) for tile in tiles.tiles]
    return found if all(len(each.title.lines) == 1 for each in found) else []


def _align(shapes: Sequence[Shape]) -> None:
    """One height for all."""
    for shape in shapes:
        shape.height = max(each.height for each in shapes)


def _row(row: Sequence[Shape], close: Sequence[Shape], heading: str, kit: Kit, key: str, before: int) -> Piece:
    title = kit.set(heading, Style(kit.ink.heading, bold=True), kit.width - 2 * kit.length.margin) if heading else None
    above = title.height + kit.length.gap // 2 if title else 0
    height, least = (max(shape.height for shape in each) for each in (row, close))

    def place(box: Box) -> list[Part]:
        parts = []
        if title:
            marks, node = put(title, box.x, box.y, kit.colour.muted, role=Role.HEADING)
            parts.append(Part(f"{key}.heading", node, marks))
        x = box.x
        for index, shape in enumerate(row if box.h >= height + above else close):
            parts.append(shape.place(f"{key}.{index}", Box(x, box.y + above, shape.width, box.h - above)))
            x += shape.width + kit.length.gap
        return parts

    best = max(height, least) + above
    most = round(height * _GROW) + above
    return Piece(least=min(height, least) + above, best=best, most=most, before=before, place=place, choices=len(row))
