"""The place for sign language: always the same, of a size in millimetres, and beside everything, on nothing.

On a panel that stands it is at the right below the header, with the title beside it; on one that lies it is a column at the right.
What is left is the room of everything else, which is laid out in it as on a smaller panel.
"""

from __future__ import annotations

import msgspec

from kiosk.screens.parts import Hero
from kiosk.screens.screen import Layout, Screen
from kiosk.shell import content as shared
from kiosk.shell import flow, frame
from kiosk.shell.kit import Kit, Piece, put
from kiosk.shell.letters import Style
from kiosk.shell.marks import Box, Fill, Node, Part, Role, Signs


class Place(msgspec.Struct, frozen=True):
    """The parts of the place, and with what and where everything else is laid out."""

    parts: tuple[Part, ...]
    screen: Screen
    kit: Kit
    left: Box


def place(screen: Screen, kit: Kit, room: Box) -> Place:
    """Take the place out of the room between header and bar; all of the room is left to a screen that keeps none."""
    if not screen.signs:
        return Place((), screen, kit, room)
    length = kit.length
    box = Box(room.right - length.margin - length.signs, room.y + length.gap, length.signs, length.signs_high)
    if kit.two_columns:
        left = Box(room.x, room.y, box.x - room.x, room.h)
        return Place((_picture(kit, box),), screen, msgspec.structs.replace(kit, width=left.right), left)
    hero = isinstance(shared.first_block(screen), Hero)
    top = box.bottom + (length.gap if hero else 0)
    left = Box(room.x, top, room.w, room.bottom - top)
    words = Box(room.x + length.margin, box.y, box.x - length.space - room.x - length.margin, box.h)
    for pieces, rest in _beside(screen, kit, words.w):
        if flow.least(pieces) <= words.h:
            return Place(
                (*flow.place(pieces, words, lead=0.5 if hero else 0.0, panel_width=words.w), _picture(kit, box)),
                rest,
                kit,
                left,
            )
    return Place((_picture(kit, box),), screen, kit, left)


def _beside(screen: Screen, kit: Kit, width: int) -> list[tuple[list[Piece], Screen]]:
    """What may stand beside the place, the best first, each with the screen that is left: the head as far as it has room; what is
    spoken, where the head is a coloured field (in the low layout it stays low: it can be touched)."""
    if isinstance(shared.first_block(screen), Hero):
        spoken = shared.caption(screen, kit, width) if kit.look.layout is not Layout.LOW_REACH else []
        return [(spoken, msgspec.structs.replace(screen, spoken=""))] if spoken else []
    without = msgspec.structs.replace(screen, step=None, title="")
    step = [frame.step(screen.step, kit, width)] if screen.step else []
    head = [*step, *frame.titles(screen, kit, width, small=False, centred=False)]
    shorter = head[:-1] if screen.sentence else head
    found = [(head, msgspec.structs.replace(without, sentence="")), (shorter, without)]
    return [(pieces, rest) for pieces, rest in found if pieces]


def _picture(kit: Kit, box: Box) -> Part:
    length = kit.length
    ground = Fill(box, kit.colour.card, length.radius // 2, kit.colour.line, length.line)
    inner = box.inset(length.line)
    note = kit.set(kit.draft.sign_note, Style(kit.ink.small, leading=1.35), box.w - 2 * length.gap, balanced=True)
    y = box.y + (box.h - note.height) // 2
    drawn, text = put(note, box.x + length.gap, y, kit.colour.ink, width=box.w - 2 * length.gap, align="centre")
    children = (text,) if note.text else ()
    node = Node(Role.IMAGE, kit.words.signs, box, value=note.text, children=children)
    return Part("signs", node, (ground, *drawn, Signs(inner)))
