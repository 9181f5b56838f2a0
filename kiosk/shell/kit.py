"""What every block needs to lay itself out: sizes, colours, letters, words, and what the visitor did so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from kiosk.screens.parts import Icon
from kiosk.screens.protocol import Panel
from kiosk.screens.screen import Look, Mode
from kiosk.shell import tokens
from kiosk.shell.input.state import State
from kiosk.shell.letters import Align, Letters, Paragraph, Style
from kiosk.shell.marks import Box, IconMark, Mark, Node, Part, Role
from kiosk.shell.tokens import Colours, Inks, Lengths
from kiosk.shell.words import Words, words


class Draft(msgspec.Struct, frozen=True):
    """What has changed on a screen since it was shown. Hidden fields hold dots here, never their digits."""

    ticked: tuple[str, ...] = ()
    typed: Mapping[str, str] = {}
    field: str = ""
    page: int = 0
    hint: str | None = None
    progress: tuple[int, int, str] | None = None
    seconds: int | None = None
    typing: State | None = None
    busy: bool = False
    sign_note: str = ""


class Kit(msgspec.Struct, frozen=True):
    """All of it, for one look on one panel. `scale` is pixels a millimetre."""

    look: Look
    width: int
    height: int
    reach: int
    ink: Inks[int]
    length: Lengths[int]
    colour: Colours
    letters: Letters
    words: Words
    most_choices: int
    side_by_side: bool
    words_share: float
    more_columns: int
    scale: float
    now: datetime
    draft: Draft

    @property
    def elder(self) -> bool:
        """Whether this is 长辈模式."""
        return self.look.mode is Mode.ELDER

    @property
    def two_columns(self) -> bool:
        """Whether words and content stand beside each other (a panel that lies)."""
        return self.words_share > 0

    @property
    def stroke(self) -> float:
        """Width of an icon's lines on its 24 × 24 grid."""
        return 2.0 if self.elder else 1.7

    def set(self, text: str, style: Style, width: int, *, balanced: bool = False) -> Paragraph:
        """Break a text into lines of at most `width` pixels."""
        return self.letters.set(text, style, width, balanced=balanced, whole=self.words.whole)

    def icon(self, icon: Icon | str, box: Box, colour: str) -> tuple[IconMark, ...]:
        """Draw an icon; nothing for Icon.NONE."""
        return () if icon == Icon.NONE else (IconMark(box, str(icon), colour, self.stroke),)


def equip(panel: Panel, look: Look, letters: Letters, now: datetime, draft: Draft) -> Kit:
    """Everything that a screen is laid out with, for this panel and look. `now` is what the clock in the header shows."""
    sizes = tokens.pixels(look.mode, panel, look.layout)
    return Kit(
        look=look,
        width=panel.px[0],
        height=panel.px[1],
        reach=min(panel.px[1], round(panel.reach_mm * panel.px[1] / panel.mm[1])),
        ink=sizes.ink,
        length=sizes.length,
        colour=tokens.colours(look.theme, look.mode),
        letters=letters.of(look.language),
        words=words(look.language),
        most_choices=sizes.most_choices,
        side_by_side=sizes.side_by_side,
        words_share=sizes.words_share,
        more_columns=sizes.more_columns,
        scale=tokens.pixels_per_mm(panel),
        now=now,
        draft=draft,
    )


class Piece(msgspec.Struct, frozen=True):
    """A stretch of the content that is never torn apart: its heights in pixels, and how it is placed into a box.

    `before` is the gap above it. `bleed` pieces span the whole panel. `choices` counts what can be chosen in it.
    `torn` are smaller pieces that stand in for it where it is higher than a page.
    """

    least: int
    best: int
    most: int
    before: int
    place: Callable[[Box], list[Part]]
    bleed: bool = False
    choices: int = 0
    torn: tuple[Piece, ...] = ()


def rigid(height: int, before: int, place: Callable[[Box], list[Part]]) -> Piece:
    """A piece that has only one height."""
    return Piece(least=height, best=height, most=height, before=before, place=place)


def as_one(piece: Piece) -> Piece:
    """A piece whose parts keep their order in a mirrored layout: it moves to the other side as a whole."""

    def place(box: Box) -> list[Part]:
        return [msgspec.structs.replace(part, within=box) for part in piece.place(box)]

    return msgspec.structs.replace(piece, place=place)


def text_node(paragraph: Paragraph, box: Box, role: Role = Role.TEXT) -> Node:
    """The node of a text that stands in this box."""
    return Node(role, paragraph.text, box, ink=paragraph.ink)


def text_box(paragraph: Paragraph, x: int, y: int, width: int, align: Align = "left") -> Box:
    """Where a paragraph's ink is when it is drawn at x, y and aligned within `width`."""
    free = width - paragraph.width
    return Box(x + {"left": 0, "centre": free // 2, "right": free}[align], y, paragraph.width, paragraph.height)


def put(
    paragraph: Paragraph, x: int, y: int, colour: str, *, width: int = 0, align: Align = "left", role: Role = Role.TEXT
) -> tuple[tuple[Mark, ...], Node]:
    """Draw a paragraph and describe it."""
    width = width or paragraph.width
    box = text_box(paragraph, x, y, width, align)
    return paragraph.marks(x, y, colour, width=width, align=align), text_node(paragraph, box, role)
