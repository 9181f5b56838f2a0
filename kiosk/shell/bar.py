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
    """Height of the bar; 0 without any button. It grows with its labels."""
    found = _faces(screen, kit)
    if not found:
        return 0
    return kit.length.bar + max(0, face_height(found, kit) - kit.length.bar_button)


def place_bar(screen: Screen, kit: Kit, box: Box) -> list[Part]:
    """Back, help and leave, always in this order; a button spreads over the empty places beside it, never away from its own."""
    inner = box.inset(kit.length.margin, (kit.length.bar - kit.length.bar_button) // 2)
    ground = Fill(box, kit.colour.header)
    edge = Fill(Box(box.x, box.y, box.w, max(1, kit.length.line // 2)), kit.colour.track)
    parts = [Part("bar", Node(Role.NAVIGATION, "", box), (ground, edge))]
    gap, width = kit.length.gap_close, third(_room(screen, kit), kit)
    for (first, last, (id_, _, place)), face in zip(_spread(screen), _faces(screen, kit), strict=True):
        at = Box(inner.x + first * (width + gap), inner.y, (last - first + 1) * width + (last - first) * gap, inner.h)
        ink = kit.colour.disabled if not place.enabled else kit.colour.leave if id_ == LEAVE else kit.colour.ink
        frame = small_frame(kit, at, kit.colour.edge, enabled=place.enabled)
        parts.append(button(f"bar.{id_}", kit, at, frame, face, ink, Answers(id_), enabled=place.enabled))
    return [*parts, *tools.place(tools.in_bar(screen, kit), kit, inner)]


def _faces(screen: Screen, kit: Kit) -> list[Face]:
    labels = [(place.label, icon) for _, icon, place in _places(screen) if place]
    return faces(labels, kit, third(_room(screen, kit), kit), Style(kit.ink.bar, leading=1.2))


def _places(screen: Screen) -> tuple[tuple[str, Icon, BarButton | None], ...]:
    bar = screen.bar
    return (BACK, Icon.BACK, bar.back), (HELP, Icon.HELP, bar.help), (LEAVE, Icon.LEAVE, bar.leave)


def _room(screen: Screen, kit: Kit) -> int:
    """Width that the tools leave to the three places."""
    return kit.width - 2 * kit.length.margin - tools.width(tools.in_bar(screen, kit), kit, kit.length.bar_button)


def _spread(screen: Screen) -> list[tuple[int, int, _Place]]:
    """First and last third that each button of the bar takes."""
    there = [(number, (id_, icon, place)) for number, (id_, icon, place) in enumerate(_places(screen)) if place]
    found = []
    for index, (number, place) in enumerate(there):
        first = 0 if index == 0 else number
        last = there[index + 1][0] - 1 if index + 1 < len(there) else 2
        found.append((first, last, place))
    return found
