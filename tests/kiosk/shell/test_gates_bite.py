"""Each gate is seen to fail: a screen is spoilt in one way, and the gate that guards against that way must say so."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from kiosk.screens.parts import Tile, Tiles
from kiosk.screens.screen import Layout, Look, Mode, Screen
from kiosk.shell import tokens
from kiosk.shell.kit import equip
from kiosk.shell.marks import Box, Glyphs, Node, Part, Region
from kiosk.shell.opening import draft_at_first
from kiosk.shell.samples import samples
from kiosk.shell.studio import NOON, lay, letters
from kiosk.shell.template import lay_out
from tests.kiosk.shell.gates import GATES, Page, defects

PLAIN = Look()
PANEL = tokens.panels()["portrait_21"]
LETTERS = letters()


def page(name: str, look: Look = PLAIN, screen: Screen | None = None, **sizes: int) -> Page:
    """A sample, with some sizes (pixels) that the theme does not have."""
    screen = screen or next(each for each in samples(look.mode) if each.name == name)
    kit = equip(PANEL, look, LETTERS, NOON, draft_at_first(screen))
    kit = msgspec.structs.replace(kit, length=msgspec.structs.replace(kit.length, **sizes))
    return Page(screen, lay_out(screen, kit), kit, PANEL)


def spoilt(page: Page, key: str, change: Callable[[Part], Part]) -> Page:
    """The page with one part changed behind the template's back."""
    regions = tuple(
        (region, tuple(change(part) if part.key == key else part for part in parts))
        for region, parts in page.laid.parts
    )
    return msgspec.structs.replace(page, laid=msgspec.structs.replace(page.laid, parts=regions))


def moved(part: Part, dx: int = 0, dy: int = 0) -> Part:
    def node(each: Node) -> Node:
        box = Box(each.box.x + dx, each.box.y + dy, each.box.w, each.box.h)
        return msgspec.structs.replace(each, box=box, children=tuple(map(node, each.children)))

    return msgspec.structs.replace(part, node=node(part.node))


def shorter(part: Part) -> Part:
    """Its last characters are cut."""
    marks = [m if not isinstance(m, Glyphs) else msgspec.structs.replace(m, text=m.text[:-1]) for m in part.marks]
    return msgspec.structs.replace(part, marks=tuple(marks))


def wider(part: Part) -> Part:
    """Its letters are too large for the box that was measured."""
    marks = [m if not isinstance(m, Glyphs) else msgspec.structs.replace(m, px=m.px + 12) for m in part.marks]
    return msgspec.structs.replace(part, marks=tuple(marks))


def nameless(part: Part) -> Part:
    return msgspec.structs.replace(part, node=msgspec.structs.replace(part.node, name="", value=""))


def touching_frame(part: Part) -> Part:
    text = msgspec.structs.replace(part.node.children[0], box=part.node.box)
    return msgspec.structs.replace(part, node=msgspec.structs.replace(part.node, children=(text,)))


def small_letters(part: Part) -> Part:
    return msgspec.structs.replace(part, node=msgspec.structs.replace(part.node, ink=10.0))


def turned_round(page: Page) -> Page:
    regions = tuple((region, parts[::-1] if region is Region.ACTIONS else parts) for region, parts in page.laid.parts)
    return msgspec.structs.replace(page, laid=msgspec.structs.replace(page.laid, parts=regions))


def without_fields(page: Page) -> Page:
    regions = tuple((region, tuple(p for p in parts if p.node.role != "textbox")) for region, parts in page.laid.parts)
    return msgspec.structs.replace(page, laid=msgspec.structs.replace(page.laid, parts=regions))


ELDER = Look(mode=Mode.ELDER)
LOW = Look(layout=Layout.LOW_REACH)
SEVEN = tuple(Tile(id=str(number), title="事") for number in range(7))
CROWD = Screen(
    name="crowd",
    title="请选",
    spoken="请选",
    blocks=(Tiles(columns=2, tiles=SEVEN),),
)


def crowded() -> Page:
    screen = CROWD
    kit = msgspec.structs.replace(equip(PANEL, ELDER, LETTERS, NOON, draft_at_first(screen)), most_choices=7)
    kit = msgspec.structs.replace(kit, length=msgspec.structs.replace(kit.length, tile=200, gap=25))
    return Page(screen, lay_out(screen, kit), kit, PANEL)


SPOILT: dict[str, tuple[str, Callable[[], Page]]] = {
    "a theme with too small a gap": ("targets", lambda: page("rate", gap_close=12)),
    "a theme with too small a button": ("targets", lambda: page("card", action=40, padding=0)),
    "small letters": ("letters", lambda: spoilt(page("card"), "sentence", small_letters)),
    "a heading as small as a text": ("letters", lambda: spoilt(page("card", ELDER), "title", small_letters)),
    "a part on another": ("overlaps", lambda: spoilt(page("card"), "sentence", lambda part: moved(part, dy=-60))),
    "a part outside of the panel": (
        "overlaps",
        lambda: spoilt(page("card"), "title", lambda part: moved(part, dx=900)),
    ),
    "a text that touches its frame": ("edges", lambda: spoilt(page("card"), "bar.help", touching_frame)),
    "a text that is cut": ("uncut", lambda: spoilt(page("guide"), "sentence", shorter)),
    "a text that runs out of its box": ("uncut", lambda: spoilt(page("guide"), "sentence", wider)),
    "a button without a name": ("names", lambda: spoilt(page("card"), "action.no_card", nameless)),
    "a screen that says nothing": ("names", lambda: page("", screen=Screen(name="mute", title="请稍等"))),
    "seven choices in 长辈模式": ("choices", crowded),
    "a button that a seated person does not reach": (
        "reach",
        lambda: spoilt(page("card", LOW), "action.no_card", lambda part: moved(part, dy=-900)),
    ),
    "an order that is not the eye's": ("order", lambda: turned_round(page("face_consent", ELDER))),
    "keys without their fields": ("together", lambda: without_fields(page("keeper"))),
}


@pytest.mark.parametrize("way", SPOILT)
def test_a_spoilt_screen_does_not_pass(way: str) -> None:
    gate, make = SPOILT[way]
    assert any(defect.startswith(f"{gate}:") for defect in defects(make()))


def test_every_gate_is_seen_to_fail() -> None:
    assert {gate.__name__ for gate in GATES} == {gate for gate, _ in SPOILT.values()}


def test_the_same_screens_pass_unspoilt() -> None:
    for look in (Look(), ELDER, LOW):
        for screen in samples(look.mode):
            laid, kit = lay(screen, look, PANEL, LETTERS)
            assert not defects(Page(screen, laid, kit, PANEL)), screen.name
