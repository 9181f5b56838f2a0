"""Pictures of a document's pages: white paper on the screen's ground, never cut."""

from __future__ import annotations

from kiosk.screens.parts import Pages
from kiosk.shell.kit import Kit, Piece
from kiosk.shell.marks import Box, Fill, Node, Page, Part, Role

_LEAST_SHARE = 0.32
"""A page is drawn at no less than this share of the width (on a panel that lies, of half its height), else it goes to a page of
its own."""


def pieces(pages: Pages, kit: Kit, key: str, width: int) -> list[Piece]:
    """One piece a page."""
    return [_page(pages, kit, key, width, index) for index in range(len(pages.sizes))]


def _page(pages: Pages, kit: Kit, key: str, width: int, index: int) -> Piece:
    pixels_w, pixels_h = pages.sizes[index]
    ratio = pixels_w / pixels_h
    edge = max(2, kit.length.line)
    most = round((width - 2 * edge) / ratio) + 2 * edge
    name = pages.name if len(pages.sizes) == 1 else f"{pages.name} {index + 1}/{len(pages.sizes)}"

    def place(box: Box) -> list[Part]:
        height = min(box.h, most) - 2 * edge
        sheet = box.middle(round(height * ratio), height)
        paper = Fill(sheet.inset(-edge), "#FFFFFF", edge, kit.colour.pencil, edge)
        return [Part(f"{key}.{index}", Node(Role.IMAGE, name, sheet.inset(-edge)), (paper, Page(sheet, index)))]

    least = round(min(width, kit.height // 2) * _LEAST_SHARE / ratio)
    return Piece(least=least, best=most * 9 // 10, most=most, before=kit.length.gap, place=place)
