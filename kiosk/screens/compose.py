"""The frame that every screen of a visit shares: the place's name, the bar with its same three places, and the screens that
belong to no step (help, idle warning)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from kiosk.locales import OWN, Phrasebook, own_name
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
    Tile,
    Tiles,
)
from kiosk.screens.screen import LANGUAGE, MODE, SIGNS, Bar, BarButton, Mode, Screen, StepMark, Tool

STEPS = ("card", "face", "consent", "print")
"""The steps that a visitor counts (第 1 步,共 4 步), by their key in the locale's [steps]."""


@dataclass(frozen=True)
class Place:
    """Where this kiosk stands, as the visitor is told. `translations` are by field and language."""

    name: str
    phone: str
    elsewhere_place: str
    elsewhere_hours: str
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def within(self, field: str, language: str) -> tuple[str, ...]:
        """Return a text in this language, in Simplified Chinese where nobody wrote it."""
        return (self.translations.get(field, {}).get(language) or getattr(self, field),)


@dataclass(frozen=True)
class Composer:
    """Builds screens for one place. `languages` are those that it offers, its own first; `signs`: sign language too."""

    place: Place
    languages: tuple[str, ...] = (OWN,)
    signs: bool = False

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
            header=say.local(self.place, "name"),
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

    def _tools(self, say: Phrasebook) -> tuple[Tool, ...]:
        """The way to the languages and into the other mode, in the same place on every screen of a visit."""
        return (*self.language_tool(say), Tool(id=MODE, label=say("tools.mode")))

    def language_tool(self, say: Phrasebook) -> tuple[Tool, ...]:
        """The way to the other languages, where there are any; it is written so that who cannot read this one can read it.

        Sign language is one of them; where it is the only other one, the tool shows it at once.
        """
        if len(self.languages) == 1:
            return self.sign_tool(say)
        return (Tool(id=LANGUAGE, label=say("tools.language")),)

    def sign_tool(self, say: Phrasebook) -> tuple[Tool, ...]:
        """Shows sign language, or no more; nothing where this kiosk has none."""
        return (Tool(id=SIGNS, label=say("tools.signs")),) if self.signs else ()

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
            over=True,
            title=say("help.title"),
            sentence=told,
            spoken=self._help_spoken(say, topic % len(topics), called=called),
            header=say.local(self.place, "name"),
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
                Fact(label=say("help.place"), value=say.local(self.place, "elsewhere_place"), icon=Icon.PLACE),
                Fact(label=say("help.hours"), value=say.local(self.place, "elsewhere_hours"), icon=Icon.CLOCK),
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

    def choose_language(self, say: Phrasebook, *, signs: bool = False) -> Screen:
        """The languages, each by its own name, and sign language; what is used now is marked (`signs`: that it is)."""
        tiles = [
            Tile(id=each, title=own_name(each), icon=Icon.CHECK if each == say.language else Icon.LANGUAGE)
            for each in self.languages
        ]
        if self.signs:
            note = say("language.signs_on" if signs else "language.signs_off")
            icon = Icon.CHECK if signs else Icon.LANGUAGE
            tiles.append(Tile(id=SIGNS, title=say("tools.signs"), note=note, icon=icon))
        return Screen(
            name="languages",
            title=say("language.title"),
            sentence=say("language.sentence"),
            spoken=say("language.spoken"),
            header=say.local(self.place, "name"),
            blocks=(Tiles(tiles=tuple(tiles)),),
            bar=self._bar(say),
            over=True,
        )

    def elder_offer(self, say: Phrasebook) -> Screen:
        """要换成大字版吗? Both answers equally large; nothing else on the screen, so that whoever hesitates can answer."""
        offer = self.screen(
            say,
            "elder_offer",
            title=say("elder_offer.title"),
            sentence=say("elder_offer.sentence"),
            spoken=say("elder_offer.spoken"),
            blocks=(Picture(drawing=Drawing.LARGE_PRINT, name=say("elder_offer.title")),),
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
            over=True,
            title=say("idle_warning.title"),
            sentence=say("idle_warning.sentence"),
            spoken=say("idle_warning.spoken", seconds=seconds),
            header=say.local(self.place, "name"),
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
            header=say.local(self.place, "name"),
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
