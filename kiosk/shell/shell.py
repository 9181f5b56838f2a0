"""The shell's one loop: messages in, the screen on the glass, touches out."""

from __future__ import annotations

import time
from collections import deque
from datetime import datetime
from typing import Any

import msgspec
from kivy.base import EventLoop, runTouchApp
from kivy.clock import Clock
from kivy.graphics.opengl import GL_RENDERER, glFinish, glGetString

from drivers.link.channel import close_all
from kiosk.screens.parts import Countdown, Pages, Ticks
from kiosk.screens.protocol import (
    Amend,
    Drawn,
    LiveFrame,
    LiveHint,
    Moved,
    Quit,
    SayAgain,
    Setup,
    Show,
    Started,
    Stirred,
    Tick,
    Touched,
    TreeIs,
)
from kiosk.screens.screen import Answer, Screen
from kiosk.shell import textures
from kiosk.shell.fingers import Fingers
from kiosk.shell.input.desk import Desk
from kiosk.shell.kit import Draft, Kit, equip
from kiosk.shell.letters import Letters
from kiosk.shell.link import Arrived, Link
from kiosk.shell.marks import Answers, Chooses, Does, Node, Part, SaysAgain, Target, Toggles, Turns, Types
from kiosk.shell.opening import ticked_at_first
from kiosk.shell.pager import Pager
from kiosk.shell.painter import Painter
from kiosk.shell.template import Laid, lay_out
from kiosk.shell.tokens import pixels_per_mm
from kiosk.shell.tree import Tree, tree
from kiosk.shell.typing_pad import Pads, Typed
from kiosk.shell.ways import Ways
from kiosk.shell.window import give_back

_TICK_EVERY = 0.2
"""Seconds; the core expects one each 0.25 s."""
_WAITING_AFTER = 0.4
"""Seconds after an answer until the waiting dots are shown."""
_WAITING_BEAT = 0.4
"""Seconds between two steps of the waiting dots."""
_GIVE_BACK_AFTER = 0.3
"""Seconds after a new screen until the old one's memory is returned: Kivy frees textures a frame later."""
_PRESSED_AT_LEAST = 0.12
"""Seconds that the finger's mark stays on a box or a key, however short the touch was."""

_MOST_PRESSES = 8
"""Within one frame."""


