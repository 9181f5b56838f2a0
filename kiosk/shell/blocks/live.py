"""The camera's picture with an oval for the face, and the hint below it."""

from __future__ import annotations

from kiosk.screens.parts import Live
from kiosk.shell import vectors
from kiosk.shell.kit import Kit, Piece, put
from kiosk.shell.letters import Style
from kiosk.shell.marks import Box, Camera, Fill, Node, Part, Role, Vector

_RATIO = 0.9
"""Width to height of the picture."""
_HINT_LINES = 2
"""Room that is kept for a hint, so that the picture does not jump when the hint changes."""


def pieces(live: Live, kit: Kit, key: str, width: int) -> list[Piece]:
    """The picture takes what room there is."""
    style = Style(kit.ink.heading, bold=True, leading=1.35)
    hint = kit.set(kit.draft.hint if kit.draft.hint is not None else live.hint, style, width, balanced=True)
    hint_room = max(hint.height, _HINT_LINES * hint.line_height if kit.elder else hint.line_height)
    most = round(width * 0.86 / _RATIO)

    def place(box: Box) -> list[Part]:
        height = min(box.h - hint_room - kit.length.gap, most)
        at = Box(box.x + (box.w - round(height * _RATIO)) // 2, box.y, round(height * _RATIO), height)
        over = vectors.aiming if live.marks else vectors.oval
        frame = over(
            at.w, at.h, kit.length.radius * 2, kit.colour.surface, kit.colour.primary, kit.length.edge_strong * 2
        )
        picture = (Fill(at, kit.colour.shade), Camera(at), Vector(at, frame))
        y = at.bottom + kit.length.gap + (hint_room - hint.height) // 2
        drawn, node = put(hint, box.x, y, kit.colour.speech_ink, width=box.w, align="centre", role=Role.STATUS)
        return [Part(key, Node(Role.IMAGE, hint.text, at), picture), Part(f"{key}.hint", node, drawn)]

    extra = hint_room + kit.length.gap
    least = kit.length.picture_least + extra
    return [Piece(least=least, best=most * 4 // 5 + extra, most=most + extra, before=kit.length.space, place=place)]
