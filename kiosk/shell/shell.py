"""The shell's one loop: messages in, touches out. What is on the glass is the sheet's."""

from __future__ import annotations

import time
from typing import Any

from kivy.base import EventLoop, runTouchApp
from kivy.clock import Clock
from kivy.graphics.opengl import GL_RENDERER, glFinish, glGetString

from drivers.link.channel import close_all
from kiosk.screens.protocol import (
    Amend,
    LiveFrame,
    LiveHint,
    Moved,
    Quit,
    SayAgain,
    Setup,
    Show,
    SignNote,
    SignPicture,
    Started,
    Stirred,
    Tick,
    Touched,
)
from kiosk.screens.screen import SERVICE, Answer
from kiosk.shell.fingers import Fingers
from kiosk.shell.gesture import Gesture
from kiosk.shell.input.desk import Desk
from kiosk.shell.letters import Letters
from kiosk.shell.link import Arrived, Link
from kiosk.shell.marks import Answers, SaysAgain, Target, Turns
from kiosk.shell.pager import Pager
from kiosk.shell.painter import Painter
from kiosk.shell.pointer import TRAIL
from kiosk.shell.sheet import Sheet
from kiosk.shell.stopwatch import Stopwatch
from kiosk.shell.tokens import pixels_per_mm
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


