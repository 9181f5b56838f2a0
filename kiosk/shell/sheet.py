"""The screen on the glass: laid out from what the core shows and from what the visitor has done on it so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from drivers.contract.secret import SecretText
from kiosk.screens.parts import Countdown, Pages, Ticks
from kiosk.screens.protocol import Amend, Setup, Show, TreeIs
from kiosk.screens.screen import Screen
from kiosk.shell import textures
from kiosk.shell.input.desk import Desk
from kiosk.shell.kit import Draft, Kit, equip
from kiosk.shell.letters import Letters
from kiosk.shell.link import Link
from kiosk.shell.marks import Chooses, Does, Node, Part, Toggles, Turns, Types
from kiosk.shell.opening import ticked_at_first
from kiosk.shell.painter import Painter
from kiosk.shell.template import Laid, lay_out
from kiosk.shell.tree import Tree, tree
from kiosk.shell.typing_pad import Pads, Typed
from kiosk.shell.ways import Ways


class Sheet:
    """One screen at a time; it begins without one."""

    def __init__(
        self, setup: Setup, window: Any, letters: Letters, *, painter: Painter, desk: Desk, ways: Ways, link: Link
    ) -> None:
        self._setup, self._window, self._letters = setup, window, letters
        self._painter, self._desk, self._ways, self._link = painter, desk, ways, link
        self.show: Show | None = None
        self.parts: list[Part] = []
        self.draft = Draft()
        self._pads = Pads()
        self._typed: Typed | None = None
        self._laid = Laid((), 1)
        self._tree: Tree = []
        self._new = False
        self._focused: Node | None = None
        self._clock = datetime.now()

    def begin(self, show: Show, fds: Sequence[int]) -> None:
        """Another screen, with what stood on it when it was shown before. Raise ValueError when pictures are missing."""
        self._letters.forget()
        self._typed = self._pads.begin(show.screen)
        self.show, self._new = show, True
        self._painter.begin(_page_textures(show.screen, fds))
        self._desk.begin(show)
        self.draft = Draft(
            ticked=ticked_at_first(show.screen) if show.draft is None else show.draft,
            typed=self._typed.shown(),
            field=self._typed.field,
            typing=self._desk.state,
        )
        self._lay_out()

    def amend(self, amend: Amend) -> None:
        """Other blocks on the same screen."""
        if self.show and amend.number == self.show.number:
            self.show = msgspec.structs.replace(self.show, screen=amend.screen)
            self.change(page=0)

    def change(self, **changes: Any) -> None:
        """Something on the screen is different now."""
        self.draft = msgspec.structs.replace(self.draft, **changes)
        self._lay_out()

    def kit(self, show: Show, **changes: Any) -> Kit:
        """What the screen is drawn with; `changes` is what would be different in its draft."""
        draft = msgspec.structs.replace(self.draft, **changes)
        return equip(self._setup.panel, show.look, self._letters, self._clock, draft)

    @property
    def pages(self) -> int:
        """How many pages the screen has."""
        return self._laid.pages

    def page(self, number: int) -> Laid:
        """Lay out one of them, without showing it."""
        assert self.show
        return lay_out(self.show.screen, self.kit(self.show, page=number))

    def secrets(self) -> dict[str, SecretText]:
        """What was typed on it, for the answer."""
        return {**self._typed.secrets(), **self._desk.secrets()} if self._typed else {}

    # ---- what changes by itself

    def count_down(self, since: float) -> None:
        """The countdown, `since` seconds after the screen came."""
        assert self.show
        for block in self.show.screen.blocks:
            if isinstance(block, Countdown):
                left = max(0, block.seconds - int(since))
                if left != (block.seconds if self.draft.seconds is None else self.draft.seconds):
                    self.change(seconds=left)

    def keep_time(self) -> None:
        """The clock in the header."""
        now = datetime.now()
        if (now.hour, now.minute) != (self._clock.hour, self._clock.minute):
            self._clock = now
            self._lay_out()

    def keep_focus(self) -> None:
        """The tree says where the keys are."""
        if self.show and self._ways.focused is not self._focused:
            self._publish(self.show)

    # ---- what a touch changes here: boxes, digits, pages

    def do(self, does: Does) -> None:
        """Do what needs no answer."""
        if self._desk.do(does):
            self.change(typing=self._desk.state)
        assert self.show
        assert self._typed
        match does:
            case Toggles(id_):
                ticked = set(self.draft.ticked) ^ {id_}
                self.change(ticked=tuple(name for name in _boxes(self.show.screen) if name in ticked))
            case Types(digit, all_digits):
                if digit:
                    self._typed.type(digit)
                else:
                    self._typed.erase(all_digits=all_digits)
                self.change(typed=self._typed.shown(), field=self._typed.field)
            case Chooses(field):
                self._typed.choose(field)
                self.change(field=field)
            case Turns(by):
                self.change(page=min(max(0, self.draft.page + by), self._laid.pages - 1))

    # ----

    def _lay_out(self) -> None:
        show = self.show
        if show is None:
            return
        kit = self.kit(show)
        self._laid = lay_out(show.screen, kit)
        self.parts = self._laid.all()
        self._window.clearcolor = [part / 255 for part in textures.rgba(kit.colour.surface)]
        self._painter.paint(self.parts)
        self._ways.laid(self._laid, show, self.draft.ticked, kit.colour)
        self._publish(show)

    def _publish(self, show: Show) -> None:
        self._focused = self._ways.focused
        now = tree(self._laid, self._setup.panel, self._focused)
        if now != self._tree or self._new:
            self._tree, self._new = now, False
            self._link.send(TreeIs(number=show.number, tree=now))


def _boxes(screen: Screen) -> list[str]:
    return [tick.id for block in screen.blocks if isinstance(block, Ticks) for tick in block.rows]


def _page_textures(screen: Screen, fds: Sequence[int]) -> list[Any]:
    sizes = [size for block in screen.blocks if isinstance(block, Pages) for size in block.sizes]
    if len(sizes) != len(fds):
        raise ValueError(f"{len(sizes)} pages on the screen, {len(fds)} pictures came with it")
    return [textures.page(fd, *size) for fd, size in zip(fds, sizes, strict=True)]
