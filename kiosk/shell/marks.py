"""What a laid-out screen consists of: marks on the glass, gathered into parts. Pixels, the origin at the top left."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Box(msgspec.Struct, frozen=True):
    """A rectangle."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        """The first column outside."""
        return self.x + self.w

    @property
    def bottom(self) -> int:
        """The first row outside."""
        return self.y + self.h

    def inset(self, dx: int, dy: int | None = None) -> Box:
        """The box without a border of dx left and right, dy (default dx) above and below."""
        dy = dx if dy is None else dy
        return Box(self.x + dx, self.y + dy, self.w - 2 * dx, self.h - 2 * dy)

    def middle(self, w: int, h: int) -> Box:
        """A box of w × h in the middle of this one."""
        return Box(self.x + (self.w - w) // 2, self.y + (self.h - h) // 2, w, h)

    def has(self, x: float, y: float) -> bool:
        """Whether the point lies inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom


def around(boxes: list[Box]) -> Box:
    """The smallest box around all of them."""
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(x, y, max(box.right for box in boxes) - x, max(box.bottom for box in boxes) - y)


class Fill(msgspec.Struct, frozen=True, tag=True):
    """A rectangle with round corners and an outline inside its border."""

    box: Box
    colour: str
    radius: int = 0
    outline: str = ""
    thickness: int = 0


class Gradient(msgspec.Struct, frozen=True, tag=True):
    """A rectangle that goes from one colour to another, downwards."""

    box: Box
    top: str
    bottom: str


class Glyphs(msgspec.Struct, frozen=True, tag=True):
    """A stretch of one line in one font. `leftwards`: it is read from right to left. `line` is where the whole line begins, and
    how wide it is: a layout that is mirrored moves lines, and never what stands in them."""

    x: int
    baseline: int
    text: str
    font: str
    px: int
    colour: str
    leftwards: bool = False
    line: tuple[int, int] = (0, 0)


class IconMark(msgspec.Struct, frozen=True, tag=True):
    """icons/<name>.svg in one colour; `stroke` in units of its 24 × 24 grid. `flipped` for arrows in a mirrored layout."""

    box: Box
    name: str
    colour: str
    stroke: float
    flipped: bool = False


class Vector(msgspec.Struct, frozen=True, tag=True):
    """An SVG text, rasterised to the box. With a motion (motion.py) it moves, by shares of `span` (width, height)."""

    box: Box
    svg: str
    motion: str = ""
    span: tuple[int, int] = (0, 0)


class Page(msgspec.Struct, frozen=True, tag=True):
    """Page picture `index` of this Show."""

    box: Box
    index: int


class Camera(msgspec.Struct, frozen=True, tag=True):
    """The camera's newest picture, mirrored, cut to the box."""

    box: Box


class Signs(msgspec.Struct, frozen=True, tag=True):
    """The newest picture of whoever signs, whole."""

    box: Box


Mark = Fill | Gradient | Glyphs | IconMark | Vector | Page | Camera | Signs


class Role(StrEnum):
    """Roles of nodes; the words of ARIA where it has one."""

    BANNER = "banner"
    MAIN = "main"
    ACTIONS = "group"
    NAVIGATION = "navigation"
    HEADING = "heading"
    TEXT = "text"
    STATUS = "status"
    IMAGE = "image"
    BUTTON = "button"
    CHECKBOX = "checkbox"
    TEXTBOX = "textbox"
    PROGRESS = "progressbar"
    TIMER = "timer"
    LIST_ITEM = "listitem"


class Node(msgspec.Struct, frozen=True):
    """One node of the accessibility tree. `ink` is the height of 国 in pixels, None without text of its own."""

    role: Role
    name: str
    box: Box
    value: str = ""
    enabled: bool = True
    ink: float | None = None
    actions: tuple[str, ...] = ()
    children: tuple[Node, ...] = ()


class Answers(msgspec.Struct, frozen=True, tag=True):
    """The touch answers the screen. Only an action of the content takes the typed digits with it. `with_place`: tells where."""

    id: str
    with_typed: bool = False
    with_place: bool = False


class Toggles(msgspec.Struct, frozen=True, tag=True):
    """The touch ticks or clears a box."""

    id: str


class Types(msgspec.Struct, frozen=True, tag=True):
    """The touch types a digit; an empty one erases the last, `all` erases the field."""

    digit: str = ""
    all: bool = False


class Chooses(msgspec.Struct, frozen=True, tag=True):
    """The touch makes this the field that is typed into."""

    field: str


class Turns(msgspec.Struct, frozen=True, tag=True):
    """The touch turns to another page of a screen that does not fit on one."""

    by: int


class SaysAgain(msgspec.Struct, frozen=True, tag=True):
    """The touch has the caption spoken once more."""


ERASE, CLEAR, SPACE, CAPITALS = "erase", "clear", "space", "capitals"
"""Keys of a keyboard that are no characters."""


class Strikes(msgspec.Struct, frozen=True, tag=True):
    """The touch strikes a key of the keyboard: a character, or one of the keys named above."""

    key: str


class Takes(msgspec.Struct, frozen=True, tag=True):
    """The touch takes this guess."""

    guess: int


class Leafs(msgspec.Struct, frozen=True, tag=True):
    """The touch leafs through the guesses: on to this one, or (-1) back."""

    on: int


class Opens(msgspec.Struct, frozen=True, tag=True):
    """The touch opens another way of typing."""

    way: str


class Draws(msgspec.Struct, frozen=True, tag=True):
    """A finger leaves ink here."""


Does = Answers | Toggles | Types | Chooses | Turns | Strikes | Takes | Leafs | Opens | Draws | SaysAgain


class Target(msgspec.Struct, frozen=True):
    """What can be touched, and how it looks under the finger."""

    box: Box
    does: Does
    radius: int
    dark: bool = False


class Part(msgspec.Struct, frozen=True):
    """One thing on the screen: repainted as a whole when it changes. `within` is what it stands in where that keeps its order in
    a mirrored layout: keys, and the places of digits."""

    key: str
    node: Node
    marks: tuple[Mark, ...]
    target: Target | None = None
    within: Box | None = None


class Region(StrEnum):
    """The four regions of every screen, in reading order."""

    HEADER = "header"
    CONTENT = "content"
    ACTIONS = "actions"
    BAR = "bar"
