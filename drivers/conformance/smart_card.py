"""SmartCardReader on the bench: a card goes in, is powered, asked, released, taken out."""

from __future__ import annotations

from typing import Any

from drivers.conformance.bench import Bench
from drivers.conformance.check import Short, demand
from drivers.conformance.play import Play
from drivers.contract.common import Presence, Supported
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.smart_card import CardIn, Release, Select, WaitCard, WaitRemoval

SECONDS = 8.0
SENSED_SECONDS = 3.0

_NO_SUCH_AID = bytes.fromhex("F0") + b"NO-SUCH-APP"
"""A proprietary identifier (ISO/IEC 7816-5: category F, unregistered) that no card has."""


class SmartCardPlay(Play):
    """Put in, ask, take out."""

    async def work(self, bench: Bench) -> str | None:
        """Wait for a card, select what it cannot have, release it, wait until it is out."""
        async with bench.running(WaitCard(), SECONDS) as waiting:
            await bench.hands.do("present")
            card = await waiting
        demand(isinstance(card, CardIn), "WaitCard did not end with a card")
        demand(2 <= len(card.atr.reveal()) <= 33, "the ATR has not 2 to 33 bytes")
        await _selects_what_is_not_there(bench)
        await bench.call(Release(), SECONDS)
        async with bench.running(WaitRemoval(), SECONDS) as removal:
            await bench.hands.do("withdraw")
            await removal
        return f"family {card.family}"

    async def honest(self, bench: Bench) -> None:
        """Presence is sensed without a command, both ways, where it is promised."""
        if bench.capabilities.presence is not Supported.YES:
            return
        await bench.hands.do("present")
        await bench.until(lambda: _card(bench) is Presence.PRESENT, SENSED_SECONDS, "the card is in, and is not told")
        await bench.hands.do("withdraw")
        await bench.until(lambda: _card(bench) is Presence.ABSENT, SENSED_SECONDS, "the card is out, and is still told")

    def long(self, bench: Bench) -> Any:
        """Nobody puts a card in."""
        return WaitCard()


async def _selects_what_is_not_there(bench: Bench) -> None:
    try:
        answer = await bench.call(Select(aid=_NO_SUCH_AID), SECONDS)
    except DeviceFault as error:
        demand(error.fault.code is FaultCode.APPLICATION_ABSENT, f"an unknown application gave {error.fault.code}")
    else:
        demand(answer.sw != 0x9000, "the card selected an application that no card has", Short)


def _card(bench: Bench) -> Presence:
    status = bench.now.status
    return status.card if status is not None else Presence.UNKNOWN
