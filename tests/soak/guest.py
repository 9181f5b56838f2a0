"""One visitor who acts on what the screen shows: a habit for each screen, and for the visit's own mishap a trick that comes first.

A touch that brought nothing is tried again, as people do, and counted. A screen that nobody knows, or that stays too long,
raises Stuck.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from kiosk.demo.glass import NotOnScreen, centre, controls
from kiosk.locales import Phrasebook
from kiosk.sandbox.people import Person
from kiosk.screens.screen import Mode
from kiosk.shell.words import words
from tests.soak.plan import Plan
from tests.support.house import House

LONGEST_S = 100.0
"""One screen stays no longer: a print may take 90 s (kiosk/policies/visit.toml), everything else less."""

TOUCH_AGAIN_S = 8.0
"""A touch is answered by a new screen within a quarter of a second; on a busy machine within this."""

LOOK_S = 0.05

PASSING = frozenset({"precheck", "card_reading", "keeper_asking", "fetch", "printing", "recovering"})
"""Screens that want nothing of the visitor."""


class Stuck(Exception):
    """The visit does not go on; says where."""


class Card(msgspec.Struct):
    """A card that was laid down to be read, and what must have come of it; a row of the checker's expect.json."""

    person: str
    outcome: str = "nothing"
    by: str = ""


Trick = Callable[["Guest"], Awaitable[None]]
"""What happens on a screen before the habit of that screen, once. It may change habits, or break something."""


