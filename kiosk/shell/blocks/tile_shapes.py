"""The shapes of a thing to choose: texts, frame and node, and how icon and words stand in it."""

from __future__ import annotations

from kiosk.screens.parts import Icon, Tile
from kiosk.shell.kit import Kit, put
from kiosk.shell.letters import Align, Style
from kiosk.shell.marks import Answers, Box, Fill, Mark, Node, Part, Role, Target


def inset_of(kit: Kit) -> int:
    """From the frame of a tile in a grid to its words."""
    return kit.length.padding // 2 if kit.elder else kit.length.gap_close


class Shape:
    """What all shapes share: texts, frame, node."""

    ink = 0
    inset = 0
    icon_size = 0
    icon_room = 0
    leading = 1.35

    def __init__(self, tile: Tile, kit: Kit, width: int, text_width: int, align: Align, *, bold: bool = True) -> None:
        self.tile, self.kit, self.width, self.align = tile, kit, width, align
        title_style = Style(self.ink, bold=bold, leading=1.25)
        note_style = Style(kit.ink.body if tile.emphasis or kit.elder else kit.ink.small, leading=1.4)
        self.text_width = text_width
        self.title = kit.set(tile.title, title_style, text_width, balanced=True)
        self.note = kit.set(tile.note, note_style, text_width, balanced=True) if tile.note else None
        self.text_height = self.title.height + (self.note.height + kit.length.gap // 4 if self.note else 0)
        self.height = 0
        self.inner = 0
        self.row_inner = 0  # of the highest tile in the row: icons and words stand on one line

    def frame(self, box: Box) -> Fill:
        """The frame says whether it can be chosen, and whether it stands out."""
        colour, length = self.kit.colour, self.kit.length
        if not self.tile.enabled:
            return Fill(box, colour.disabled_card, length.radius, colour.disabled_card, length.line)
        if self.tile.emphasis:
            return Fill(box, colour.card, length.radius, colour.outline, length.edge_strong)
        return Fill(box, colour.card, length.radius, colour.line, length.line)

    def icon_colour(self) -> str:
        """Of the icon's lines."""
        if not self.tile.enabled:
            return self.kit.colour.disabled
        return self.kit.colour.ink if self.tile.emphasis else self.kit.colour.primary

    def texts(self, x: int, y: int) -> tuple[list[Mark], list[Node]]:
        """Title, and the note below it, with their upper left corner at x, y."""
        colour = self.kit.colour
        marks, node = put(
            self.title,
            x,
            y,
            colour.ink if self.tile.enabled else colour.disabled,
            width=self.text_width,
            align=self.align,
        )
        found, nodes = list(marks), [node]
        if self.note:
            marks, node = put(
                self.note,
                x,
                y + self.text_height - self.note.height,
                colour.muted if self.tile.enabled else colour.disabled,
                width=self.text_width,
                align=self.align,
            )
            found.extend(marks)
            nodes.append(node)
        return found, nodes

    def part(self, key: str, box: Box, icon: Box, x: int, y: int) -> Part:
        """The whole tile, with its icon in that box and its words at x, y."""
        texts, nodes = self.texts(x, y)
        enabled = self.tile.enabled and not self.kit.draft.busy
        inks = [paragraph.ink for paragraph in (self.title, self.note) if paragraph]
        node = Node(
            Role.BUTTON,
            self.tile.title,
            box,
            value=self.tile.note,
            enabled=enabled,
            ink=min(inks),
            actions=("press",),
            children=tuple(nodes),
        )
        marks = (self.frame(box), *self.kit.icon(self.tile.icon, icon, self.icon_colour()), *texts)
        target = Target(box, Answers(self.tile.id), self.kit.length.radius) if self.tile.enabled else None
        return Part(key, node, marks, target)

    def place(self, key: str, box: Box) -> Part:
        """Lay the tile out in its box: icon left, words right of it, unless the shape says otherwise."""
        icon = Box(box.x + self.inset, box.y + (box.h - self.icon_size) // 2, self.icon_size, self.icon_size)
        return self.part(key, box, icon, box.x + self.inset + self.icon_room, box.y + (box.h - self.text_height) // 2)


class Wide(Shape):
    """Icon left, title and note right of it."""

    def __init__(self, tile: Tile, kit: Kit, width: int, notes: bool) -> None:
        self.ink = (
            kit.ink.big_tile if tile.emphasis else kit.ink.tile * 5 // 4 if notes and not kit.elder else kit.ink.tile
        )
        self.icon_size = kit.length.icon_big if notes else kit.length.icon_tile
        self.inset = kit.length.padding * 3 // 2 if notes else kit.length.padding
        icon_room = self.icon_size + self.inset if tile.icon != Icon.NONE else 0
        super().__init__(tile, kit, width, width - 2 * self.inset - icon_room, "left")
        self.icon_room = icon_room
        least = kit.length.tile if tile.note else kit.length.tile_row
        self.height = max(
            self.text_height + 2 * kit.length.padding, kit.length.big_tile if tile.emphasis else least * 4 // 5
        )


class Stacked(Shape):
    """Icon above title and note."""

    def __init__(self, tile: Tile, kit: Kit, width: int, align: Align) -> None:
        self.ink = kit.ink.tile
        self.inset = inset_of(kit)
        super().__init__(tile, kit, width, width - 2 * self.inset, align)
        self.icon_size = kit.length.icon_tile if tile.icon != Icon.NONE else 0
        self.between = kit.length.gap * 2 // 3 if self.icon_size else 0
        self.inner = self.icon_size + self.between + self.text_height
        self.height = max(kit.length.tile, self.inner + 2 * kit.length.padding)

    def place(self, key: str, box: Box) -> Part:
        """Icon above the words."""
        y = box.y + (box.h - self.row_inner) // 2
        x = (
            box.x + (box.w - self.icon_size) // 2
            if self.align == "centre"
            else box.x + self.inset - self.icon_size // 12
        )
        icon = Box(x, y, self.icon_size, self.icon_size)
        return self.part(key, box, icon, box.x + self.inset, y + self.icon_size + self.between)


class Beside(Shape):
    """Elder mode in a grid with little room: the icon beside title and note."""

    def __init__(self, tile: Tile, kit: Kit, width: int) -> None:
        self.ink = kit.ink.tile
        self.icon_size = kit.length.icon_tile if tile.icon != Icon.NONE else 0
        self.icon_room = self.icon_size + kit.length.gap * 2 // 3 if self.icon_size else 0
        self.inset = kit.length.padding
        super().__init__(tile, kit, width, width - 2 * self.inset - self.icon_room, "left")
        self.inner = self.text_height
        self.height = max(kit.length.tile_row, self.text_height + kit.length.padding)


class Short(Shape):
    """A small icon and a title in one row."""

    def __init__(self, tile: Tile, kit: Kit, width: int) -> None:
        self.ink = kit.ink.tile_row
        self.icon_size = kit.length.icon_tile if tile.icon != Icon.NONE else 0
        self.icon_room = self.icon_size + kit.length.gap * 2 // 3 if self.icon_size else 0
        self.inset = kit.length.padding * 4 // 5
        super().__init__(tile, kit, width, width - 2 * self.inset - self.icon_room, "left", bold=False)
        self.height = max(kit.length.tile_row, self.text_height + kit.length.padding)


class Long(Short):
    """A short row of several columns: the note stands beside the title, as the hint in a field does, or below it where there is
    no room."""

    def __init__(self, tile: Tile, kit: Kit, width: int) -> None:
        super().__init__(tile, kit, width)
        hint = kit.set(tile.note, Style(kit.ink.body, leading=1.4), kit.width)
        self.hint = hint if tile.note and self.title.width + kit.length.gap + hint.width <= self.text_width else None
        if self.hint:
            self.note, self.text_height = self.hint, self.title.height
            self.height = max(kit.length.tile_row, self.text_height + kit.length.padding)

    def texts(self, x: int, y: int) -> tuple[list[Mark], list[Node]]:
        """Title, and the hint on its baseline."""
        if not self.hint:
            return super().texts(x, y)
        marks, title = put(self.title, x, y, self.kit.colour.ink)
        # On the title's baseline.
        down = (self.title.height + self.title.above - self.title.below) / 2
        down -= (self.hint.height + self.hint.above - self.hint.below) / 2
        left = x + self.title.width + self.kit.length.gap
        drawn, hint = put(self.hint, left, y + round(down), self.kit.colour.muted)
        return [*marks, *drawn], [title, hint]

    def frame(self, box: Box) -> Fill:
        """As a field has it."""
        return Fill(box, self.kit.colour.card, self.kit.length.radius, self.kit.colour.primary, self.kit.length.edge)
