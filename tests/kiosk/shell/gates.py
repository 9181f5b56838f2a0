"""The gates: what every screen must hold. Pure functions of what was laid out; each finds defects, in words.

`defects` runs all that need no pixels. The floors are data: themes/gates.toml.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import msgspec

from kiosk.screens.parts import Hero, Pad
from kiosk.screens.protocol import Panel
from kiosk.screens.screen import Layout, Screen, typing_of
from kiosk.shell import ruler, tokens
from kiosk.shell.kit import Kit
from kiosk.shell.marks import Answers, Box, Glyphs, Node, Part, Region, Role, Toggles, Types
from kiosk.shell.template import Laid

ROUNDING = 0.02
"""Millimetres: half a pixel."""


@cache
def floors() -> dict[str, Any]:
    return tomllib.loads((tokens.folder() / "gates.toml").read_text("utf-8"))


class Page(msgspec.Struct, frozen=True):
    """One page of a screen as it was laid out."""

    screen: Screen
    laid: Laid
    kit: Kit
    panel: Panel

    @property
    def floor(self) -> dict[str, Any]:
        return {**floors(), **floors()[self.kit.look.mode]}

    def mm(self, box: Box) -> tuple[float, float, float, float]:
        across, down = self.panel.mm[0] / self.panel.px[0], self.panel.mm[1] / self.panel.px[1]
        return box.x * across, box.y * down, box.w * across, box.h * down

    def parts(self) -> list[Part]:
        return self.laid.all()

    def nodes(self) -> Iterator[Node]:
        for part in self.parts():
            yield from walk(part.node)

    def touched(self) -> list[Part]:
        return [part for part in self.parts() if part.target or part.node.role in (Role.BUTTON, Role.CHECKBOX)]


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walk(child)


def inside(child: Box, parent: Box) -> bool:
    return child.x >= parent.x and child.y >= parent.y and child.right <= parent.right and child.bottom <= parent.bottom


def overlap(a: Box, b: Box) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def targets(page: Page) -> Iterator[str]:
    """Large enough for a finger, and far enough from the next."""
    touched = page.touched()
    for part in touched:
        size = min(page.mm(part.node.box)[2:])
        if size < page.floor["target"] - ROUNDING:
            yield f"{part.key}: a target of {size:.1f} mm"
    for number, one in enumerate(touched):
        for other in touched[number + 1 :]:
            a, b = page.mm(one.node.box), page.mm(other.node.box)
            across = max(b[0] - a[0] - a[2], a[0] - b[0] - b[2])
            down = max(b[1] - a[1] - a[3], a[1] - b[1] - b[3])
            if max(across, down) < page.floor["gap"] - ROUNDING:
                yield f"{one.key}, {other.key}: a gap of {max(across, down):.1f} mm"


def letters(page: Page) -> Iterator[str]:
    """High enough to be read."""
    down = page.panel.mm[1] / page.panel.px[1]
    for node in page.nodes():
        floor = page.floor["heading" if node.role is Role.HEADING else "text"]
        if node.ink is not None and node.ink * down < floor - ROUNDING:
            yield f"{node.name}: letters of {node.ink * down:.1f} mm"


def overlaps(page: Page) -> Iterator[str]:
    """Nothing lies on anything else, nothing sticks out of what it stands in."""
    panel = Box(0, 0, *page.panel.px)
    parts = [part for part in page.parts() if part.node.role not in (Role.BANNER, Role.NAVIGATION)]
    for number, part in enumerate(parts):
        for node in walk(part.node):
            if not inside(node.box, panel):
                yield f"{part.key}: outside of the panel"
            yield from (
                f"{part.key}: {child.name} sticks out" for child in node.children if not inside(child.box, node.box)
            )
            for index, one in enumerate(node.children):
                yield from (
                    f"{part.key}: {one.name} on {two.name}"
                    for two in node.children[index + 1 :]
                    if overlap(one.box, two.box)
                )
        yield from (
            f"{part.key} on {other.key}" for other in parts[number + 1 :] if overlap(part.node.box, other.node.box)
        )


def edges(page: Page) -> Iterator[str]:
    """No text touches the frame that it stands in."""
    for part in page.parts():
        if part.node.role in (Role.BUTTON, Role.CHECKBOX, Role.LIST_ITEM):
            frame = page.mm(part.node.box)
            for child in part.node.children:
                box = page.mm(child.box)
                air = min(box[0] - frame[0], frame[0] + frame[2] - box[0] - box[2])
                if child.role is Role.TEXT and air < page.floor["edge"] - ROUNDING:
                    yield f"{part.key}: {child.name} is {air:.1f} mm from its frame"


def uncut(page: Page) -> Iterator[str]:
    """Every text of the tree is on the glass with all its characters, inside the box that the tree gives it."""
    for part in page.parts():
        glyphs = [mark for mark in part.marks if isinstance(mark, Glyphs)]
        drawn = sum(len(mark.text.replace(" ", "")) for mark in glyphs)
        texts = [node for node in walk(part.node) if node.ink is not None and not node.children]
        if part.node.role is Role.TEXTBOX:
            continue
        told = sum(len("".join(c for c in node.name if unicodedata.category(c) not in _INVISIBLE)) for node in texts)
        if drawn != told:
            yield f"{part.key}: {drawn} characters on the glass, {told} in the tree"
        for mark in glyphs:
            wide = ruler.measure(mark.font, mark.px, mark.text)
            if not any(mark.x >= node.box.x - 1 and mark.x + wide <= node.box.right + 1 for node in texts):
                yield f"{part.key}: {mark.text} runs out of its box"


_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zs"})


def names(page: Page) -> Iterator[str]:
    """What can be touched and what is a picture says what it is; the screen says something aloud."""
    if not page.screen.spoken:
        yield "nothing is spoken"
    for node in page.nodes():
        if node.role in (Role.BUTTON, Role.CHECKBOX, Role.IMAGE, Role.TEXTBOX, Role.PROGRESS, Role.TIMER) and not (
            node.name or node.value
        ):
            yield f"a {node.role} without a name"


def choices(page: Page) -> Iterator[str]:
    """Not more to choose from than the mode allows; keys, page turners, fields and hearing it again are no choices."""
    content = dict(page.laid.parts)[Region.CONTENT]
    found = [part for part in content if part.target and isinstance(part.target.does, (Answers, Toggles))]
    if len(found) > page.floor["choices"]:
        yield f"{len(found)} choices on one page"


def reach(page: Page) -> Iterator[str]:
    """In the low layout a seated person reaches all that must be touched. A field need not be: keys pass from one to the next."""
    if page.kit.look.layout is not Layout.LOW_REACH:
        return
    # A keyboard fills the band; what was found for what is typed may stand above it.
    found = {
        part.key
        for part in page.parts()
        if typing_of(page.screen) and ".keys." not in part.key and part.key[:1].isdigit()
    }
    for part in page.touched():
        if (
            part.node.box.y < page.kit.height - page.kit.reach
            and part.node.role is not Role.TEXTBOX
            and part.key not in found
        ):
            yield f"{part.key} is out of reach"


def order(page: Page) -> Iterator[str]:
    """Who goes from one to the next goes downwards or to the right (in a mirrored layout to the left, but not among keys): the
    order of the tree is the order of the eye."""
    touched = page.touched()
    for one, two in pairwise(touched):
        a, b = one.node.box, two.node.box
        leftwards = page.kit.words.leftwards and not (one.within and one.within == two.within)
        beside = b.right <= a.x if leftwards else b.x >= a.right
        if not (b.y >= a.bottom or beside):
            yield f"{two.key} comes after {one.key} but stands before it"


def together(page: Page) -> Iterator[str]:
    """Keys never stand without the fields that they fill."""
    keys = [part for part in page.parts() if part.target and isinstance(part.target.does, Types)]
    fields = [part for part in page.parts() if part.node.role is Role.TEXTBOX]
    wanted = sum(len(block.fields) for block in page.screen.blocks if isinstance(block, Pad))
    if keys and len(fields) < wanted:
        yield "keys without their fields"


GATES: tuple[Callable[[Page], Iterator[str]], ...] = (
    targets,
    letters,
    overlaps,
    edges,
    uncut,
    names,
    choices,
    reach,
    order,
    together,
)


def defects(page: Page) -> list[str]:
    """Everything that is wrong with a page, each with the name of its gate."""
    return [f"{gate.__name__}: {each}" for gate in GATES for each in gate(page)]


def told(value: object) -> set[str]:
    """Every text that a screen asks to be shown."""
    if isinstance(value, Hero):
        return set(value.lines)  # the rest is an ornament, and gives way where there is little room
    if isinstance(value, msgspec.Struct):
        silent = {"id", "kind", "drawing", "icon", "name", "state", "spoken"}
        return {
            text for field in value.__struct_fields__ if field not in silent for text in told(getattr(value, field))
        }
    if isinstance(value, tuple):
        return {text for each in value for text in told(each)}
    return {value} if isinstance(value, str) and value and not hasattr(value, "value") else set()


def shown(pages: list[Page]) -> set[str]:
    """Every text of the trees of these pages."""
    return {text for page in pages for node in page.nodes() for text in (node.name, node.value)}
