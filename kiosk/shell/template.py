"""One template for all screens: header, step, title, sentence, content, what is spoken, actions, the bar.

Header and bar stand where they always stand; a block that takes the whole panel (whole.py) has neither. What is between them is
one column on a panel that stands, words and content beside each other on one that lies.
"""

from __future__ import annotations

import msgspec

from kiosk.screens.screen import Screen, typing_of, whole_of
from kiosk.shell import frame, one_column, signs, two_columns, typed_column, whole
from kiosk.shell.bar import bar_height, place_bar
from kiosk.shell.kit import Kit
from kiosk.shell.marks import Box, Part, Region
from kiosk.shell.mirror import mirrored


class Laid(msgspec.Struct, frozen=True):
    """A screen, laid out: its parts by region and how many pages its content has."""

    parts: tuple[tuple[Region, tuple[Part, ...]], ...]
    pages: int

    def all(self) -> list[Part]:
        """Every part, in the order in which they are painted."""
        return [part for _, parts in self.parts for part in parts]


def lay_out(screen: Screen, kit: Kit) -> Laid:
    """Lay out a screen. Nothing overlaps and nothing is cut: what does not fit goes to further pages."""
    if (alone := whole_of(screen)) is not None:
        return Laid(((Region.CONTENT, whole.parts(alone, kit)),), 1)
    # The actions are choices too: a list on the same screen has what they leave.
    kit = msgspec.structs.replace(kit, most_choices=max(1, kit.most_choices - len(screen.actions)))
    header = frame.header_height(screen, kit)
    bar = bar_height(screen, kit)
    bar_box = Box(0, kit.height - bar, kit.width, bar)
    room = Box(0, header, kit.width, bar_box.y - header)
    typing = typing_of(screen)
    place = signs.place(screen, kit, room)
    screen, within, room = place.screen, place.kit, place.left
    body = typed_column.lay(screen, typing, within, room) if typing else None
    body = body or (two_columns.lay(screen, within, room) if kit.two_columns else None)
    body = body or one_column.lay(screen, within, room)
    regions: tuple[tuple[Region, tuple[Part, ...]], ...] = (
        (Region.HEADER, tuple(frame.header(screen, kit, header))),
        (Region.CONTENT, (*place.parts, *body.content)),
        (Region.ACTIONS, body.actions),
        (Region.BAR, tuple(place_bar(screen, kit, bar_box)) if bar else ()),
    )
    if kit.words.leftwards:
        regions = tuple((region, tuple(mirrored(part, kit.width) for part in parts)) for region, parts in regions)
    return Laid(regions, body.pages)
