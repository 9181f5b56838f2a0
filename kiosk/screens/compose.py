"""The frame that every screen of a visit shares: the place's name, the bar with its same three places, and the screens that
belong to no step (help, idle warning)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

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
from kiosk.screens.screen import MODE, Bar, BarButton, Mode, Screen, StepMark, Tool

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
            tools=self._tools(say),
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

    @staticmethod
    def _tools(say: Phrasebook) -> tuple[Tool, ...]:
        """The way into the other mode, in the same place on every screen of a visit."""
        return (Tool(id=MODE, label=say("tools.mode")),)

    def _mark(self, say: Phrasebook, step: str) -> StepMark:
        return StepMark(index=STEPS.index(step) + 1, total=len(STEPS), label=say(f"steps.{step}"))

    def help(self, say: Phrasebook, *, leave: bool = True, topic: int = 0, called: bool | None = None) -> Screen:
        """The help screens: somebody is called with one touch, or by telephone. In standard mode all is on one, in elder mode one
        thing a screen, and `topic` counts them through.

        `leave` as on the screen below: nobody leaves while the paper is coming. `called`: whether somebody was called already;
        None where nobody can be.
        """
        topics = self._topics(say)
        shown = topics[topic % len(topics)] if say.mode is Mode.ELDER else sum(topics, ())
        first = topic % len(topics) == 0
        told = say("help.called") if called and first else say("help.sentence") if first else say("help.sentence_more")
        actions = [Action(id="call", label=say("help.call"))] if called is False and first else []
        if say.mode is Mode.ELDER:
            kind = ActionKind.SECONDARY if actions else ActionKind.PRIMARY
            actions.append(Action(id="more", label=say("help.more"), kind=kind))
        kind = ActionKind.SECONDARY if actions else ActionKind.PRIMARY
        actions.append(Action(id="go_on", label=say("help.go_on"), kind=kind))
        return Screen(
            name="help",
            title=say("help.title"),
            sentence=told,
            spoken=self._help_spoken(say, topic % len(topics), called=called),
            header=self.place.name,
            tools=self._tools(say),
            blocks=(Facts(rows=shown),),
            actions=tuple(actions),
            bar=self._bar(say, help_=False, leave=leave),
        )

    def _topics(self, say: Phrasebook) -> tuple[tuple[Fact, ...], ...]:
        return (
            (Fact(label=say("help.phone"), value=self.place.phone, icon=Icon.PHONE),),
            (Fact(label=say("help.hotline"), value=say("help.hotline_number"), icon=Icon.PHONE),),
            (
                Fact(label=say("help.place"), value=self.place.elsewhere_place, icon=Icon.PLACE),
                Fact(label=say("help.hours"), value=self.place.elsewhere_hours, icon=Icon.CLOCK),
            ),
        )

    def _help_spoken(self, say: Phrasebook, topic: int, *, called: bool | None) -> str:
        if say.mode is not Mode.ELDER:
            return say("help.called_spoken") if called else say("help.spoken")
        if topic == 0 and called:
            return say("help.called_spoken")
        if topic == 0:
            key = "help.spoken_phone" if called is None else "help.spoken_call"
            return say(key, phone=self.place.phone)
        if topic == 1:
            return say("help.spoken_hotline")
        return say("help.spoken_place")

    def elder_offer(self, say: Phrasebook) -> Screen:
        """要换成大字版吗? Both answers equally large; nothing else on the screen, so that whoever hesitates can answer."""
        offer = self.screen(
            say,
            "elder_offer",
            title=say("elder_offer.title"),
            sentence=say("elder_offer.sentence"),
            spoken=say("elder_offer.spoken"),
            actions=(
                Action(id=Mode.ELDER.value, label=say("elder_offer.yes"), icon=Icon.SPEAKER),
                Action(id=Mode.STANDARD.value, label=say("elder_offer.no"), kind=ActionKind.SECONDARY),
            ),
        )
        return msgspec.structs.replace(offer, tools=())  # the question itself

    def idle_warning(self, say: Phrasebook, seconds: int) -> Screen:
        """您还在吗? with a countdown; both answers equally large."""
        return Screen(
            name="idle_warning",
            title=say("idle_warning.title"),
            sentence=say("idle_warning.sentence"),
            spoken=say("idle_warning.spoken", seconds=seconds),
            header=self.place.name,
            tools=self._tools(say),
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
