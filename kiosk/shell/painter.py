"""Puts laid-out parts on the glass. Only parts that have changed are painted anew."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from kivy.graphics import (
    BorderImage,
    Color,
    InstructionGroup,
    Line,
    PopMatrix,
    PushMatrix,
    Rectangle,
    ScissorPop,
    ScissorPush,
    Translate,
)
from kivy.graphics.texture import Texture

from kiosk.shell import textures
from kiosk.shell.marks import (
    Box,
    Camera,
    Fill,
    Glyphs,
    Gradient,
    IconMark,
    Mark,
    Page,
    Part,
    Signs,
    Target,
    Vector,
)
from kiosk.shell.motion import Pose, pose
from kiosk.shell.moving_picture import MovingPicture
from kiosk.shell.tokens import Colours


class _Moving(msgspec.Struct):
    """A layer that moves."""

    motion: str
    home: tuple[int, int]
    span: tuple[int, int]
    rectangle: Rectangle
    tint: Color
    pose: Pose | None = None


class _Painted(msgspec.Struct):
    """A part on the glass."""

    part: Part
    group: InstructionGroup
    moving: list[_Moving]


class Painter:
    """The glass: parts, and above them what shows that a finger is there."""

    def __init__(self, canvas: InstructionGroup, height: int) -> None:
        self._height = height
        self._ground = InstructionGroup()
        self._ring = InstructionGroup()
        self._ink = InstructionGroup()
        self._finger = InstructionGroup()
        self._waiting = InstructionGroup()
        for group in (self._ground, self._ink, self._ring, self._finger, self._waiting):
            canvas.add(group)
        self._painted: dict[str, _Painted] = {}
        self._strokes: list[tuple[InstructionGroup, Line]] = []
        self._writing: object = None
        self._ringed: Sequence[Fill] = ()
        self._pages: Sequence[Texture] = ()
        self.camera = MovingPicture(mirrored=True)
        self.signs = MovingPicture(mirrored=False)
        self._sliding: list[InstructionGroup] = []
        self._shifts: list[Translate] = []

    def begin(self, pages: Sequence[Texture]) -> None:
        """A new screen: forget everything of the old one, its pictures too."""
        self._clear()
        self._pages = pages
        self.camera.forget()
        self.signs.forget()
        self.release()

    def _clear(self) -> None:
        # A group and what is drawn in it hold each other: emptied, they go now, with every letter of the screen that was, and not
        # whenever Python next looks for cycles (some visits later).
        for painted in self._painted.values():
            painted.group.clear()
        for group in self._sliding:
            group.clear()
        self._sliding.clear()
        self._shifts.clear()
        self._ground.clear()
        self._painted.clear()
        self.camera.leave()
        self.signs.leave()

    def paint(self, parts: Sequence[Part]) -> None:
        """Show exactly these parts."""
        if list(self._painted) != [part.key for part in parts]:
            self._arrange(parts)
        for part in parts:
            painted = self._painted[part.key]
            if painted.part.marks != part.marks:
                painted.group.clear()
                painted.moving.clear()
                painted.part = part
                self._fill(painted)

    def _arrange(self, parts: Sequence[Part]) -> None:
        """Other parts than before, or in another order: those that stay are not drawn again."""
        moving = self.camera.has_place or self.signs.has_place
        stay = {} if moving else {part.key: self._painted.pop(part.key, None) for part in parts}
        self._clear()
        for part in parts:
            known = stay.get(part.key)
            painted = known or _Painted(part, InstructionGroup(), [])
            self._ground.add(painted.group)
            self._painted[part.key] = painted
            if known is None:
                self._fill(painted)

    # ---- pages that slide (pager.Slides)

    def slide(self, going: Sequence[str], coming: Sequence[Part], window: Box) -> None:
        """See `pager.Slides`."""
        stay = [self._painted[key].group for key in going]
        for group in stay:
            self._ground.remove(group)
        fresh = [_Painted(part, InstructionGroup(), []) for part in coming]
        for painted in fresh:
            self._fill(painted)
        frame = InstructionGroup()
        frame.add(ScissorPush(x=window.x, y=self._height - window.bottom, width=window.w, height=window.h))
        for groups in (stay, [painted.group for painted in fresh]):
            shift = Translate()
            self._shifts.append(shift)
            for each in (PushMatrix(), shift, *groups, PopMatrix()):
                frame.add(each)
        frame.add(ScissorPop())
        self._sliding = [frame, *(painted.group for painted in fresh)]
        self._ground.add(frame)

    def shift(self, going: tuple[int, int], coming: tuple[int, int]) -> None:
        """See `pager.Slides`."""
        for translate, (right, down) in zip(self._shifts, (going, coming), strict=False):
            translate.xy = (right, -down)

    def rest(self) -> None:
        """See `pager.Slides`."""
        if self._sliding:
            self._arrange([painted.part for painted in self._painted.values()])

    def ink(self, stroke: list[tuple[float, float]], colour: str, width: int) -> None:
        """Draw the stroke under way; the same list with more points lengthens it. Pixels from the upper left corner."""
        points = [value for x, y in stroke for value in (x, self._height - y)]
        if stroke is not self._writing:
            self._writing = stroke
            group = InstructionGroup()
            line = Line(width=width / 2, cap="round", joint="round")
            group.add(_colour(colour))
            group.add(line)
            self._ink.add(group)
            self._strokes.append((group, line))
        # A point is a line of no length: a dot must be seen too.
        self._strokes[-1][1].points = points if len(stroke) > 1 else [*points, points[0] + 1, points[1]]

    def dry(self, strokes: int) -> None:
        """Keep only the first so many strokes."""
        for group, _ in self._strokes[strokes:]:
            group.clear()
            self._ink.remove(group)
        del self._strokes[strokes:]
        self._writing = None

    def move(self, time: float) -> None:
        """Put moving layers where they are `time` seconds after the screen was shown."""
        for painted in self._painted.values():
            for layer in painted.moving:
                now = pose(layer.motion, time)
                if now != layer.pose:
                    layer.pose = now
                    x, y = layer.home
                    layer.rectangle.pos = (x + round(now.dx * layer.span[0]), y - round(now.dy * layer.span[1]))
                    layer.tint.a = now.opacity

    def press(self, target: Target, colours: Colours, thickness: int) -> None:
        """Show the finger on a target."""
        self._finger.clear()
        ground = colours.pressed_dark if target.dark else colours.pressed
        outline = colours.ink if target.dark else colours.primary
        self._add(self._finger, Fill(target.box, ground, target.radius, outline, thickness), [])

    def ring(self, fills: Sequence[Fill]) -> None:
        """Show where the key pad's focus is; nothing takes the mark away."""
        if fills != self._ringed:
            self._ringed = fills
            self._ring.clear()
            for fill in fills:
                self._add(self._ring, fill, [])

    def release(self) -> None:
        """Take the finger and the waiting dots away."""
        self._finger.clear()
        self._waiting.clear()

    def wait(self, target: Target, colours: Colours, size: int, beat: int) -> None:
        """Three dots along the lower edge of the target, one of them strong, another each beat."""
        self._waiting.clear()
        colour = colours.on_primary if target.dark else colours.primary
        x = target.box.x + (target.box.w - 5 * size) // 2
        y = target.box.bottom - 2 * size
        for place in range(3):
            alpha = "ff" if place == beat % 3 else "59"
            self._add(self._waiting, Fill(Box(x + 2 * place * size, y, size, size), colour + alpha, size // 2), [])

    def _fill(self, painted: _Painted) -> None:
        for mark in painted.part.marks:
            self._add(painted.group, mark, painted.moving)

    def _add(self, group: InstructionGroup, mark: Mark, moving: list[_Moving]) -> None:
        match mark:
            case Fill():
                self._add_fill(group, mark)
            case Gradient(box, top, bottom):
                group.add(Color(1, 1, 1, 1))
                group.add(self._rectangle(box, textures.gradient(top, bottom)))
            case Glyphs(x, baseline, text, font, px, colour, leftwards):
                drawn = textures.letters(font, px, text, leftwards=leftwards)
                if drawn:
                    texture, right, down = drawn
                    group.add(_colour(colour))
                    group.add(self._rectangle(Box(x + right, baseline + down, *texture.size), texture))
            case IconMark(box, name, colour, stroke, flipped):
                group.add(_colour(colour))
                drawn_icon = self._rectangle(box, textures.icon(name, box.w, stroke))
                if flipped:
                    u0, v0, u1, _, _, v1, _, _ = drawn_icon.tex_coords
                    drawn_icon.tex_coords = (u1, v0, u0, v0, u0, v1, u1, v1)
                group.add(drawn_icon)
            case Vector(box, svg, motion, span):
                tint = Color(1, 1, 1, 1)
                rectangle = self._rectangle(box, textures.vector(svg, box.w, box.h))
                group.add(tint)
                group.add(rectangle)
                if motion:
                    moving.append(_Moving(motion, rectangle.pos, span, rectangle, tint))
            case Page(box, index):
                group.add(Color(1, 1, 1, 1))
                group.add(self._rectangle(box, self._pages[index]))
            case Camera(box):
                self._add_moving(group, box, self.camera)
            case Signs(box):
                self._add_moving(group, box, self.signs)

    def _add_fill(self, group: InstructionGroup, fill: Fill) -> None:
        box = fill.box
        if not fill.radius and not fill.thickness:
            group.add(_colour(fill.colour))
            group.add(self._rectangle(box, None))
            return
        radius = min(fill.radius, box.w // 2, box.h // 2)
        texture, border = textures.frame(radius, fill.colour, fill.outline, fill.thickness)
        across, down = min(border, box.w // 2), min(border, box.h // 2)
        group.add(Color(1, 1, 1, 1))
        position = (box.x, self._height - box.bottom)
        group.add(BorderImage(texture=texture, border=(down, across, down, across), pos=position, size=(box.w, box.h)))

    def _add_moving(self, group: InstructionGroup, box: Box, picture: MovingPicture) -> None:
        rectangle = self._rectangle(box, None)
        picture.stand(rectangle, box)
        group.add(Color(1, 1, 1, 1))
        group.add(rectangle)

    def _rectangle(self, box: Box, texture: Texture | None) -> Rectangle:
        return Rectangle(pos=(box.x, self._height - box.bottom), size=(box.w, box.h), texture=texture)


def _colour(colour: str) -> Color:
    red, green, blue, alpha = textures.rgba(colour)
    return Color(red / 255, green / 255, blue / 255, alpha / 255)
