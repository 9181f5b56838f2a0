"""A visitor for the tests on glass: walks to a place in the visit by the words on the screen, as a person does."""

from __future__ import annotations

from typing import Any

from kiosk.demo.glass import nodes
from kiosk.locales import Phrasebook
from kiosk.screens.screen import Mode
from tests.support.house import House


def words(screen: dict[str, Any]) -> list[str]:
    """All words of a screen but its clock."""
    return [node["name"] for node in nodes({"tree": screen["tree"][1:]})]


class Walk:
    """One person in one mode; the person's own face stands before the camera unless told otherwise."""

    def __init__(self, house: House, mode: Mode = Mode.STANDARD, person: str = "p1") -> None:
        self.house = house
        self.glass = house.glass
        self.mode = mode
        self.person = house.person(person)
        self.say = Phrasebook(mode=mode)

    async def touch(self, key: str, expected: str, *, seconds: float = 20.0) -> dict[str, Any]:
        """Touch the control with this phrase (or these words) and wait for a screen."""
        await self.glass.touch(self.say(key) if "." in key else key)
        return await self.glass.wait_for(expected, seconds=seconds)

    async def to_choice(self) -> None:
        await self.touch("idle.elder" if self.mode is Mode.ELDER else "idle.standard", "choose")

    async def to_guide(self) -> None:
        await self.to_choice()
        await self.touch("打印社保证明" if self.mode is Mode.ELDER else "打印参保证明", "guide")

    async def to_card(self) -> None:
        """Until the card is asked for."""
        await self.to_guide()
        await self.touch("guide.start", "card")

    async def place(self) -> None:
        """Lay the card down."""
        await self.glass.do("visitor", "place", person=self.person.id)

    async def to_face_consent(self) -> None:
        await self.to_card()
        await self.to_face_consent_with_card()

    async def to_face_consent_with_card(self) -> None:
        """Lay the card down; whose card shows 60 years and more is asked about 大字版, and stays with what was chosen."""
        await self.place()
        if (await self.glass.wait_for("face_consent", "elder_offer"))["screen"] == "elder_offer":
            await self.touch("elder_offer.no", "face_consent")

    async def to_face(self) -> None:
        """Until the face is looked for; nobody stands there yet."""
        await self.to_face_consent()
        await self.glass.touch(self.say("face_consent.agree"))
        await self.glass.asked_for("face")

    async def to_licence_consent(self) -> None:
        await self.to_card()
        await self.from_card_to_licence_consent()

    async def from_card_to_licence_consent(self) -> None:
        """With the card and the own face. A busy machine may look too seldom for one try; whoever is asked tries again."""
        await self.to_face_consent_with_card()
        await self.glass.do("visitor", "face", who=self.person.portrait)
        await self.glass.touch(self.say("face_consent.agree"))
        answers = ("licence_consent", "face_not_matched")
        while (await self.glass.wait_for(*answers, seconds=40))["screen"] != "licence_consent":
            await self.glass.touch(self.say("face.retry"))
            await self.glass.wait_for("face", "licence_consent")

    async def to_review(self) -> None:
        await self.to_licence_consent()
        await self.touch("licence_consent.agree", "review", seconds=30)

    async def printed(self) -> None:
        if self.mode is Mode.ELDER:  # one question a screen: first whose it is, then what
            await self.glass.touch(self.say("review.right"))
            await self.glass.until_there(self.say("review.print"))
        await self.touch("review.print", "take_paper", seconds=60)

    async def finish(self) -> None:
        """From the paper in the tray to idle."""
        await self.glass.do("visitor", "take_paper")
        await self.glass.wait_for("slip_question")
        await self.touch("take.no_slip", "rate")
        await self.touch("rate.skip", "take_card")
        await self.goes()
        await self.glass.wait_for("thanks")
        await self.touch("thanks.done", "idle")

    async def changes_mode(self, mode: Mode) -> None:
        """Touch the way into the other mode, and see the same screen in it."""
        shown = (await self.glass.screen())["screen"]
        await self.glass.touch(self.say("tools.mode"))
        self.mode, self.say = mode, Phrasebook(mode=mode)
        await self.glass.until_there(self.say("tools.mode"))
        await self.glass.wait_for(shown)

    async def goes(self) -> None:
        """Take the card back."""
        await self.glass.do("visitor", "lift")

    async def leaves(self) -> None:
        """Touch 离开, take the card if it lies there, and see that the screen is idle and has forgotten the mode."""
        visits = (await self.glass.state())["visits"]
        await self.glass.until_there(self.say("bar.leave"))
        await self.glass.touch(self.say("bar.leave"))
        if (await self.glass.wait_for("take_card", "idle"))["screen"] == "take_card":
            await self.goes()
        await self.is_over(visits)

    async def is_over(self, visits: int, *, seconds: float = 15.0) -> None:
        """See that the visit ended: idle in standard mode, wiped, no secret of it alive."""
        screen = await self.glass.wait_for("idle", seconds=seconds)
        assert screen["mode"] == "standard"
        assert (await self.glass.state())["visits"] == visits + 1
        assert await self.house.alive() <= self.house.alive_between_visits, "secrets of the visit are alive"
