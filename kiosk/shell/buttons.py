"""The large buttons: actions below the content, the three places of the bar, the page turners."""

from __future__ import annotations

from kiosk.screens.parts import Action, ActionKind, Icon
from kiosk.screens.screen import BACK, HELP, LEAVE, Bar, BarButton
from kiosk.shell.kit import Kit, put
from kiosk.shell.letters import Paragraph, Style
from kiosk.shell.marks import Answers, Box, Does, Fill, Node, Part, Role, Target, Turns


def actions_height(actions: tuple[Action, ...], kit: Kit, width: int, *, beside: bool | None = None) -> int:
    """Height of all actions; 0 without any."""
    rows = _action_rows(actions, kit, width, beside)
    if not rows:
        return 0
    return sum(_row_height(row, kit, width) for row in rows) + (len(rows) - 1) * kit.length.gap


def place_actions(actions: tuple[Action, ...], kit: Kit, box: Box, *, beside: bool | None = None) -> list[Part]:
    """Actions as full rows, or two side by side; all of one size."""
    found = []
    y = box.y
    for row in _action_rows(actions, kit, box.w, beside):
        height = _row_height(row, kit, box.w)
        width = _button_width(len(row), kit, box.w)
        for index, action in enumerate(row):
            at = Box(box.x + index * (width + kit.length.gap), y, width, height)
            found.append(_action(action, kit, at))
        y += height + kit.length.gap
    return found


def _action_rows(actions: tuple[Action, ...], kit: Kit, width: int, beside: bool | None) -> list[tuple[Action, ...]]:
    """Side by side when all labels stand on one line of half the width: the way on at the right, where the next one will be."""
    half = _button_width(2, kit, width)
    fits = all(len(_label(action, kit, half).lines) == 1 for action in actions)
    wanted = kit.side_by_side if beside is None else beside
    if len(actions) < 2 or not (wanted and fits):
        return [(action,) for action in actions]
    ordered = actions
    if len(actions) == 2 and [a.kind for a in actions] == [ActionKind.PRIMARY, ActionKind.SECONDARY]:
        ordered = (actions[1], actions[0])
    return [ordered[i : i + 2] for i in range(0, len(ordered), 2)]


def _button_width(count: int, kit: Kit, width: int) -> int:
    return (width - (count - 1) * kit.length.gap) // count


def _icon_room(icon: Icon | str, kit: Kit) -> int:
    return kit.length.icon + kit.length.gap // 3 if icon != Icon.NONE else 0


def _label(action: Action, kit: Kit, width: int) -> Paragraph:
    room = width - 2 * kit.length.padding - _icon_room(action.icon, kit)
    return kit.set(action.label, Style(kit.ink.action, bold=True, leading=1.3), room, balanced=True)


def _row_height(row: tuple[Action, ...], kit: Kit, width: int) -> int:
    each = _button_width(len(row), kit, width)
    return max(kit.length.action, max(_label(a, kit, each).height for a in row) + kit.length.padding)


def _action(action: Action, kit: Kit, box: Box) -> Part:
    colour = kit.colour
    primary = action.kind is ActionKind.PRIMARY
    ground = colour.primary if primary else colour.card
    edge = colour.outline if kit.elder and not primary else colour.primary
    ink = colour.on_primary if primary else colour.ink if kit.elder else colour.primary
    frame = Fill(box, ground, kit.length.radius, edge, kit.length.edge)
    does = Answers(action.id, with_typed=True)
    return _button(
        f"action.{action.id}", kit, box, frame, _label(action, kit, box.w), action.icon, ink, does, dark=primary
    )


