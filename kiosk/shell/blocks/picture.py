"""A large drawing: the part of a screen that shrinks first and grows last."""

from __future__ import annotations

from kiosk.screens.parts import Picture
from kiosk.shell import drawings
from kiosk.shell.kit import Kit, Piece
from kiosk.shell.marks import Box, Node, Part, Role, Vector


def pieces(picture: Picture, kit: Kit, key: str, width: int) -> list[Piece]:
    """The drawing, as large as there is room, in the middle."""
    ratio = drawings.ratio(picture.drawing)
    most = min(round(width * 0.92 / ratio), kit.length.picture_most)

    def place(box: Box) -> list[Part]:
        height = min(box.h, most)
        at = box.middle(round(height * ratio), height)
        found = drawings.layers(picture.drawing, kit.colour)
        layers = tuple(Vector(layer.box(at), layer.svg, layer.motion, (at.w, at.h)) for layer in found)
        return [Part(key, Node(Role.IMAGE, picture.name, at), layers)]

    least = min(most, kit.length.picture_least)
    return [Piece(least=least, best=(least + most) // 2, most=most, before=kit.length.space, place=place)]
