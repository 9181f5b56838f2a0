"""The top of every screen: where we are, what time it is, how far the visit is, the title and its sentence."""

from __future__ import annotations

from kiosk.screens.parts import Icon
from kiosk.screens.screen import Screen, StepMark
from kiosk.shell import tools
from kiosk.shell.kit import Kit, Piece, put, rigid
from kiosk.shell.letters import Align, Paragraph, Style
from kiosk.shell.lines import units
from kiosk.shell.marks import Box, Fill, Mark, Node, Part, Role, SaysAgain, Target


def header_height(screen: Screen, kit: Kit) -> int:
    """Height of the header: higher than usual only for a place whose name needs two lines of tall letters."""
    name = _place_name(screen, kit, _clock(screen, kit))
    return max(kit.length.header, name.height + kit.length.gap if name else 0)


def _style(kit: Kit) -> Style:
    return Style(kit.ink.header, leading=1.25)


def _clock(screen: Screen, kit: Kit) -> Paragraph:
    """Weekday, then the time, give way to a place name that would need a second line for them, or would not stand at all."""
    told = (f"{kit.now:%H:%M}  {kit.words.weekdays[kit.now.weekday()]}", f"{kit.now:%H:%M}", "")
    clocks = [kit.set(text, _style(kit), kit.width // 2) for text in told]
    names = [_place_name(screen, kit, clock) for clock in clocks]
    lines = [len(name.lines) if name else _NAME_LINES + 1 for name in names]
    return clocks[lines.index(min(lines))]


_NAME_LINES = 2
"""A place name that would need more has the logo's room too, and gives way to the logo where even that is too little."""


def _place_name(screen: Screen, kit: Kit, clock: Paragraph) -> Paragraph | None:
    """The place's name on at most two lines; None where it would need more, or one of its words would be torn."""
    taken = tools.width(tools.in_header(screen, kit), kit)
    room = kit.width - 2 * kit.length.margin - taken - clock.width - kit.length.gap
    words = max((kit.set(word, _style(kit), kit.width).width for word in units(screen.header)), default=0)
    for wide in (room - _logo_room(kit), room):
        name = kit.set(screen.header, _style(kit), wide, balanced=True) if words <= wide else None
        if name and len(name.lines) <= _NAME_LINES:
            return name
    return None


def _logo_room(kit: Kit) -> int:
    return kit.length.logo + kit.length.gap * 3 // 4


def _tool_height(kit: Kit) -> int:
    """Less than the header by the gap that any two targets keep."""
    return kit.length.header - kit.length.gap_close


def header(screen: Screen, kit: Kit, height: int) -> list[Part]:
    """Place at the left, then the clock, the tools at the right."""
    box = Box(0, 0, kit.width, height)
    ground = (Fill(box, _ground(screen, kit)), Fill(Box(0, box.h - 2, box.w, 2), kit.colour.track))
    ink, muted = (kit.colour.on_primary,) * 2 if screen.staff else (kit.colour.ink, kit.colour.muted)
    parts = [Part("header", Node(Role.BANNER, "", box), ground)]
    clock = _clock(screen, kit)
    row = box.inset(kit.length.margin, (height - _tool_height(kit)) // 2)
    placed = tools.place(tools.in_header(screen, kit), kit, Box(row.x, row.y, row.w, _tool_height(kit)))
    right = placed[0].node.box.x - kit.length.gap if placed else row.right
    clock_x = right - clock.width
    if screen.header:
        name = _place_name(screen, kit, clock)
        room = right - clock.width - kit.length.gap - row.x - _logo_room(kit)
        logo = Box(row.x, (box.h - kit.length.logo) // 2, kit.length.logo, kit.length.logo)
        marks: list[Mark] = []
        if name is None or name.width <= room:
            marks = [Fill(logo, _ground(screen, kit) if screen.staff else kit.colour.primary, kit.length.radius // 2)]
            icon = Icon.KEY if screen.staff else Icon.HOME
            marks.extend(kit.icon(icon, logo.inset(logo.w // 5), kit.colour.on_primary))
        if name:
            drawn, node = put(
                name,
                logo.right + kit.length.gap * 3 // 4 if marks else row.x,
                (box.h - name.height) // 2,
                ink,
            )
            parts.append(Part("header.place", node, (*marks, *drawn)))
        else:
            parts.append(Part("header.place", Node(Role.IMAGE, screen.header, logo), tuple(marks)))
    if clock.text:
        drawn, node = put(clock, clock_x, (box.h - clock.height) // 2, muted)
        parts.append(Part("header.clock", node, drawn))
    return [*parts, *placed]


def _ground(screen: Screen, kit: Kit) -> str:
    """The staff's screens are marked from afar: nobody takes them for the visitors' kiosk."""
    return kit.colour.attention if screen.staff else kit.colour.header


def step(mark: StepMark, kit: Kit, width: int) -> Piece:
    """One bar a step; in standard mode with words."""
    gap = kit.length.gap // 2
    said = f"{kit.words.step.format(index=mark.index, total=mark.total)} · {mark.label}"
    label = None if kit.elder else kit.set(said, Style(kit.ink.small, leading=1.3), width)
    above = kit.length.step + kit.length.gap * 2 // 3
    each = (width - (mark.total - 1) * gap) // mark.total

    def place(box: Box) -> list[Part]:
        bars = Box(box.x, box.y, box.w, kit.length.step)
        marks: list[Mark] = []
        for number in range(mark.total):
            at = Box(box.x + number * (each + gap), box.y, each, kit.length.step)
            done = number < mark.index
            marks.append(Fill(at, kit.colour.primary if done else kit.colour.track, kit.length.step // 2))
        value = f"{mark.index}/{mark.total}"
        parts = [Part("step", Node(Role.PROGRESS, said, bars, value=value), tuple(marks))]
        if label:
            drawn, node = put(label, box.x, box.y + above, kit.colour.muted)
            parts.append(Part("step.label", node, drawn))
        return parts

    return rigid(above + label.height if label else kit.length.step, kit.length.gap, place)


def titles(screen: Screen, kit: Kit, width: int, *, small: bool, centred: bool) -> list[Piece]:
    """Title and sentence. `small` below the idle screen's field and above keys, `centred` below a picture."""
    found = []
    align: Align = "centre" if centred else "left"
    if screen.title:
        ink = kit.ink.heading if small else kit.ink.title
        title = kit.set(screen.title, Style(ink, bold=True, leading=1.28), width, balanced=True)

        def place_title(box: Box) -> list[Part]:
            drawn, node = put(title, box.x, box.y, kit.colour.ink, width=box.w, align=align, role=Role.HEADING)
            return [Part("title", node, drawn)]

        found.append(rigid(title.height, kit.length.space if small else kit.length.gap, place_title))
    if screen.sentence:
        sentence = kit.set(
            screen.sentence, Style(kit.ink.small if small else kit.ink.body, leading=1.5), width, balanced=True
        )

        def place_sentence(box: Box) -> list[Part]:
            drawn, node = put(sentence, box.x, box.y, kit.colour.muted, width=box.w, align=align)
            return [Part("sentence", node, drawn)]

        found.append(rigid(sentence.height, kit.length.gap // 4, place_sentence))
    return found


def titles_in_row(screen: Screen, kit: Kit, width: int) -> list[Piece]:
    """Title and sentence beside each other, where both stand on one line: a panel that lies has more width than height."""
    title = kit.set(screen.title, Style(kit.ink.title, bold=True, leading=1.28), width)
    sentence = kit.set(screen.sentence, Style(kit.ink.body, leading=1.5), width)
    one_line = len(title.lines) == len(sentence.lines) == 1
    left = title.width + 2 * kit.length.space
    if not (screen.title and screen.sentence and one_line and left + sentence.width <= width):
        return titles(screen, kit, width, small=False, centred=False)

    def place(box: Box) -> list[Part]:
        drawn, node = put(title, box.x, box.y, kit.colour.ink, role=Role.HEADING)
        # On the title's baseline.
        down = (title.height + title.above - title.below) / 2 - (sentence.height + sentence.above - sentence.below) / 2
        said, said_node = put(sentence, box.x + left, box.y + round(down), kit.colour.muted)
        return [Part("title", node, drawn), Part("sentence", said_node, said)]

    return [rigid(title.height, kit.length.gap, place)]


def caption(spoken: str, kit: Kit, width: int) -> Piece:
    """What is said aloud, to be read along; a touch has it said once more."""
    length = kit.length
    pad = length.gap
    icon = length.icon
    text = kit.set(
        spoken, Style(kit.ink.small * 21 // 20, leading=1.4), width - 2 * pad - icon - length.gap, balanced=True
    )
    height = max(max(icon, text.height) + length.gap * 3 // 2, length.target)

    def place(box: Box) -> list[Part]:
        marks: list[Mark] = [Fill(box, kit.colour.speech, length.radius * 2 // 3)]
        if kit.look.theme != "light":
            marks = [Fill(box, kit.colour.speech, length.radius * 2 // 3, kit.colour.line, length.line)]
        at = Box(box.x + pad, box.y + (box.h - icon) // 2, icon, icon)
        marks.extend(kit.icon(Icon.SPEAKER, at, kit.colour.speech_ink))
        drawn, text_node = put(
            text, at.right + length.gap * 3 // 4, box.y + (box.h - text.height) // 2, kit.colour.speech_ink
        )
        node = Node(
            Role.STATUS,
            kit.words.spoken,
            box,
            value=text.text,
            ink=text.ink,
            actions=("press",),
            children=(text_node,),
        )
        return [Part("caption", node, (*marks, *drawn), Target(box, SaysAgain(), length.radius * 2 // 3))]

    return rigid(height, length.space, place)
