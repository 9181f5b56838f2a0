"""Digits typed by touch. A hidden field shows dots; its digits are in no mark and no node."""

from __future__ import annotations

from kiosk.screens.parts import Pad, PadField
from kiosk.shell.kit import Kit, Piece, as_one, put, rigid
from kiosk.shell.letters import Style
from kiosk.shell.marks import Box, Chooses, Does, Fill, Mark, Node, Part, Role, Target, Types

_KEYS: tuple[tuple[str, ...], ...] = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("all", "0", "erase"))
_MOST_PLACES = 8
"""A field of more digits is one long place instead of one place a digit."""
_DOT = "●"
_GROW = 1.2
"""Keys may grow by this much when there is room."""


def pieces(pad: Pad, kit: Kit, key: str, width: int) -> list[Piece]:
    """A piece a field, and the keys."""
    found = [_field(field, kit, f"{key}.{field.id}", width, len(pad.fields) > 1) for field in pad.fields]
    return [as_one(piece) for piece in (*found, _keys(kit, f"{key}.keys", width))]


def _field(field: PadField, kit: Kit, key: str, width: int, several: bool) -> Piece:
    length, colour = kit.length, kit.colour
    label = kit.set(field.label, Style(kit.ink.body, leading=1.25), width)
    above = label.height + length.gap // 3
    typed = kit.draft.typed.get(field.id, "")
    active = kit.draft.field == field.id

    def place(box: Box) -> list[Part]:
        drawn, label_node = put(
            label, box.x, box.y, colour.ink if active else colour.muted, width=box.w, align="centre"
        )
        line = Box(box.x, box.y + above, box.w, length.digit)
        places = _places(line, field.digits, kit)
        marks: list[Mark] = [*drawn]
        outline, thickness = (colour.primary, length.edge_strong) if active else (colour.edge, length.line)
        for place_box in places:
            marks.append(Fill(place_box, colour.card, length.radius * 2 // 3, outline, thickness))
        marks.extend(_typed_marks(typed, places, kit))
        value = kit.words.digits.format(typed=len(typed), total=field.digits) if field.hidden else typed
        text = Node(
            Role.TEXTBOX,
            field.label,
            Box(places[0].x, line.y, places[-1].right - places[0].x, line.h),
            value=value,
            enabled=not kit.draft.busy,
            ink=float(kit.ink.key),
            actions=("press",) if several else (),
        )
        target = Target(text.box, Chooses(field.id), length.radius * 2 // 3) if several else None
        return [Part(f"{key}.label", label_node, tuple(drawn)), Part(key, text, tuple(marks[len(drawn) :]), target)]

    return rigid(above + length.digit, length.gap, place)


def _places(line: Box, digits: int, kit: Kit) -> list[Box]:
    if digits > _MOST_PLACES:
        return [line]
    gap = kit.length.gap // 2
    width = min(kit.length.digit, (line.w - (digits - 1) * gap) // digits)
    left = line.x + (line.w - digits * width - (digits - 1) * gap) // 2
    return [Box(left + index * (width + gap), line.y, width, line.h) for index in range(digits)]


def _typed_marks(typed: str, places: list[Box], kit: Kit) -> list[Mark]:
    style = Style(kit.ink.key, leading=1.2)
    if len(places) == 1:
        long = kit.set(typed, style, places[0].w)
        return list(
            long.marks(
                places[0].x,
                places[0].y + (places[0].h - long.height) // 2,
                kit.colour.ink,
                width=places[0].w,
                align="centre",
            )
        )
    marks: list[Mark] = []
    for character, box in zip(typed, places, strict=False):
        if character == _DOT:
            dot = box.middle(box.w // 4, box.w // 4)
            marks.append(Fill(dot, kit.colour.ink, dot.w // 2))
        else:
            digit = kit.set(character, style, box.w)
            marks.extend(
                digit.marks(box.x, box.y + (box.h - digit.height) // 2, kit.colour.ink, width=box.w, align="centre")
            )
    return marks


def _keys(kit: Kit, key: str, width: int) -> Piece:
    length = kit.length
    gap = length.gap_close
    pad_width = min(width, 3 * length.key * 2 + 2 * gap)
    key_width = (pad_width - 2 * gap) // 3
    gaps = (len(_KEYS) - 1) * gap
    height = len(_KEYS) * length.key + gaps

    def place(box: Box) -> list[Part]:
        left = box.x + (box.w - pad_width) // 2
        high = (box.h - gaps) // len(_KEYS)
        parts = []
        for row, names in enumerate(_KEYS):
            for column, name in enumerate(names):
                at = Box(left + column * (key_width + gap), box.y + row * (high + gap), key_width, high)
                parts.append(_key(kit, f"{key}.{name}", name, at))
        return parts

    least = len(_KEYS) * length.key_least + gaps
    return Piece(least=least, best=height, most=round(height * _GROW), before=length.space, place=place)


def _key(kit: Kit, key: str, name: str, box: Box) -> Part:
    words = {"all": kit.words.erase_all, "erase": kit.words.erase}
    label = words.get(name, name)
    does: Does = Types(all=True) if name == "all" else Types() if name == "erase" else Types(digit=name)
    style = Style(kit.ink.key, leading=1.2) if name not in words else Style(kit.ink.body, leading=1.2)
    text = kit.set(label, style, box.w)
    drawn, node = put(text, box.x, box.y + (box.h - text.height) // 2, kit.colour.ink, width=box.w, align="centre")
    ground = kit.colour.card if name not in words else kit.colour.speech
    frame = Fill(box, ground, kit.length.radius, kit.colour.edge, kit.length.line)
    button = Node(
        Role.BUTTON, label, box, enabled=not kit.draft.busy, ink=text.ink, actions=("press",), children=(node,)
    )
    return Part(key, button, (frame, *drawn), Target(box, does, kit.length.radius))
