"""The template on a panel that lies: the words at the left, what they speak of at the right, the actions below that."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kiosk.screens.parts import Checks, Facts, Hero, Note, Tiles
from kiosk.screens.screen import Screen
from kiosk.shell import content as shared
from kiosk.shell import flow, frame
from kiosk.shell.buttons import actions_height, place_actions
from kiosk.shell.content import Body
from kiosk.shell.kit import Kit, Piece
from kiosk.shell.marks import Box, Part


class _Split(msgspec.Struct, frozen=True):
    """One way to share a screen out between the columns."""

    words: list[Piece]
    content: list[Piece]
    area: Box
    beside: bool | None
    one_page: bool


def lay(screen: Screen, kit: Kit, room: Box) -> Body | None:
    """Lay out what stands between header and bar; None where one column over the whole width is better: many small things to
    choose from, nothing but words, or words that need more room than their column has."""
    if not screen.blocks or _spreads(screen):
        return None
    words, right = _columns(kit, room)
    splits = [split for sides in _sides(screen) if (split := _split(screen, kit, words, right, sides))]
    if not splits:
        return None
    best = next((split for split in splits if split.one_page), splits[0])
    left = _place_words(best.words, shared.caption(screen, kit, words.w), kit, words, room)
    spoken = (
        shared.caption(screen, kit, right.w) if best.words[0].bleed else []
    )  # the field of the idle screen has no foot
    parts, pages = shared.place(best.content, spoken, kit, best.area, shared.lead(screen))
    height = actions_height(screen.actions, kit, right.w, beside=best.beside)
    box = Box(right.x, right.bottom - height, right.w, height)
    return Body((*left, *parts), tuple(place_actions(screen.actions, kit, box, beside=best.beside)), pages)


def _split(
    screen: Screen, kit: Kit, words: Box, right: Box, sides: tuple[Sequence[int], Sequence[int]]
) -> _Split | None:
    """None where something would have no room even on pages of its own."""
    hero = isinstance(shared.first_block(screen), Hero)
    left = [*_head(screen, kit, words.w, hero=hero), *shared.of_blocks(screen, kit, words.w, sides[0])]
    content = shared.of_blocks(screen, kit, right.w, sides[1])
    if hero:
        content = [*frame.titles(screen, kit, right.w, small=True, centred=False), *content]
    if shared.types(screen):
        # The fields beside the keys: both are seen while typing.
        left.extend(shared.of_blocks(screen, kit, words.w, sides[1])[:-1])
        content = content[-1:]
        if screen.sentence and flow.least(left) > words.h:
            left, content = _sentence_above_keys(screen, kit, right.w, left, content)
    area, beside = _area(screen, kit, content, right)
    if not (hero or flow.least(left) <= words.h) or not shared.may_stand(content, kit, area):
        return None
    return _Split(left, content, area, beside, flow.fits(content, area.h, kit.most_choices))


def _sentence_above_keys(
    screen: Screen, kit: Kit, width: int, left: list[Piece], content: list[Piece]
) -> tuple[list[Piece], list[Piece]]:
    """The words' column is full: what the sentence says stands above the keys."""
    number = 2 if screen.step else 1
    sentence = frame.titles(screen, kit, width, small=True, centred=False)[-1]
    return left[:number] + left[number + 1 :], [sentence, *content]


def _spreads(screen: Screen) -> bool:
    return any(isinstance(block, Tiles) and block.columns > 1 for block in screen.blocks)


def _columns(kit: Kit, room: Box) -> tuple[Box, Box]:
    length = kit.length
    inner = Box(length.margin, room.y + length.space, room.w - 2 * length.margin, room.h - length.space - length.gap)
    between = 2 * length.space
    left = round((inner.w - between) * kit.words_share)
    words = Box(inner.x, inner.y, left, inner.h)
    return words, Box(words.right + between, inner.y, inner.w - left - between, inner.h)


def _sides(screen: Screen) -> list[tuple[Sequence[int], Sequence[int]]]:
    """Numbers of the blocks that stand with the words, and of those at the right, the best way first: pictures and what is
    touched at the right, lists and notes with the words; lists alone at the right, as many of the first with the words as
    must be."""
    numbers = range(1 if isinstance(shared.first_block(screen), Hero) else 0, len(screen.blocks))
    results = [number for number in numbers if shared.is_result(screen.blocks[number])]
    lists = [number for number in numbers if isinstance(screen.blocks[number], (Facts, Checks, Note))]
    main = [number for number in numbers if number not in results and number not in lists]
    if main:
        right = [number for number in numbers if number not in results]
        return [([*results, *lists], main), (results, right), ([], numbers)]
    if not lists:
        return [([], results)]
    # A result's drawing gives way to what must be read: the title says the same.
    return [([*drawn, *lists[:count]], lists[count:]) for drawn in (results, []) for count in range(len(lists))]


def _head(screen: Screen, kit: Kit, width: int, *, hero: bool) -> list[Piece]:
    found: list[Piece] = []
    if hero:
        return shared.of_blocks(screen, kit, width, (0,))
    if screen.step:
        found.append(frame.step(screen.step, kit, width))
    found.extend(frame.titles(screen, kit, width, small=shared.types(screen), centred=False))
    return found


def _area(screen: Screen, kit: Kit, content: list[Piece], right: Box) -> tuple[Box, bool | None]:
    """Where the content stands, and whether the actions below it stand beside each other though the mode would not have it."""
    top = max(right.y, kit.height - kit.reach) if shared.keeps_low(screen, kit) else right.y
    beside: bool | None = None
    for beside in (None, True):
        height = actions_height(screen.actions, kit, right.w, beside=beside)
        below = height + kit.length.space if height else 0
        area = Box(right.x, top, right.w, right.bottom - below - top)
        if flow.fits(content, area.h, kit.most_choices):
            break
    return area, beside


def _place_words(pieces: list[Piece], comfort: list[Piece], kit: Kit, words: Box, room: Box) -> list[Part]:
    """The words from the top; what is spoken stands at the foot of their column, where there is room for it."""
    if pieces[0].bleed:
        return pieces[0].place(Box(0, room.y, words.right + kit.length.space, room.h))
    parts = flow.place(pieces, Box(words.x, words.y, words.w, flow.least(pieces)), lead=0.0, panel_width=kit.width)
    for piece in comfort:
        if flow.least([*pieces, piece]) <= words.h:
            parts.extend(piece.place(Box(words.x, words.bottom - piece.least, words.w, piece.least)))
    return parts
