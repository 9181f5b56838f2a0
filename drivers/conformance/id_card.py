"""IdCardReader on the bench: a card is laid down, read, sensed, lifted."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from drivers.conformance.bench import Bench
from drivers.conformance.check import Check, Level, NotApplicable, demand
from drivers.conformance.play import Play
from drivers.contract.common import Presence, Supported
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import Card, CardSeen, TryAgain, WaitCard, WaitLift

READ_SECONDS = 8.0
"""A read takes 0.6 to 1.5 s of radio; a person lays the card down within the rest."""

SENSED_SECONDS = 9.0
"""Three looks of a status probe each two seconds, each of which may take its own second."""


class IdCardPlay(Play):
    """Lay down, read, lift."""

    async def work(self, bench: Bench) -> str | None:
        """Read one card and let it be lifted."""
        seen: list[float] = []

        def heard(event: Any, fds: list[int]) -> None:
            if isinstance(event, CardSeen):
                seen.append(time.monotonic())

        async with bench.running(WaitCard(), READ_SECONDS, heard) as reading:
            await bench.hands.do("present")
            result = await reading
            ended = time.monotonic()
        demand(isinstance(result, Card), "WaitCard did not end with a card")
        if seen:
            bench.took.append(ended - seen[-1])
        card = result.card
        demand(card.kind in bench.capabilities.kinds, "a card of a kind that the capabilities do not name")
        demand(bool(card.name.reveal() and card.number.reveal()), "name or number is empty")
        demand(bool(card.photo) or bool(card.photo_problem), "no photo, and no word why")
        await self._lifted(bench)
        return None

    async def _lifted(self, bench: Bench) -> None:
        if bench.capabilities.presence is Supported.YES:
            async with bench.running(WaitLift(), READ_SECONDS) as lifting:
                await bench.hands.do("withdraw")
                await lifting
        else:
            await bench.hands.do("withdraw")
            await asyncio.sleep(_UNSENSED_SECONDS)

    async def honest(self, bench: Bench) -> None:
        """Photo, newest address and presence are what the reader says of them."""
        async with bench.running(WaitCard(), READ_SECONDS) as reading:
            await bench.hands.do("present")
            card = (await reading).card
        if bench.capabilities.photo is Supported.YES:
            demand(card.photo is not None, f"photo = yes, but: {card.photo_problem}")
        if bench.capabilities.presence is not Supported.YES:
            demand(bench.status.card is not Presence.PRESENT, "presence is not supported, yet a card is told")
            await self._lifted(bench)
            return
        await bench.until(
            lambda: _card(bench) is Presence.PRESENT, SENSED_SECONDS, "the card lies there, and is not told"
        )
        await bench.hands.do("withdraw")
        await bench.until(
            lambda: _card(bench) is Presence.ABSENT, SENSED_SECONDS, "the card was lifted, and is still told"
        )

    def long(self, bench: Bench) -> Any:
        """Nobody lays a card down."""
        return WaitCard()


async def _once_with_every_answer_twice(bench: Bench) -> str | None:
    """The same on a line where everything comes twice: an echo is no second visitor."""
    if "duplicate" not in bench.hands.faults:
        raise NotApplicable("this bench cannot make answers come twice")
    await bench.hands.do("fault", kind="duplicate")
    try:
        return await _once_a_placement(bench)
    finally:
        await bench.restore()


async def _once_a_placement(bench: Bench) -> str | None:
    """A card that stays is not read twice as if somebody had come anew; the visitor is told to lift it."""
    if bench.capabilities.lift_needed is not Supported.YES:
        raise NotApplicable("this reader reads a card again without its being lifted")
    async with bench.running(WaitCard(), READ_SECONDS) as reading:
        await bench.hands.do("present")
        await reading
    told: list[Any] = []
    try:
        await bench.call(WaitCard(), _SECOND_SECONDS, lambda event, fds: told.append(event))
    except DeviceFault as error:
        demand(
            error.fault.code is FaultCode.DEADLINE,
            f"the second read ended with {error.fault.code}, not at its deadline",
        )
    else:
        demand(False, "the same placement was read twice")
    finally:
        await bench.hands.do("withdraw")
    codes = {event.code for event in told if isinstance(event, TryAgain)}
    demand(FaultCode.CARD_NOT_LIFTED in codes, "nobody was told to lift the card")
    await asyncio.sleep(_UNSENSED_SECONDS)
    return None


def _card(bench: Bench) -> Presence:
    status = bench.now.status
    return status.card if status is not None else Presence.UNKNOWN


IdCardPlay.checks = (
    Check("id_card.once_a_placement", Level.SILVER, _once_a_placement),
    Check("id_card.once_with_every_answer_twice", Level.SILVER, _once_with_every_answer_twice),
)

_UNSENSED_SECONDS = 1.2
"""Three looks of a reader that finds cards by polling each 300 ms: by then it knows that the card is gone."""

_SECOND_SECONDS = 2.0
