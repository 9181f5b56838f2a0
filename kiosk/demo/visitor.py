"""The scripted visitor of the headless demo: lays the card, looks, touches, takes; a picture of every screen on the way."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.demo.glass import Glass
from kiosk.identity.face.policy import face_policy
from kiosk.locales import Phrasebook
from kiosk.screens.screen import Mode


@dataclass
class Step:
    """One step of the visit, for the table."""

    name: str
    seconds: float
    outcome: str


@dataclass
class Visitor:
    """Walks the visit once in one mode. `person` and `portrait` say who it is; `pictures` is the folder for one PNG a screen."""

    glass: Glass
    mode: Mode
    person: str
    portrait: str
    pictures: Path | None = None
    steps: list[Step] = field(default_factory=list)
    _count: int = 0

    async def whole_visit(self) -> None:
        """From idle to idle. Raise NotOnScreen at the first thing that is not as a visitor may expect."""
        say = Phrasebook(mode=self.mode)
        elder = self.mode is Mode.ELDER
        await self.glass.do("visitor", "face", who="nobody")
        await self._see("idle")
        await self._touch(say("idle.elder" if elder else "idle.standard"), "choose")
        await self._touch("打印社保证明" if elder else "打印参保证明", "guide")
        await self._touch(say("guide.start"), "card", within=15)
        await self.glass.do("visitor", "place", person=self.person)
        await self._await(("face_consent", "elder_offer"), time.monotonic(), 15, "读身份证")
        if self.steps[-1].outcome == "elder_offer":
            await self._touch(say("elder_offer.no"), "face_consent")
        await self.glass.do("visitor", "face", who=self.portrait)
        # Screens that only pass by may be gone before a busy machine has drawn them.
        await self._touch(say("face_consent.agree"), "face", "licence_consent", within=40)
        await self._be_recognised(say)
        await self._touch(say("licence_consent.agree"), "review", within=30)
        if elder:
            await self._one_question_on(say("review.right"), say("review.print"))
        await self._touch(say("review.print"), "printing", "take_paper", within=15)
        await self._see("take_paper", within=90, label="打印")
        await self.glass.do("visitor", "face", who="nobody")
        await self.glass.do("visitor", "take_paper")
        await self._see("slip_question", within=20, label="取走证明")
        await self._touch(say("take.slip"), "rate", within=25)
        if elder:
            await self._one_question_on(say("rate.level_4"), say("rate.level_5"))
        await self._touch(say("rate.level_5"), "take_card", within=10)
        await self.glass.do("visitor", "lift")
        await self._see("thanks", within=15, label="取走身份证")
        await self._touch(say("thanks.done"), "idle")

    async def _be_recognised(self, say: Phrasebook) -> None:
        """Look at the camera; try again when asked to, as a person would."""
        for _ in range(face_policy().tries):
            began = time.monotonic()
            found = await self.glass.wait_for("licence_consent", "face_not_matched", seconds=40)
            self.steps.append(Step("刷脸比对", time.monotonic() - began, found["screen"]))
            await self._picture(found["screen"])
            if found["screen"] == "licence_consent":
                return
            await self.glass.touch(say("face.retry"))
            await self.glass.wait_for("face", "licence_consent")

    async def _one_question_on(self, label: str, then: str) -> None:
        """Touch, and wait until the next question of the same step is there."""
        began = time.monotonic()
        await self.glass.touch(label)
        name = (await self.glass.until_there(then))["screen"]
        self.steps.append(Step(f"点「{label}」", time.monotonic() - began, name))
        await self._picture(name)

    async def _touch(self, label: str, *expected: str, within: float = 10) -> None:
        began = time.monotonic()
        await self.glass.touch(label)
        await self._await(expected, began, within, f"点「{label}」")

    async def _see(self, expected: str, *, within: float = 10, label: str = "") -> None:
        await self._await((expected,), time.monotonic(), within, label or expected)

    async def _await(self, expected: tuple[str, ...], began: float, within: float, label: str) -> None:
        try:
            came: str = (await self.glass.wait_for(*expected, seconds=within))["screen"]
        except Exception:
            self.steps.append(Step(label, time.monotonic() - began, f"没有到 {expected[0]}"))
            await self._picture(f"missing-{expected[0]}")
            raise
        self.steps.append(Step(label, time.monotonic() - began, came))
        await self._picture(came)

    async def _picture(self, name: str) -> None:
        if self.pictures is None:
            return
        self._count += 1
        await self.glass.picture(self.pictures / f"{self.mode.value}-{self._count:02d}-{name}.png")
