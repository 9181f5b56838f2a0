"""The field: its name, what is written, the pinyin that is on its way, and a word about what is wrong."""

from __future__ import annotations

import msgspec

from kiosk.input import id_number
from kiosk.input.id_number import Slip
from kiosk.screens.parts import Icon, Typing, Way
from kiosk.shell.input.sizes import pixels
from kiosk.shell.input.state import State
from kiosk.shell.input.words import key_words
from kiosk.shell.kit import Kit, Piece, put, rigid
from kiosk.shell.letters import Paragraph, Style
from kiosk.shell.marks import Box, Fill, Mark, Node, Part, Role

_MOST_LINES = 2
"""Of a long text its end is seen: that is where the next character goes."""
_GROUPS = (6, 14)
"""An ID number is read in three groups: region, birth, the rest."""


def field(typing: Typing, state: State, kit: Kit, key: str, width: int) -> Piece:
    """One or two lines, and the note below them where there is one."""
    size, length, colour = pixels(kit.look.mode, kit.scale), kit.length, kit.colour
    label = kit.set(typing.label, Style(size.note, leading=1.3), width // 3)
    room = width - 3 * length.padding - label.width
    style = Style(size.field_ink, leading=1.35)
    shown = _end(kit.set(_text(state) or typing.hint, style, room))
    label_shown = len(shown.lines) == 1
    if not label_shown:  # what is written needs the room; the field says its name to whoever does not see it
        room = width - 2 * length.padding
        shown = _end(kit.set(_text(state) or typing.hint, style, room))
    high = max(size.field, shown.height + length.padding)
    note = _note(typing, state, kit, width)
    below = length.gap // 2 + note[0].height if note else 0

    def place(box: Box) -> list[Part]:
        frame = Box(box.x, box.y, box.w, high)
        ground = Fill(frame, colour.card, length.radius * 2 // 3, colour.primary, length.edge)
        drawn, name = put(label, frame.x + length.padding, frame.y + (high - label.height) // 2, colour.muted)
        x, y = frame.right - length.padding - room, frame.y + (high - shown.height) // 2
        marks: list[Mark] = [ground, *(drawn if label_shown else ())]
        marks.extend(shown.marks(x, y, colour.ink if _text(state) else colour.muted))
        marks.extend(_caret(shown if _text(state) else None, state, kit, x, frame))
        text = Node(
            Role.TEXTBOX,
            typing.label,
            frame,
            value=_text(state),
            enabled=not kit.draft.busy,
            ink=shown.ink,
            children=(name,) if label_shown else (),
        )
        parts = [Part(key, text, tuple(marks))]
        if note:
            parts.append(
                _place_note(note, kit, f"{key}.note", Box(box.x, frame.bottom + length.gap // 2, box.w, below))
            )
        return parts

    return rigid(high + below, length.gap, place)


def _text(state: State) -> str:
    """Everything that stands in the field."""
    if state.way is Way.ID_NUMBER:
        first, second = _GROUPS
        return " ".join(part for part in (state.text[:first], state.text[first:second], state.text[second:]) if part)
    return state.text + state.head + state.rest


def _end(paragraph: Paragraph) -> Paragraph:
    return msgspec.structs.replace(paragraph, lines=paragraph.lines[-_MOST_LINES:])


def _caret(shown: Paragraph | None, state: State, kit: Kit, x: int, frame: Box) -> tuple[Mark, ...]:
    """Where the next character goes; under pinyin that is no character yet, a line."""
    high = frame.h * 5 // 9
    if shown is None or not shown.lines:
        return (
            Fill(
                Box(x - kit.length.edge * 2, frame.y + (frame.h - high) // 2, kit.length.edge, high), kit.colour.primary
            ),
        )
    wide = sum(run.width for run in shown.lines[-1])
    top = frame.y + (frame.h - shown.height) // 2 + (len(shown.lines) - 1) * shown.line_height
    caret = Fill(
        Box(x + wide + kit.length.edge, top + shown.line_height // 8, kit.length.edge, shown.line_height * 3 // 4),
        kit.colour.primary,
    )
    if not state.rest:
        return (caret,)
    share = min(1.0, len(state.rest) / max(1, len("".join(run.text for run in shown.lines[-1]))))
    under = Box(
        x + round(wide * (1 - share)), top + shown.line_height - kit.length.edge, round(wide * share), kit.length.edge
    )
    return caret, Fill(under, kit.colour.primary)


def _note(typing: Typing, state: State, kit: Kit, width: int) -> tuple[Paragraph, Icon, str] | None:
    words, colour = key_words(kit.look.language), kit.colour
    size = pixels(kit.look.mode, kit.scale)

    def note(text: str, icon: Icon, ink: str) -> tuple[Paragraph, Icon, str]:
        room = width - kit.length.icon - kit.length.gap
        return kit.set(text, Style(size.note, leading=1.35), room), icon, ink

    if state.way is Way.ID_NUMBER:
        if state.slip is not Slip.NONE:
            return note(words.slip[state.slip], Icon.ATTENTION, colour.attention)
        left = id_number.PLACES - len(state.text)
        if not left:
            return note(words.id_good, Icon.CHECK, colour.good)
        return note(words.id_left.format(left=left) if state.text else words.id_empty, Icon.INFO, colour.muted)
    if state.full:
        return note(words.full.format(most=typing.most), Icon.INFO, colour.muted)
    return None


def _place_note(note: tuple[Paragraph, Icon, str], kit: Kit, key: str, box: Box) -> Part:
    text, icon, ink = note
    size = kit.length.icon
    at = Box(box.x, box.y + (text.height - size) // 2, size, size)
    drawn, node = put(text, box.x + size + kit.length.gap // 2, box.y, ink, role=Role.STATUS)
    return Part(key, node, (*kit.icon(icon, at, ink), *drawn))
