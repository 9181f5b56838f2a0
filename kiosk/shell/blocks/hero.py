"""The coloured field of the idle screen."""

from __future__ import annotations

from kiosk.screens.parts import Hero
from kiosk.shell.kit import Kit, Piece, put, text_node
from kiosk.shell.letters import Paragraph, Style
from kiosk.shell.marks import Box, Fill, Gradient, Mark, Node, Part, Role

_LEAD = 1.3
"""Distance of the big lines, in font sizes."""


def pieces(hero: Hero, kit: Kit, key: str, width: int) -> list[Piece]:
    """Big words, a sentence, chips; with little room only the words, or words and sentence."""
    lines = kit.set("\n".join(hero.lines), Style(kit.ink.hero, bold=True, leading=_LEAD), width, balanced=True)
    sentence = kit.set(hero.sentence, Style(kit.ink.body), width, balanced=True)
    if len(sentence.lines) > 1:  # no line ends with the dot between two things said
        sentence = kit.set(hero.sentence.replace(" · ", "\n"), Style(kit.ink.body), width, balanced=True)
    rows = _chip_rows(hero, kit, width)
    space = kit.length.space
    with_sentence = lines.height + kit.length.gap + sentence.height
    with_chips = with_sentence + (space + len(rows) * (_chip_height(kit) + kit.length.step) if rows else 0)

    def place(box: Box) -> list[Part]:
        shown = 2 if with_chips + 2 * space <= box.h else 1 if with_sentence + space <= box.h else 0
        left = box.x + (box.w - width) // 2
        y = box.y + (box.h - (lines.height, with_sentence, with_chips)[shown]) // 2
        marks: list[Mark] = [Gradient(box, kit.colour.hero_top, kit.colour.hero_bottom)]
        drawn, node = put(lines, left, y, kit.colour.on_hero, role=Role.HEADING)
        marks.extend(drawn)
        nodes = [node]
        y += lines.height + kit.length.gap
        if shown >= 1:
            drawn, node = put(sentence, left, y, kit.colour.on_hero)
            marks.extend(drawn)
            nodes.append(node)
            y += sentence.height + space
        for row in rows if shown == 2 else ():
            x = left
            for chip in row:
                drawn_chip, node = _chip(chip, kit, x, y)
                marks.extend(drawn_chip)
                nodes.append(node)
                x += _chip_width(chip[1], kit) + kit.length.gap
            y += _chip_height(kit) + kit.length.step
        group = Node(Role.ACTIONS, lines.text, box, children=tuple(nodes))
        return [Part(key, group, tuple(marks))]

    best = with_chips + 6 * space
    return [Piece(least=lines.height + space, best=best, most=best + 4 * space, before=0, place=place, bleed=True)]


Chip = tuple[str, Paragraph]


def _chip_rows(hero: Hero, kit: Kit, width: int) -> list[list[Chip]]:
    rows: list[list[Chip]] = []
    free = 0
    for icon, text in hero.chips:
        chip = (str(icon), kit.set(text, Style(kit.ink.small), width))
        needed = _chip_width(chip[1], kit) + kit.length.gap
        if not rows or needed > free + kit.length.gap:
            rows.append([])
            free = width
        rows[-1].append(chip)
        free -= needed
    return rows


def _chip_height(kit: Kit) -> int:
    return kit.length.icon + kit.length.gap


def _chip_width(text: Paragraph, kit: Kit) -> int:
    return text.width + kit.length.icon * 4 // 5 + kit.length.gap * 5 // 2


def _chip(chip: Chip, kit: Kit, x: int, y: int) -> tuple[list[Mark], Node]:
    icon, text = chip
    box = Box(x, y, _chip_width(text, kit), _chip_height(kit))
    size = kit.length.icon * 4 // 5
    at = x + kit.length.gap
    text_x = at + size + kit.length.gap // 2
    text_y = y + (box.h - text.height) // 2
    marks: list[Mark] = [Fill(box, kit.colour.chip, kit.length.radius * 2 // 3)]
    marks.extend(kit.icon(icon, Box(at, y + (box.h - size) // 2, size, size), kit.colour.on_hero))
    marks.extend(text.marks(text_x, text_y, kit.colour.on_hero))
    return marks, text_node(text, Box(text_x, text_y, text.width, text.height))
