"""What the letters or strokes may mean: a row to take from, as many as have room; more of them are leafed to."""

from __future__ import annotations

from kiosk.shell.blocks.typing_key import icon_key
from kiosk.shell.input.sizes import Pixels, pixels
from kiosk.shell.input.state import State
from kiosk.shell.input.words import key_words
from kiosk.shell.kit import Kit, put
from kiosk.shell.letters import Paragraph, Style
from kiosk.shell.marks import Box, Fill, Leafs, Node, Part, Role, Takes, Target


def row(state: State, kit: Kit, key: str, box: Box) -> list[Part]:
    """The row; empty while there is nothing to take, with a word about it when this way of typing is out."""
    size, words = pixels(kit.look.mode, kit.scale), key_words(kit.look.language)
    ground = Fill(box, kit.colour.speech, kit.length.radius * 2 // 3)
    if state.trouble:
        return [_word(words.trouble, kit, key, box, ground)]
    if not state.guesses:
        return [Part(key, Node(Role.STATUS, words.pick, box), (ground,))]
    cells, following = _fitting(state, kit, size, box.w)
    parts = []
    x = box.x
    for number, text, wide in cells:
        parts.append(_guess(f"{key}.{number - state.first}", text, number, kit, Box(x, box.y, wide, box.h)))
        x += wide + size.gap
    if state.earlier or following is not None:
        right = box.right - size.key
        back = Box(right - size.key - size.gap, box.y, size.key, box.h)
        parts.append(icon_key(f"{key}.back", words.back, "previous", Leafs(-1), kit, back, enabled=bool(state.earlier)))
        on = Box(right, box.y, size.key, box.h)
        parts.append(
            icon_key(f"{key}.on", words.on, "next", Leafs(following or 0), kit, on, enabled=following is not None)
        )
    return parts


def _fitting(state: State, kit: Kit, size: Pixels, width: int) -> tuple[list[tuple[int, Paragraph, int]], int | None]:
    """Number, text and width of the guesses in the row, and the first one that has no room any more. A guess that is wider than
    the row has it for itself and is broken into lines."""
    style = Style(size.guess, leading=1.15)
    arrows = 2 * (size.key + size.gap)
    found: list[tuple[int, Paragraph, int]] = []
    used = 0
    for number in range(state.first, len(state.guesses)):
        text = kit.set(state.guesses[number], style, width - arrows - 2 * size.gap)
        wide = max(size.key, text.width + 2 * size.gap)
        last = number == len(state.guesses) - 1 and not state.earlier
        if found and used + wide > (width if last else width - arrows):
            return found, number
        found.append((number, text, wide))
        used += wide + size.gap
    return found, None


def _guess(key: str, text: Paragraph, number: int, kit: Kit, box: Box) -> Part:
    colour, length = kit.colour, kit.length
    first = number == 0
    frame = Fill(
        box,
        colour.card,
        length.radius * 2 // 3,
        colour.primary if first else colour.edge,
        length.edge if first else length.line,
    )
    drawn, node = put(text, box.x, box.y + (box.h - text.height) // 2, colour.ink, width=box.w, align="centre")
    button = Node(
        Role.BUTTON, text.text, box, enabled=not kit.draft.busy, ink=text.ink, actions=("press",), children=(node,)
    )
    return Part(key, button, (frame, *drawn), Target(box, Takes(number), length.radius * 2 // 3))


def _word(text: str, kit: Kit, key: str, box: Box, ground: Fill) -> Part:
    size = pixels(kit.look.mode, kit.scale)
    said = kit.set(text, Style(size.word, leading=1.2), box.w - 2 * size.gap)
    drawn, node = put(
        said,
        box.x,
        box.y + (box.h - said.height) // 2,
        kit.colour.speech_ink,
        width=box.w,
        align="centre",
        role=Role.STATUS,
    )
    return Part(key, node, (ground, *drawn))