def _button(
    key: str,
    kit: Kit,
    box: Box,
    frame: Fill,
    label: Paragraph,
    icon: Icon | str,
    ink: str,
    does: Does,
    *,
    dark: bool = False,
    enabled: bool = True,
) -> Part:
    """Icon and label in the middle of a frame."""
    size = kit.length.icon
    room = _icon_room(icon, kit)
    x = box.x + (box.w - label.width - room) // 2
    drawn, text = put(label, x + room, box.y + (box.h - label.height) // 2, ink, width=label.width, align="centre")
    marks = (frame, *kit.icon(icon, Box(x, box.y + (box.h - size) // 2, size, size), ink), *drawn)
    node = Node(
        Role.BUTTON,
        label.text,
        box,
        enabled=enabled and not kit.draft.busy,
        ink=label.ink,
        actions=("press",),
        children=(text,),
    )
    return Part(key, node, marks, Target(box, does, kit.length.radius, dark=dark) if enabled else None)


def place_bar(bar: Bar, kit: Kit, box: Box) -> list[Part]:
    """Back, help and leave, always in this order; a button spreads over the empty places beside it, never away from its own."""
    inner = box.inset(kit.length.margin, (box.h - kit.length.bar_button) // 2)
    gap = kit.length.gap_close
    third = (inner.w - 2 * gap) // 3
    ground = Fill(box, kit.colour.header)
    edge = Fill(Box(box.x, box.y, box.w, max(1, kit.length.line // 2)), kit.colour.track)
    parts = [Part("bar", Node(Role.NAVIGATION, "", box), (ground, edge))]
    for first, last, (id_, icon, button) in _spread(bar):
        at = Box(inner.x + first * (third + gap), inner.y, (last - first + 1) * third + (last - first) * gap, inner.h)
        parts.append(_bar_button(id_, icon, button, kit, at))
    return parts


_Place = tuple[str, Icon, BarButton]


def _spread(bar: Bar) -> list[tuple[int, int, _Place]]:
    """First and last third that each button of the bar takes."""
    places = ((BACK, Icon.BACK, bar.back), (HELP, Icon.HELP, bar.help), (LEAVE, Icon.LEAVE, bar.leave))
    there = [(number, (id_, icon, button)) for number, (id_, icon, button) in enumerate(places) if button]
    found = []
    for index, (number, place) in enumerate(there):
        first = 0 if index == 0 else number
        last = there[index + 1][0] - 1 if index + 1 < len(there) else 2
        found.append((first, last, place))
    return found


def _bar_button(id_: str, icon: Icon, button: BarButton, kit: Kit, box: Box) -> Part:
    colour = kit.colour
    ink = colour.leave if id_ == LEAVE else colour.ink
    edge = colour.edge
    if not button.enabled:
        ink, edge = colour.disabled, colour.disabled_card
    room = box.w - kit.length.gap_close - _icon_room(icon, kit)
    label = kit.set(button.label, Style(kit.ink.bar, leading=1.2), room, balanced=True)
    frame = Fill(
        box, colour.card if button.enabled else colour.disabled_card, kit.length.radius * 2 // 3, edge, kit.length.edge
    )
    return _button(f"bar.{id_}", kit, box, frame, label, icon, ink, Answers(id_), enabled=button.enabled)


def turner_height(kit: Kit) -> int:
    """Height of the row that turns pages."""
    return kit.length.bar_button


def place_turners(kit: Kit, box: Box, pages: int) -> list[Part]:
    """Back and forth between the pages of a screen that does not fit on one, and which page it is."""
    page = kit.draft.page
    third = (box.w - 2 * kit.length.gap_close) // 3
    words = ((kit.words.previous, "up", -1, page > 0), (kit.words.next, "down", 1, page < pages - 1))
    parts = []
    for place, (word, icon, by, enabled) in zip((0, 2), words, strict=True):
        at = Box(box.x + place * (third + kit.length.gap_close), box.y, third, box.h)
        ink = kit.colour.primary if enabled else kit.colour.disabled
        edge = kit.colour.primary if enabled else kit.colour.disabled_card
        ground = kit.colour.card if enabled else kit.colour.disabled_card
        frame = Fill(at, ground, kit.length.radius * 2 // 3, edge, kit.length.edge)
        label = kit.set(word, Style(kit.ink.bar, bold=True, leading=1.2), third)
        parts.append(_button(f"turn.{by}", kit, at, frame, label, icon, ink, Turns(by), enabled=enabled))
    where = kit.set(
        kit.words.page.format(index=page + 1, total=pages), Style(kit.ink.small, leading=1.25), third, balanced=True
    )
    drawn, node = put(
        where,
        box.x + third + kit.length.gap_close,
        box.y + (box.h - where.height) // 2,
        kit.colour.muted,
        width=third,
        align="centre",
        role=Role.STATUS,
    )
    parts.append(Part("turn.where", node, drawn))
    return parts
