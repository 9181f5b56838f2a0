"""Buttons: the large actions below the content, the page turners, and what every small button looks like."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kiosk.screens.parts import Action, ActionKind, Icon
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
    face = Face(_label(action, kit, box.w), action.icon)
    return button(f"action.{action.id}", kit, box, frame, face, ink, does, dark=primary)


class Face(msgspec.Struct, frozen=True):
    """What stands on a button: the label, and the icon left of it, above it, or not at all."""

    label: Paragraph
    icon: Icon | str
    above: bool = False

    def height(self, kit: Kit) -> int:
        """Of icon and label together."""
        stacked = kit.length.icon + kit.length.gap // 3 + self.label.height
        return stacked if self.above else max(self.label.height, kit.length.icon if self.icon != Icon.NONE else 0)


def faces(labels: Sequence[tuple[str, Icon | str]], kit: Kit, width: int, style: Style) -> list[Face]:
    """The faces of buttons that stand in one row, each `width` wide: alike in how icon and label stand.

    The icon goes above the label where the label would not stand on one line beside it, and gives way where it would take
    two lines even so: a narrow panel, a long word.
    """
    room = width - kit.length.gap_close
    alone = [kit.set(label, style, room, balanced=True) for label, _ in labels]
    icons = [icon for _, icon in labels]
    if all(
        label.width + _icon_room(icon, kit) <= room and len(label.lines) == 1
        for label, icon in zip(alone, icons, strict=True)
    ):
        return [Face(label, icon) for label, icon in zip(alone, icons, strict=True)]
    if all(len(label.lines) == 1 for label in alone):
        return [Face(label, icon, above=True) for label, icon in zip(alone, icons, strict=True)]
    return [Face(label, Icon.NONE) for label in alone]


def button(
    key: str,
    kit: Kit,
    box: Box,
    frame: Fill,
    face: Face,
    ink: str,
    does: Does,
    *,
    dark: bool = False,
    enabled: bool = True,
) -> Part:
    """Icon and label in the middle of a frame."""
    size, label, icon = kit.length.icon, face.label, face.icon
    room = 0 if face.above else _icon_room(icon, kit)
    x = box.x + (box.w - label.width - room) // 2
    if face.above:
        top = box.y + (box.h - face.height(kit)) // 2
        at = Box(box.x + (box.w - size) // 2, top, size, size)
        y = top + face.height(kit) - label.height
    else:
        at = Box(x, box.y + (box.h - size) // 2, size, size)
        y = box.y + (box.h - label.height) // 2
    drawn, text = put(label, x + room, y, ink, width=label.width, align="centre")
    marks = (frame, *kit.icon(icon, at, ink), *drawn)
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


def small_frame(kit: Kit, box: Box, edge: str, *, enabled: bool) -> Fill:
    """Of a small button; one that cannot be touched now has no outline, so that more than its colour says so."""
    radius = kit.length.radius * 2 // 3
    if enabled:
        return Fill(box, kit.colour.card, radius, edge, kit.length.edge)
    return Fill(box, kit.colour.disabled_card, radius)


def third(width: int, kit: Kit) -> int:
    """Width of one of three buttons in a row."""
    return (width - 2 * kit.length.gap_close) // 3


def face_height(found: list[Face], kit: Kit) -> int:
    """Height that a button needs for the highest of these."""
    return max(face.height(kit) for face in found) + kit.length.gap_close


def _turner_faces(kit: Kit, width: int) -> list[Face]:
    style = Style(kit.ink.bar, bold=True, leading=1.2)
    return faces([(kit.words.previous, "up"), (kit.words.next, "down")], kit, third(width, kit), style)


def turner_height(kit: Kit, width: int) -> int:
    """Height of the row that turns pages, in a column of this width."""
    return max(kit.length.bar_button, face_height(_turner_faces(kit, width), kit))


def place_turners(kit: Kit, box: Box, pages: int) -> list[Part]:
    """Back and forth between the pages of a screen that does not fit on one, and which page it is."""
    page, wide = kit.draft.page, third(box.w, kit)
    turns = ((-1, page > 0), (1, page < pages - 1))
    parts = []
    for place, (by, enabled), face in zip((0, 2), turns, _turner_faces(kit, box.w), strict=True):
        at = Box(box.x + place * (wide + kit.length.gap_close), box.y, wide, box.h)
        ink = kit.colour.primary if enabled else kit.colour.disabled
        frame = small_frame(kit, at, kit.colour.primary, enabled=enabled)
        parts.append(button(f"turn.{by}", kit, at, frame, face, ink, Turns(by), enabled=enabled))
    said = kit.words.page.format(index=page + 1, total=pages)
    where = kit.set(said, Style(kit.ink.small, leading=1.25), wide, balanced=True)
    x, y = box.x + wide + kit.length.gap_close, box.y + (box.h - where.height) // 2
    drawn, node = put(where, x, y, kit.colour.muted, width=wide, align="centre", role=Role.STATUS)
    parts.insert(1, Part("turn.where", node, drawn))
    return parts