class Guest:
    """Walks one visit from idle to idle. `tricks` by screen name; `cards` is what the checker must find afterwards."""

    def __init__(self, house: House, plan: Plan, keeper: tuple[str, str], tricks: dict[str, Trick]) -> None:
        self.house = house
        self.glass = house.glass
        self.plan = plan
        self.person: Person = house.person(plan.person)
        self.say = Phrasebook(mode=plan.mode)
        self.by = plan.by
        self.face = self.person.portrait
        self.silent = False
        self.print_again = False
        self.cards: list[Card] = []
        self.path: list[str] = []
        self.touches_repeated = 0
        self._keeper = keeper
        self._tricks = dict(tricks)
        self._acted: int | None = None
        self._touched = False
        self._done_here = False
        self._sheets = house.sheets_out()
        self.habits: dict[str, Callable[[], Awaitable[None]]] = {
            "idle": lambda: self.touch("idle.elder" if self.elder else "idle.standard"),
            "choose": lambda: self.touch("打印社保证明" if self.elder else "打印参保证明"),
            "guide": lambda: self.touch("guide.start"),
            "precheck_limited": lambda: self.touch("precheck.go_on"),
            "cannot": lambda: self.touch("bar.leave"),
            "card": self.place,
            "card_trouble": self._lift_and_try_again,
            "elder_offer": lambda: self.touch("elder_offer.no"),
            "face_consent": self._agree_to_face,
            "face": self._look,
            "face_not_matched": self._look_again,
            "other_way": lambda: self.touch("other_way.keeper" if self.by == "keeper" else "other_way.referral"),
            "keeper": self._keeper_types,
            "licence_consent": self._agree,
            "fetch_slow": lambda: self.touch("fetch_failed.again"),
            "review": self._review,
            "take_paper": self._take_paper,
            "print_failed": self._print_failed,
            "slip_question": lambda: self.touch("take.slip" if plan.slip else "take.no_slip"),
            "rate": self._rate,
            "take_card": self.lift,
            "thanks": lambda: self.touch("thanks.done"),
            "referral": self._referral,
            "idle_warning": lambda: self.touch("idle_warning.go_on"),
        }  # fmt: skip

    @property
    def elder(self) -> bool:
        return self.plan.mode is Mode.ELDER

    # --- the visit

    async def visit(self) -> None:
        """From idle to idle. Raise Stuck."""
        ended = (await self.glass.state())["visits"]
        number, since, tried = None, time.monotonic(), 0.0
        while True:
            screen = await self.glass.screen()
            name, now = screen["screen"], time.monotonic()
            if screen["number"] != number:
                number, since, tried = screen["number"], now, now
                self.path.append(name)
                if name == "idle" and (await self.glass.state())["visits"] > ended:
                    return
            here = not self.silent or name == "take_card"  # whoever walks away comes back for the card
            if here and number != self._acted and screen["drawn"]:
                self._acted = number
                await self._act(name)
            elif here and self._touched and number == self._acted and now - tried > TOUCH_AGAIN_S:
                self.touches_repeated += 1
                tried = now
                await self._act(name)
            if now - since > LONGEST_S:
                raise Stuck(f"{name} stays for {LONGEST_S:.0f} s")
            await asyncio.sleep(LOOK_S)

    async def _act(self, name: str) -> None:
        self._touched = self._done_here = False
        try:
            if (trick := self._tricks.pop(name, None)) is not None:
                await trick(self)
            if not (self.silent or self._touched or self._done_here or name in PASSING):
                await self._habit(name)
        except NotOnScreen:
            # It has changed under the finger; whatever is there now is looked at next.
            self._acted = None

    async def _habit(self, name: str) -> None:
        if name not in self.habits:
            raise Stuck(f"nobody knows the screen {name}")
        await self.habits[name]()

    def settle_accounts(self) -> None:
        """Say of the last card what came of it, as the visitor was told it; the checker says what really did."""
        if not self.cards:
            return
        paper = self.house.sheets_out() > self._sheets
        if "take_paper" in self.path:
            self.cards[-1].outcome = "printed"
        elif paper:
            self.cards[-1].outcome = "void"
        if "keeper" in self.path and "licence_consent" in self.path:
            self.cards[-1].by = "keeper"
        elif "licence_consent" in self.path:
            self.cards[-1].by = "face"

    # --- hands

    def wait(self) -> None:
        """For a trick that has done what was to be done on this screen."""
        self._done_here = True

    def look_again(self) -> None:
        """For a trick after which the screen has to be drawn anew before it can be touched."""
        self._done_here, self._acted = True, None

    async def touch(self, label: str) -> None:
        """Touch the control with this phrase, or these words."""
        self._touched = True
        await self.glass.touch(self.say(label) if "." in label else label, seconds=0.0)

    async def press(self, digit: str) -> None:
        """Press a key of the pad: a field may show the same digit."""
        screen = await self.glass.screen()
        keys = [each for each in controls(screen) if each["name"] == digit and each["role"] == "button"]
        if not keys:
            raise NotOnScreen(f"no key {digit} on {screen['screen']}")
        await self.glass.touch_at(*centre(keys[0]))

    async def place(self) -> None:
        """Lay the card down to be read."""
        self.cards.append(Card(self.plan.person))
        await self.glass.do("visitor", "place", person=self.plan.person)

    async def lift(self) -> None:
        await self.glass.do("visitor", "lift")

    async def break_(self, device: str, verb: str, /, **arguments: Any) -> None:
        """Do something on the bench."""
        await self.glass.do(device, verb, **arguments)

    # --- habits of more than one touch

    async def _lift_and_try_again(self) -> None:
        if self.person.kind != "citizen":
            await self.touch("card.other_way")
            return
        await self.glass.do("id_reader", "clear_faults")
        await self.lift()
        await self.house.device("id_reader", readiness="ready")
        await self.touch("card.retry")

    async def _agree_to_face(self) -> None:
        if self.by == "face":
            await self.glass.do("visitor", "face", who=self.face)
            await self.touch("face_consent.agree")
        else:
            await self.touch("face_consent.other")

    async def _look(self) -> None:
        """Nothing to do but to stand there."""

    async def _look_again(self) -> None:
        if self.by == "face" and self.say("face.retry") in await self._names():
            await self.touch("face.retry")
        else:
            await self.touch("face.other")

    async def _keeper_types(self) -> None:
        await self._turn_to_the_keys()
        first = self.say("keeper.next") in await self._names()  # one field a screen
        typed = (*self._keeper,) if not self.elder else (self._keeper[0 if first else 1],)
        for digit in "".join(typed):
            await self.press(digit)
        await self.touch("keeper.next" if first else "keeper.confirm")

    async def _turn_to_the_keys(self) -> None:
        """Where the pad's keys stand on the next page of the screen."""
        turn, seen = words("zh-Hans").next, await self._names()
        if "1" in seen or turn not in seen:
            return
        await self.glass.touch(turn, seconds=0.0)
        give_up = time.monotonic() + TOUCH_AGAIN_S
        while "1" not in await self._names() and time.monotonic() < give_up:
            await asyncio.sleep(LOOK_S)

    async def _names(self) -> set[str]:
        """What can be touched now."""
        return {each["name"] for each in controls(await self.glass.screen())}

    async def _agree(self) -> None:
        await self.glass.do("visitor", "face", who="nobody")
        await self.touch("licence_consent.agree")

    async def _review(self) -> None:
        asked = await self._names()
        await self.touch("review.right" if self.say("review.right") in asked else "review.print")

    async def _rate(self) -> None:
        """The level itself, or in elder mode first the word that it lies under."""
        coarse = {"level_5": "level_4", "level_1": "level_2"}.get(self.plan.rating, self.plan.rating)
        there = self.say(f"rate.{self.plan.rating}") in await self._names()
        await self.touch(f"rate.{self.plan.rating if there else coarse}")

    async def _take_paper(self) -> None:
        await self.glass.do("visitor", "take_paper")

    async def _print_failed(self) -> None:
        names = await self._names()
        if self.print_again and self.say("print_failed.again") in names:
            self.print_again = False
            await self.touch("print_failed.again")
        elif self.print_again:
            return  # the screen comes anew when the printer is well
        elif self.plan.slip and self.say("print_failed.slip") in names:
            await self.touch("print_failed.slip")
        else:
            await self.touch("print_failed.done")

    async def _referral(self) -> None:
        names = await self._names()
        if self.plan.slip and self.say("referral.print") in names:
            await self.touch("referral.print")
        else:
            await self.touch("referral.done")