class Shell:
    """One window, one screen at a time."""

    def __init__(self, link: Link, setup: Setup, window: Any, letters: Letters) -> None:
        self._link, self._setup, self._window, self._letters = link, setup, window, letters
        self._painter = Painter(window.canvas, setup.panel.px[1])
        self._fingers = Fingers()
        self._pager = Pager(self._painter, pixels_per_mm(setup.panel))
        self._desk = Desk(self._painter, link.send)
        self._amend: Amend | None = None
        self._ways = Ways(setup.panel, link.send, self._press)
        self._show: Show | None = None
        self._draft = Draft()
        self._pads = Pads()
        self._typed: Typed | None = None
        self._laid = Laid((), 1)
        self._parts: list[Part] = []
        self._tree: Tree = []
        self._focused: Node | None = None
        self._shown_at = self._answered_at = self._touched_at = 0.0
        self._pressed_ms = -1.0
        self._awaits_flip: list[str] = []
        self._answered: Target | None = None
        self._missed = False
        self._pressed_at: deque[tuple[float, float]] = deque(maxlen=_MOST_PRESSES)
        self._release_at = 0.0
        self._last_tick = 0.0
        self._clock = datetime.now()
        self._give_back_at = 0.0

    def run(self) -> None:
        """Until the core says Quit, goes away (CoreGone), or the window is closed."""
        window = self._window
        window.bind(on_flip=self._flip, on_touch_down=self._down, on_touch_move=self._move, on_touch_up=self._up)
        window.bind(on_mouse_down=self._pressed)
        window.bind(on_key_down=self._key_down, on_key_up=self._key_up)
        self._link.send(Started(gl=(glGetString(GL_RENDERER) or b"").decode("ascii", "replace")))
        Clock.schedule_interval(self._turn, 0)
        try:
            runTouchApp()
        finally:
            self._ways.close()

    # ---- each turn of the window's loop

    def _turn(self, _: float) -> None:
        now = time.perf_counter()
        if now - self._last_tick >= _TICK_EVERY:
            self._last_tick = now
            self._link.send(Tick())
        for arrived in self._link.arrived():
            try:
                self._take(arrived)
            finally:
                close_all(arrived.fds)
        if self._give_back_at and now >= self._give_back_at:
            self._give_back_at = 0.0
            give_back()
        if self._show is None:
            return
        self._count_down(now)
        self._keep_time()
        if self._desk.turn():
            self._change(typing=self._desk.state)
        self._pulled(now)
        self._take_amend()
        self._ways.turn()
        if self._ways.focused is not self._focused:
            self._publish(self._show)
        self._painter.ring(self._ways.ring)
        self._painter.move(now - self._shown_at)
        self._show_waiting(now)

    def _take(self, arrived: Arrived) -> None:
        match arrived.message:
            case Show():
                if self._show is None or arrived.message.number > self._show.number:
                    self._begin(arrived.message, arrived.fds)
            case Amend():
                self._amend = arrived.message
            case LiveFrame(width=width, height=height):
                self._painter.camera(arrived.fds[0], width, height)
            case LiveHint(text=text):
                self._change(hint=text)
            case Moved(done=done, total=total, label=label):
                self._change(progress=(done, total, label))
            case Quit():
                EventLoop.close()
            case Setup():
                raise ValueError("Setup came twice; a new panel needs a new shell")

    # ---- a screen

    def _begin(self, show: Show, fds: list[int]) -> None:
        self._shown_at = time.perf_counter()
        self._typed = self._pads.begin(show.screen)
        self._show, self._answered = show, None
        self._fingers.forget()
        self._pager.forget()
        self._letters.forget()
        self._amend = None
        self._painter.begin(_page_textures(show.screen, fds))
        self._desk.begin(show)
        self._draft = Draft(
            ticked=ticked_at_first(show.screen) if show.draft is None else show.draft,
            typed=self._typed.shown(),
            field=self._typed.field,
            typing=self._desk.state,
        )
        self._awaits_flip.append("show")
        self._lay_out()

    def _take_amend(self) -> None:
        """Other blocks on the same screen, as soon as no finger is down; an answered screen stays as it was answered."""
        if self._amend is None or self._fingers.down or self._pager.pulled:
            return
        amend, self._amend = self._amend, None
        if self._show and amend.number == self._show.number and self._answered is None:
            self._show = msgspec.structs.replace(self._show, screen=amend.screen)
            self._change(page=0)

    def _change(self, **changes: Any) -> None:
        """Something on the screen is different now."""
        self._draft = msgspec.structs.replace(self._draft, **changes)
        self._lay_out()

    def _lay_out(self) -> None:
        show = self._show
        if show is None:
            return
        kit = self._kit(show)
        self._laid = lay_out(show.screen, kit)
        self._parts = self._laid.all()
        self._window.clearcolor = [part / 255 for part in textures.rgba(kit.colour.surface)]
        self._painter.paint(self._parts)
        self._ways.laid(self._laid, show, self._draft.ticked, kit.colour)
        self._publish(show)

    def _publish(self, show: Show) -> None:
        self._focused = self._ways.focused
        now = tree(self._laid, self._setup.panel, self._focused)
        if now != self._tree or "show" in self._awaits_flip:
            self._tree = now
            self._link.send(TreeIs(number=show.number, tree=now))

    def _kit(self, show: Show, **changes: Any) -> Kit:
        draft = msgspec.structs.replace(self._draft, **changes)
        return equip(self._setup.panel, show.look, self._letters, self._clock, draft)

    def _flip(self, window: Any) -> bool:
        """After the frame with a news in it is on the glass, say so. True keeps Kivy from flipping a second time."""
        window.flip()
        if self._awaits_flip and self._show:
            glFinish()
            now = time.perf_counter()
            if "press" in self._awaits_flip:
                self._pressed_ms = 1000 * (now - self._touched_at)
            if "show" in self._awaits_flip:
                self._link.send(
                    Drawn(
                        number=self._show.number,
                        since_show_ms=1000 * (now - self._shown_at),
                        since_touch_ms=1000 * (now - self._answered_at) if self._answered_at else -1.0,
                        pressed_ms=self._pressed_ms,
                    )
                )
                self._answered_at, self._pressed_ms = 0.0, -1.0
                self._give_back_at = now + _GIVE_BACK_AFTER
            self._awaits_flip.clear()
        return True

    # ---- time

    def _count_down(self, now: float) -> None:
        assert self._show
        for block in self._show.screen.blocks:
            if isinstance(block, Countdown):
                left = max(0, block.seconds - int(now - self._shown_at))
                if left != (block.seconds if self._draft.seconds is None else self._draft.seconds):
                    self._change(seconds=left)

    def _keep_time(self) -> None:
        now = datetime.now()
        if (now.hour, now.minute) != (self._clock.hour, self._clock.minute):
            self._clock = now
            self._lay_out()

    def _show_waiting(self, now: float) -> None:
        if self._release_at and now >= self._release_at:
            self._release_at = 0.0
            self._painter.release()
        if self._answered and now - self._answered_at >= _WAITING_AFTER:
            assert self._show
            kit = self._kit(self._show)
            beat = int((now - self._answered_at) / _WAITING_BEAT)
            self._painter.wait(self._answered, kit.colour, kit.length.gap // 2, beat)

    # ---- fingers

    def _point(self, touch: Any) -> tuple[float, float]:
        return touch.x, self._setup.panel.px[1] - 1 - touch.y

    def _pressed(self, _: Any, x: float, y: float, button: str, *__: Any) -> None:
        """The very press. Kivy hands it over with the next frame, as a touch that stands where the finger has got to meanwhile: on
        a slow frame a quick finger would press what it only came to."""
        if button == "left":
            self._pressed_at.append((x, y))

    def _came_down(self, touch: Any) -> tuple[float, float]:
        return self._pressed_at.popleft() if self._pressed_at else self._point(touch)

    def _down(self, _: Any, touch: Any) -> bool:
        if getattr(touch, "button", "left") != "left":
            return True
        at = self._came_down(touch)
        if self._show is None:
            return True
        self._touched_at = time.perf_counter()
        self._ways.touched()
        self._arrive(self._pager.hurry())
        another = self._fingers.down
        target = self._fingers.press(touch.uid, *at, [] if self._answered else self._parts)
        if target is None:
            missed = self._answered is None and not another
            self._missed = missed and self._laid.pages > 1  # it may yet pull the page
            self._stir(missed=missed and not self._missed)
            return True
        if not self._desk.down(touch.uid, target, *at, self._kit(self._show)):
            self._mark(target, self._show)
        return True

    def _stir(self, *, missed: bool = False) -> None:
        """Somebody is there, and it is no answer."""
        assert self._show
        self._link.send(Stirred(number=self._show.number, ticked=self._draft.ticked, missed=missed))

    def _mark(self, target: Target, show: Show) -> None:
        kit = self._kit(show)
        self._release_at = 0.0
        self._painter.press(target, kit.colour, kit.length.edge_strong)
        self._awaits_flip.append("press")

    def _move(self, _: Any, touch: Any) -> bool:
        if self._desk.move(touch.uid, *self._point(touch)) or self._pulls(touch):
            return True
        if self._show and self._fingers.moved(touch.uid, *self._point(touch)):
            self._painter.release()
            self._stir()
        return True

    def _up(self, _: Any, touch: Any) -> bool:
        if self._desk.lift(touch.uid) and self._show:
            self._change(typing=self._desk.state)
            self._stir()
        if self._fingers.way(touch.uid, *self._point(touch)):
            self._pager.lift(time.perf_counter())
            if self._missed:
                self._missed = False
                self._stir(missed=True)
        target = self._fingers.lift(touch.uid, *self._point(touch))
        if target and self._show:
            self._do(target, self._show)
        return True

    # ---- a finger that pulls the page

    def _pulls(self, touch: Any) -> bool:
        """Whether this finger pulls the page of a screen that has several; the page follows it."""
        show, way = self._show, self._fingers.way(touch.uid, *self._point(touch))
        if show is None or way is None or self._answered or self._laid.pages < 2:
            return False
        if not self._pager.pulled:
            if not self._pager.begins(*way):
                return False
            self._missed = False
            self._fingers.forget()
            self._painter.release()
            self._pager.begin(
                *way,
                self._draft.page,
                lambda page: lay_out(show.screen, self._kit(show, page=page)),
                leftwards=self._kit(show).words.leftwards,
            )
        self._pager.follow(*way, time.perf_counter())
        return True

    def _pulled(self, now: float) -> None:
        """The page goes the rest of its way by itself; one whose finger was lost, too."""
        if self._pager.pulled and not self._fingers.down:
            self._pager.lift(now)
        self._arrive(self._pager.turn(now))

    def _arrive(self, by: int | None) -> None:
        if by is None:
            return
        if by:
            self._do_here(Turns(by))
        self._stir()

    # ---- keys, and what a screen reader asks for

    def _key_down(self, _: Any, __: int, scan_code: int, *___: Any) -> bool:
        if self._ways.key(scan_code) and self._show:
            self._stir()
        return True

    def _key_up(self, *_: Any) -> bool:
        self._ways.key_up()
        return True

    def _press(self, target: Target) -> None:
        """As a finger that comes down on the target and goes up again; while a finger is down, nothing."""
        if self._show and not self._answered and not self._fingers.down:
            self._touched_at = time.perf_counter()
            self._mark(target, self._show)
            self._do(target, self._show)

    # ---- what a touch does

    def _do(self, target: Target, show: Show) -> None:
        if isinstance(target.does, Answers):
            self._answer(target, target.does, show)
            return
        self._release_at = max(time.perf_counter(), self._touched_at + _PRESSED_AT_LEAST)
        if isinstance(target.does, SaysAgain):
            self._link.send(SayAgain(number=show.number))
            return
        if self._desk.do(target.does):
            self._change(typing=self._desk.state)
        self._do_here(target.does)
        self._stir()

    def _answer(self, target: Target, does: Answers, show: Show) -> None:
        """Say it once; nothing on this screen can be touched after that."""
        self._answered, self._answered_at = target, time.perf_counter()
        typed = {**self._typed.secrets(), **self._desk.secrets()} if self._typed and does.with_typed else {}
        self._link.send(
            Touched(number=show.number, answer=Answer(action=does.id, ticked=self._draft.ticked, typed=typed))
        )
        for secret in typed.values():
            secret.wipe()
        self._change(busy=True)

    def _do_here(self, does: Does) -> None:
        """What the shell does itself: boxes, digits, pages."""
        assert self._typed
        match does:
            case Toggles(id_):
                assert self._show
                ticked = set(self._draft.ticked) ^ {id_}
                self._change(ticked=tuple(name for name in _boxes(self._show.screen) if name in ticked))
            case Types(digit, all_digits):
                if digit:
                    self._typed.type(digit)
                else:
                    self._typed.erase(all_digits=all_digits)
                self._change(typed=self._typed.shown(), field=self._typed.field)
            case Chooses(field):
                self._typed.choose(field)
                self._change(field=field)
            case Turns(by):
                self._change(page=min(max(0, self._draft.page + by), self._laid.pages - 1))


def _boxes(screen: Screen) -> list[str]:
    return [tick.id for block in screen.blocks if isinstance(block, Ticks) for tick in block.rows]


def _page_textures(screen: Screen, fds: list[int]) -> list[Any]:
    sizes = [size for block in screen.blocks if isinstance(block, Pages) for size in block.sizes]
    if len(sizes) != len(fds):
        raise ValueError(f"{len(sizes)} pages on the screen, {len(fds)} pictures came with it")
    return [textures.page(fd, *size) for fd, size in zip(fds, sizes, strict=True)]
