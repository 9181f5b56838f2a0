"""The bar: back, help and leave in the same three places of every screen, and the tools where they must be in reach."""

from __future__ import annotations

from kiosk.screens.parts import Icon
from kiosk.screens.screen import BACK, HELP, LEAVE, BarButton, Screen
from kiosk.shell import tools
from kiosk.shell.buttons import Face, button, face_height, faces, small_frame, third
from kiosk.shell.kit import Kit
from kiosk.shell.letters import Style
from kiosk.shell.marks import Answers, Box, Fill, Node, Part, Role

_Place = tuple[str, Icon, BarButton]


def bar_height(screen: Screen, kit: Kit) -> int:
    """Height of the bar; 0 without any button. It grows with its labels, and by a row where the tools need one of their own."""
    found = _faces(screen, kit)
    if not found:
        return 0
    row = kit.length.target + kit.length.gap_close if _tools_above(screen, kit) else 0
    return kit.length.bar + max(0, face_height(found, kit) - kit.length.bar_button) + row


def place_bar(screen: Screen, kit: Kit, box: Box) -> list[Part]:
    """Back, help and leave, always in this order; a button spreads over the empty places beside it, never away from its own."""
    inner = box.inset(kit.length.margin, (kit.length.bar - kit.length.bar_button) // 2)
    gap = kit.length.gap_close
    row = inner
    if _tools_above(screen, kit):
        row = Box(inner.x, inner.y, inner.w, kit.length.target)
        inner = Box(inner.x, row.bottom + gap, inner.w, inner.bottom - row.bottom - gap)
    ground = Fill(box, kit.colour.header)
    edge = Fill(Box(box.x, box.y, box.w, max(1, kit.length.line // 2)), kit.colour.track)
    bar = Part("bar", Node(Role.NAVIGATION, "", box), (ground, edge))
    width = third(_room(screen, kit), kit)
    places = []
    for (first, last, (id_, _, place)), face in zip(_spread(screen), _faces(screen, kit), strict=True):
        at = Box(inner.x + first * (width + gap), inner.y, (last - first + 1) * width + (last - first) * gap, inner.h)
        ink = kit.colour.disabled if not place.enabled else kit.colour.leave if id_ == LEAVE else kit.colour.ink
        frame = small_frame(kit, at, kit.colour.edge, enabled=place.enabled)
        places.append(button(f"bar.{id_}", kit, at, frame, face, ink, Answers(id_), enabled=place.enabled))
    placed = tools.place(tools.in_bar(screen, kit), kit, row)
    return [bar, *placed, *places] if _tools_above(screen, kit) else [bar, *places, *placed]


def _faces(screen: Screen, kit: Kit) -> list[Face]:
    labels = [(place.label, icon) for _, icon, place in _places(screen) if place]
    return faces(labels, kit, third(_room(screen, kit), kit), Style(kit.ink.bar, leading=1.2))


def _places(screen: Screen) -> tuple[tuple[str, Icon, BarButton | None], ...]:
    bar = screen.bar
    return (BACK, Icon.BACK, bar.back), (HELP, Icon.HELP, bar.help), (LEAVE, Icon.LEAVE, bar.leave)


def _room(screen: Screen, kit: Kit) -> int:
    """Width that the tools leave to the three places."""
    taken = 0 if _tools_above(screen, kit) else tools.width(tools.in_bar(screen, kit), kit)
    return kit.width - 2 * kit.length.margin - taken


def _tools_above(screen: Screen, kit: Kit) -> bool:
    """Whether the tools need a row of their own, because a word of the three places would be torn beside them."""
    beside = tools.width(tools.in_bar(screen, kit), kit)
    room = third(kit.width - 2 * kit.length.margin - beside, kit) - kit.length.gap_close
    words = [word for _, _, place in _places(screen) if place for word in _words(place.label)]
    style = Style(kit.ink.bar, leading=1.2)
    return beside > 0 and any(kit.set(word, style, kit.width).width > room for word in words)


def _words(label: str) -> list[str]:
    """What a label may be broken into: words, and pairs of Chinese characters."""
    return [part for word in label.split() for part in ([word] if word.isascii() else [word[:2], word[2:]]) if part]


def _spread(screen: Screen) -> list[tuple[int, int, _Place]]:
    """First and last third that each button of the bar takes."""
    there = [(number, (id_, icon, place)) for number, (id_, icon, place) in enumerate(_places(screen)) if place]
    found = []
    for index, (number, place) in enumerate(there):
        first = 0 if index == 0 else number
        last = there[index + 1][0] - 1 if index + 1 < len(there) else 2
        found.append((first, last, place))
    return found
