"""A short paragraph that must be read."""

from __future__ import annotations

import re

from kiosk.screens.parts import Icon, Note, NoteKind
from kiosk.shell.kit import Kit, Piece, put
from kiosk.shell.letters import Style
from kiosk.shell.marks import Box, Fill, Mark, Node, Part, Role

_ICONS = {NoteKind.INFO: Icon.INFO, NoteKind.ATTENTION: Icon.ATTENTION, NoteKind.GOOD: Icon.CHECK}


def pieces(note: Note, kit: Kit, key: str, width: int) -> list[Piece]:
    """A card: icon left, title and text right; torn, a card for each sentence."""
    length, colour = kit.length, kit.colour
    ground, accent = {
        NoteKind.INFO: (colour.card, colour.primary),
        NoteKind.ATTENTION: (colour.attention_soft, colour.attention),
        NoteKind.GOOD: (colour.good_soft, colour.good),
    }[note.kind]
    icon_size = length.icon_tile
    room = width - 2 * length.padding - icon_size - length.gap
    title = kit.set(note.title, Style(kit.ink.body, bold=True, leading=1.4), room) if note.title else None
    text = kit.set(note.text, Style(kit.ink.body, leading=1.45), room, balanced=True)
    text_height = text.height + (title.height + length.gap // 6 if title else 0)
    height = max(icon_size, text_height) + 2 * length.padding

    def place(box: Box) -> list[Part]:
        x = box.x + length.padding + icon_size + length.gap
        y = box.y + (box.h - text_height) // 2
        icon = Box(box.x + length.padding, box.y + (box.h - icon_size) // 2, icon_size, icon_size)
        outline = colour.line if note.kind is NoteKind.INFO else accent
        marks: list[Mark] = [Fill(box, ground, length.radius, outline, length.line)]
        marks.extend(kit.icon(_ICONS[note.kind], icon, accent))
        nodes = []
        if title:
            drawn, node = put(title, x, y, colour.ink)
            marks.extend(drawn)
            nodes.append(node)
        drawn, node = put(text, x, y + text_height - text.height, colour.ink)
        marks.extend(drawn)
        nodes.append(node)
        group = Node(
            Role.STATUS,
            note.title or text.text,
            box,
            value=text.text if title else "",
            ink=text.ink,
            children=tuple(nodes),
        )
        return [Part(key, group, tuple(marks))]

    sentences = [sentence for sentence in re.split(r"(?<=[。；！？])", note.text) if sentence]
    torn: list[Piece] = []
    if len(sentences) > 1:
        for number, sentence in enumerate(sentences):
            single = Note(text=sentence, kind=note.kind, title=note.title if number == 0 else "")
            torn.extend(pieces(single, kit, f"{key}.{number}", width))
    return [Piece(least=height, best=height, most=height, before=length.space, place=place, torn=tuple(torn))]