class Shell:
    """One window, one screen at a time."""

    def __init__(self, link: Link, setup: Setup, window: Any, letters: Letters) -> None:
        self._link, self._window = link, window
        self._width, self._height = setup.panel.px
        self._painter = Painter(window.canvas, self._height)
        self._fingers = Fingers()
        self._gesture = Gesture(pixels_per_mm(setup.panel))
        self._pager = Pager(self._painter, pixels_per_mm(setup.panel))
        self._desk = Desk(self._painter, link.send)
        self._ways = Ways(setup.panel, link.send, self._press)
        self._sheet = Sheet(setup, window, letters, painter=self._painter, desk=self._desk, ways=self._ways, link=link)
        self._watch = Stopwatch()
        self._amend: Amend | None = None
        self._answered: Target | None = None
        self._missed = False
        self._release_at = 0.0
        self._last_tick = 0.0
        self._give_back_at = 0.0

    def run(self) -> None:
        """Until the core says Quit, goes away (CoreGone), or the window is closed."""
        window = self._window
        window.bind(on_flip=self._flip, on_touch_down=self._down, on_touch_move=self._move, on_touch_up=self._up)
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
        if self._sheet.show is None:
            return
        self._sheet.count_down(now - self._watch.shown_at)
        self._sheet.keep_time()
        if self._desk.turn():
            self._sheet.change(typing=self._desk.state)
        self._pulled(now)
        self._take_amend()
        self._ways.turn()
        self._sheet.keep_focus()
        self._painter.ring(self._ways.ring)
        self._painter.move(now - self._watch.shown_at)
        self._show_waiting(now, self._sheet.show)

    def _take(self, arrived: Arrived) -> None:
        match arrived.message:
            case Show():
                if self._sheet.show is None or arrived.message.number > self._sheet.show.number:
                    self._begin(arrived.message, arrived.fds)
            case Amend():
                self._amend = arrived.message
            case LiveFrame(width=width, height=height):
                self._painter.camera.show(arrived.fds[0], width, height)
            case SignPicture(number=number, width=width, height=height):
                if self._sheet.show and number == self._sheet.show.number:
                    self._painter.signs.show(arrived.fds[0], width, height)
            case SignNote(number=number, text=text):
                if self._sheet.show and number == self._sheet.show.number:
                    self._sheet.change(sign_note=text)
            case LiveHint(text=text):
                self._sheet.change(hint=text)
            case Moved(done=done, total=total, label=label):
                self._sheet.change(progress=(done, total, label))
            case Quit():
                EventLoop.close()
            case Setup():
                raise ValueError("Setup came twice; a new panel needs a new shell")

    def _begin(self, show: Show, fds: list[int]) -> None:
        self._watch.screen()
        self._answered, self._amend = None, None
        self._fingers.forget()
        self._gesture.forget()
        self._pager.forget()
        self._sheet.begin(show, fds)

    def _take_amend(self) -> None:
        """As soon as no finger is down; an answered screen stays as it was answered."""
        if self._amend is None or self._fingers.down or self._pager.pulled:
            return
        amend, self._amend = self._amend, None
        if self._answered is None:
            self._sheet.amend(amend)

    def _flip(self, window: Any) -> bool:
        """After the frame with a news in it is on the glass, say so. True keeps Kivy from flipping a second time."""
        window.flip()
        if self._watch.waits and self._sheet.show:
            glFinish()
            drawn = self._watch.on_glass(self._sheet.show.number)
            if drawn is not None:
                self._link.send(drawn)
                self._give_back_at = time.perf_counter() + _GIVE_BACK_AFTER
        return True

    def _show_waiting(self, now: float, show: Show) -> None:
        if self._release_at and now >= self._release_at:
            self._release_at = 0.0
            self._painter.release()
        waited = now - self._watch.answered_at
        if self._answered and waited >= _WAITING_AFTER:
            kit = self._sheet.kit(show)
            self._painter.wait(self._answered, kit.colour, kit.length.gap // 2, int(waited / _WAITING_BEAT))

    # ---- fingers

    def _point(self, touch: Any) -> tuple[float, float]:
        return touch.x, self._height - 1 - touch.y

    def _began(self, touch: Any) -> tuple[float, float]:
        return touch.ox, self._height - 1 - touch.oy

    def _trail(self, touch: Any) -> list[tuple[float, float]]:
        """Where the finger has been since it was last asked; Kivy counts from the lower left, in shares of the window."""
        trail, touch.ud[TRAIL] = touch.ud[TRAIL], []
        return [(x * (self._width - 1), (self._height - 1) * (1 - y)) for x, y in trail]

    def _down(self, _: Any, touch: Any) -> bool:
        show = self._sheet.show
        if show is None or getattr(touch, "button", "left") != "left":
            return True
        self._watch.touch()
        self._ways.touched()
        self._arrive(self._pager.hurry())
        another = self._fingers.down
        target = self._fingers.press(touch.uid, *self._began(touch), [] if self._answered else self._sheet.parts)
        self._gesture.press(touch.uid, *self._began(touch), time.perf_counter(), free=target is None)
        if target is None:
            missed = self._answered is None and not another
            self._missed = missed and self._sheet.pages > 1  # it may yet pull the page
            self._stirred(show, missed=missed and not self._missed)
        elif not self._desk.down(touch.uid, target, *self._began(touch), self._sheet.kit(show)):
            self._mark(target, show)
        return True

    def _mark(self, target: Target, show: Show) -> None:
        kit = self._sheet.kit(show)
        self._release_at = 0.0
        self._painter.press(target, kit.colour, kit.length.edge_strong)
        self._watch.mark()

    def _move(self, _: Any, touch: Any) -> bool:
        self._gesture.move(touch.uid, *self._point(touch))
        for point in self._trail(touch):
            self._desk.move(touch.uid, *point)
        if self._desk.writes or self._pulls(touch):
            return True
        if self._sheet.show and self._fingers.moved(touch.uid, *self._point(touch)):
            self._painter.release()
            self._stirred(self._sheet.show)
        return True

    def _up(self, _: Any, touch: Any) -> bool:
        show = self._sheet.show
        if self._desk.lift(touch.uid) and show:
            self._sheet.change(typing=self._desk.state)
            self._stirred(show)
        if self._fingers.way(touch.uid, *self._point(touch)):
            self._pager.lift(time.perf_counter())
            if self._missed and show:
                self._missed = False
                self._stirred(show, missed=True)
        target = self._fingers.lift(touch.uid, *self._point(touch))
        if self._gesture.lift(touch.uid, time.perf_counter(), self._sheet.parts) and show and show.screen.gesture:
            self._link.send(Touched(number=show.number, answer=Answer(action=SERVICE)))
        if target and self._sheet.show:
            self._do(target, self._sheet.show, at=self._began(touch))
        return True

    def _stirred(self, show: Show, *, missed: bool = False) -> None:
        """Somebody is there, and it is no answer."""
        self._link.send(Stirred(number=show.number, ticked=self._sheet.draft.ticked, missed=missed))

    # ---- a finger that pulls the page

    def _pulls(self, touch: Any) -> bool:
        """Whether this finger pulls the page of a screen that has several; the page follows it."""
        show, way = self._sheet.show, self._fingers.way(touch.uid, *self._point(touch))
        if show is None or way is None or self._answered or self._sheet.pages < 2:
            return False
        if not self._pager.pulled:
            if not self._pager.begins(*way):
                return False
            self._missed = False
            self._fingers.forget()
            self._painter.release()
            leftwards = self._sheet.kit(show).words.leftwards
            self._pager.begin(*way, self._sheet.draft.page, self._sheet.page, leftwards=leftwards)
        self._pager.follow(*way, time.perf_counter())
        return True

    def _pulled(self, now: float) -> None:
        """The page goes the rest of its way by itself; one whose finger was lost, too."""
        if self._pager.pulled and not self._fingers.down:
            self._pager.lift(now)
        self._arrive(self._pager.turn(now))

    def _arrive(self, by: int | None) -> None:
        if by is None or self._sheet.show is None:
            return
        if by:
            self._sheet.do(Turns(by))
        self._stirred(self._sheet.show)

    # ---- keys, and what a screen reader asks for

    def _key_down(self, _: Any, __: int, scan_code: int, *___: Any) -> bool:
        if self._ways.key(scan_code) and self._sheet.show:
            self._stirred(self._sheet.show)
        return True

    def _key_up(self, *_: Any) -> bool:
        self._ways.key_up()
        return True

    def _press(self, target: Target) -> None:
        """As a finger that comes down on the target and goes up again; while a finger is down, nothing."""
        if self._sheet.show and not self._answered and not self._fingers.down:
            self._watch.touch()
            self._mark(target, self._sheet.show)
            self._do(target, self._sheet.show)

    # ---- what a touch does

    def _do(self, target: Target, show: Show, *, at: tuple[float, float] | None = None) -> None:
        if isinstance(target.does, Answers):
            self._answer(target, target.does, show, at if target.does.with_place else None)
            return
        self._release_at = max(time.perf_counter(), self._watch.touched_at + _PRESSED_AT_LEAST)
        if isinstance(target.does, SaysAgain):
            self._link.send(SayAgain(number=show.number))
            return
        self._sheet.do(target.does)
        self._stirred(show)

    def _answer(self, target: Target, does: Answers, show: Show, at: tuple[float, float] | None) -> None:
        """Say it once; nothing on this screen can be touched after that."""
        self._answered = target
        self._watch.answer()
        typed = self._sheet.secrets() if does.with_typed else {}
        answer = Answer(action=does.id, ticked=self._sheet.draft.ticked, typed=typed, at=at)
        self._link.send(Touched(number=show.number, answer=answer))
        for secret in typed.values():
            secret.wipe()
        self._sheet.change(busy=True)
