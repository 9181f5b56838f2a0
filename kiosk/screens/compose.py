"""The frame that every screen of a visit shares: the place's name, the bar with its same three places, and the screens that
belong to no step (help, idle warning)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kiosk.locales import Phrasebook
from kiosk.screens.parts import (
    Action,
    ActionKind,
    Block,
    Countdown,
    Drawing,
    Fact,
    Facts,
    Icon,
    Picture,
)
from kiosk.screens.screen import Bar, BarButton, Mode, Screen, StepMark

STEPS = ("card", "face", "consent", "print")
"""The steps that a visitor counts (第 1 步,共 4 步), by their key in the locale's [steps]."""


@dataclass(frozen=True)
class Place:
    """Where this kiosk stands, as the visitor is told."""

    name: str
    phone: str
    elsewhere_place: str
    elsewhere_hours: str


@dataclass(frozen=True)
class Composer:
    """Builds screens for one place."""

    place: Place

    def screen(
        self,
        say: Phrasebook,
        name: str,
        *,
        title: str,
        sentence: str = "",
        spoken: str = "",
        step: str = "",
        blocks: tuple[Block, ...] = (),
        actions: tuple[Action, ...] = (),
        back: bool = True,
        leave: bool = True,
        first: bool = False,
    ) -> Screen:
        """A screen in the common frame. `back` and `leave` False: past the point of no return, shown but not to be touched."""
        return Screen(
            name=name,
            title=title,
            sentence=sentence,
            spoken=spoken or title,
            header=self.place.name,
            step=self._mark(say, step) if step else None,
            blocks=blocks,
            actions=actions,
            bar=self._bar(say, back=back, leave=leave, first=first),
        )

    @staticmethod
    def _bar(say: Phrasebook, *, back: bool = True, help_: bool = True, leave: bool = True, first: bool = False) -> Bar:
        """The three places, the same on every screen; what cannot be touched now is shown, but disabled."""
        return Bar(
            back=BarButton(label=say("bar.home" if first else "bar.back"), enabled=back),
            help=BarButton(label=say("bar.help"), enabled=help_),
            leave=BarButton(label=say("bar.leave"), enabled=leave),
        )

    def _mark(self, say: Phrasebook, step: str) -> StepMark:
        return StepMark(index=STEPS.index(step) + 1, total=len(STEPS), label=say(f"steps.{step}"))

    def help(self, say: Phrasebook, *, leave: bool = True) -> Screen:
        """The help screen: whom to call. `leave` as on the screen below: nobody leaves while the paper is coming."""
        rows = (
            Fact(label=say("help.phone"), value=self.place.phone, icon=Icon.PHONE),
            Fact(label=say("help.place"), value=self.place.elsewhere_place, icon=Icon.PLACE),
            Fact(label=say("help.hours"), value=self.place.elsewhere_hours, icon=Icon.CLOCK),
            Fact(label=say("help.hotline"), value=say("help.hotline_number"), icon=Icon.PHONE),
        )
        # In elder mode the numbers fill the screen; they must not wait on a second page.
        pictures = () if say.mode is Mode.ELDER else (Picture(drawing=Drawing.HELP, name=say("help.picture")),)
        return Screen(
            name="help",
            title=say("help.title"),
            sentence=say("help.sentence"),
            spoken=say("help.spoken"),
            header=self.place.name,
            blocks=(Facts(rows=rows), *pictures),
            actions=(Action(id="go_on", label=say("help.go_on")),),
            bar=self._bar(say, help_=False, leave=leave),
        )

    def idle_warning(self, say: Phrasebook, seconds: int) -> Screen:
        """您还在吗? with a countdown; both answers equally large."""
        return Screen(
            name="idle_warning",
            title=say("idle_warning.title"),
            sentence=say("idle_warning.sentence"),
            spoken=say("idle_warning.spoken", seconds=seconds),
            header=self.place.name,
            blocks=(Countdown(seconds=seconds, label=say("idle_warning.seconds")),),
            actions=(
                Action(id="go_on", label=say("idle_warning.go_on")),
                Action(id="leave", label=say("idle_warning.leave"), kind=ActionKind.SECONDARY),
            ),
            bar=self._bar(say),
        )

    def recovering(self, say: Phrasebook) -> Screen:
        """After a restart, while open prints are settled."""
        return Screen(
            name="recovering",
            title=say("out_of_service.title"),
            sentence=say("out_of_service.sentence"),
            spoken=say("out_of_service.spoken"),
            header=self.place.name,
            blocks=(Picture(drawing=Drawing.OUT_OF_SERVICE, name=say("out_of_service.title")),),
        )

    def notice(
        self,
        say: Phrasebook,
        name: str,
        *,
        title: str,
        sentence: str,
        spoken: str = "",
        actions: tuple[Action, ...],
        blocks: tuple[Block, ...] = (),
        drawing: Drawing = Drawing.ATTENTION,
        **frame: Any,
    ) -> Screen:
        """Something did not work: what, and what to do next."""
        return self.screen(
            say,
            name,
            title=title,
            sentence=sentence,
            spoken=spoken or sentence,
            blocks=(Picture(drawing=drawing, name=title), *blocks),
            actions=actions,
            **frame,
        )
