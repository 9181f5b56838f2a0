"""Pieces into a height: what bends gives way first; what does not fit is turned to, never cut."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.shell.kit import Piece
from kiosk.shell.marks import Box, Part


def least(pieces: Sequence[Piece]) -> int:
    """The smallest height of all pieces, with their gaps (none above the first)."""
    return sum(piece.least + (piece.before if index else 0) for index, piece in enumerate(pieces))


def fits(pieces: Sequence[Piece], height: int, most_choices: int) -> bool:
    """Whether the pieces stand on one page of this height."""
    return least(pieces) <= height and sum(piece.choices for piece in pieces) <= most_choices


def can_stand(piece: Piece, height: int) -> bool:
    """Whether a piece, whole or torn, has room on a page of this height."""
    return piece.least <= height or (bool(piece.torn) and all(can_stand(part, height) for part in piece.torn))


def pages(pieces: Sequence[Piece], height: int, most_choices: int) -> list[list[Piece]]:
    """Fill pages greedily; a piece higher than a page is torn if it can be, else it has a page to itself."""
    found: list[list[Piece]] = []
    for piece in (
        part for whole in pieces for part in (whole.torn if whole.least > height and whole.torn else (whole,))
    ):
        if not found or not fits([*found[-1], piece], height, most_choices):
            found.append([])
        found[-1].append(piece)
    return found or [[]]


def joined(pieces: Sequence[Piece]) -> Piece:
    """The pieces as one that is never torn apart."""
    gaps = sum(piece.before for piece in pieces[1:])

    def place_all(box: Box) -> list[Part]:
        return place(pieces, box, lead=0.0, panel_width=box.w)

    return Piece(
        least=least(pieces),
        best=sum(piece.best for piece in pieces) + gaps,
        most=sum(piece.most for piece in pieces) + gaps,
        before=pieces[0].before,
        place=place_all,
        choices=sum(piece.choices for piece in pieces),
    )


def place(pieces: Sequence[Piece], box: Box, *, lead: float, panel_width: int) -> list[Part]:
    """Place the pieces of one page. `lead` is the share of the height left over that stands above them."""
    heights = share_out(pieces, box.h)
    used = sum(heights) + sum(piece.before for piece in pieces[1:])
    y = box.y + max(0, round((box.h - used) * lead))
    parts: list[Part] = []
    for index, (piece, height) in enumerate(zip(pieces, heights, strict=True)):
        y += piece.before if index else 0
        x, w = (0, panel_width) if piece.bleed else (box.x, box.w)
        parts.extend(piece.place(Box(x, y, w, height)))
        y += height
    return parts


def share_out(pieces: Sequence[Piece], height: int) -> list[int]:
    """The height of each piece: best if there is room, towards `most` with more room, towards `least` with less."""
    gaps = sum(piece.before for piece in pieces[1:])
    best = [piece.best for piece in pieces]
    spare = height - gaps - sum(best)
    room = [piece.most - piece.best if spare >= 0 else piece.best - piece.least for piece in pieces]
    total = sum(room)
    if not total:
        return best
    share = max(-1.0, min(1.0, spare / total))
    return [height + int(share * each) for height, each in zip(best, room, strict=True)]
