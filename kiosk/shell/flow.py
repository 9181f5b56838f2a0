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
    """Fill pages greedily, but leave no lonely thing to turn to; a piece higher than a page is torn if it can be, else it has a
    page to itself."""
    found: list[list[Piece]] = []
    for piece in (
        part for whole in pieces for part in (whole.torn if whole.least > height and whole.torn else (whole,))
    ):
        if not found or not fits([*found[-1], piece], height, most_choices):
            found.append([])
        found[-1].append(piece)
    if len(found) > 1 and len(found[-1]) == 1 and len(found[-2]) >= _ENOUGH:
        company = [found[-2][-1], found[-1][0]]
        if fits(company, height, most_choices):
            found[-2:] = [found[-2][:-1], company]
    return found or [[]]


_ENOUGH = 3
"""A page of so many pieces can lend its last one to the next page."""


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


def place(
    pieces: Sequence[Piece], box: Box, *, lead: float, panel_width: int, growth: float | None = None
) -> list[Part]:
    """Place the pieces of one page. `lead` is the share of the height left over that stands above them; `growth` how far each
    is grown or shrunk, where that is not what fills the box: on several pages alike things are of one size."""
    heights = _heights(pieces, share(pieces, box.h) if growth is None else growth)
    used = sum(heights) + sum(piece.before for piece in pieces[1:])
    y = box.y + max(0, round((box.h - used) * lead))
    parts: list[Part] = []
    for index, (piece, height) in enumerate(zip(pieces, heights, strict=True)):
        y += piece.before if index else 0
        x, w = (0, panel_width) if piece.bleed else (box.x, box.w)
        parts.extend(piece.place(Box(x, y, w, height)))
        y += height
    return parts


def share(pieces: Sequence[Piece], height: int) -> float:
    """How far the pieces grow into this height: from -1 (each at its least) over 0 (each at its best) to 1 (each at its most)."""
    spare = height - sum(piece.before for piece in pieces[1:]) - sum(piece.best for piece in pieces)
    total = sum(piece.most - piece.best if spare >= 0 else piece.best - piece.least for piece in pieces)
    if not total:
        return 1.0 if spare >= 0 else -1.0
    return max(-1.0, min(1.0, spare / total))


def share_out(pieces: Sequence[Piece], height: int) -> list[int]:
    """The height of each piece: best if there is room, towards `most` with more room, towards `least` with less."""
    return _heights(pieces, share(pieces, height))


def _heights(pieces: Sequence[Piece], growth: float) -> list[int]:
    return [
        piece.best + int(growth * (piece.most - piece.best if growth >= 0 else piece.best - piece.least))
        for piece in pieces
    ]
