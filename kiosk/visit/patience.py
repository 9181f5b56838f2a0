"""The clocks of a question: how long silence may last before the warning, and when somebody seems lost."""

from __future__ import annotations

import asyncio
import time

from drivers.link.within import within
from kiosk.screens.parts import Pad, Typing
from kiosk.screens.screen import MODE
from kiosk.visit.hesitation import Sign
from kiosk.visit.question import Question
from kiosk.visit.stay import Stay


def patience(stay: Stay, question: Question) -> float | None:
    """Seconds that may still pass in silence; None: no limit (the work keeps its own)."""
    if question.work is not None:
        return None
    allowed = question.seconds if question.seconds is not None else stay.policy.idle.warn_after.of(stay.look.mode)
    return max(0.0, _quiet_since(stay, question) + allowed - time.monotonic())


def seconds_over(stay: Stay) -> float:
    """Seconds that a screen over the question may stand: as long as the question itself could, with its warning."""
    idle = stay.policy.idle
    return idle.warn_after.of(stay.look.mode) + idle.countdown.of(stay.look.mode)


def may_offer(stay: Stay, question: Question) -> bool:
    """Never while work is done (the card, the camera), never while paper waits (a time of its own, or no way back any more),
    never where somebody types, and only over a question that can come back in the other mode."""
    if stay.elder_offered or stay.elder or question.work is not None or question.seconds is not None:
        return False
    screen = question.screen
    typed = any(isinstance(block, Pad | Typing) for block in screen.blocks)
    goes_back = screen.bar.back is not None and screen.bar.back.enabled
    return goes_back and not typed and any(tool.id == MODE for tool in screen.tools)


async def lost(stay: Stay, question: Question, number: int) -> None:
    """Return when the visitor hesitates on the screen of this number; never where nothing may be offered."""
    if not may_offer(stay, question):
        await asyncio.get_running_loop().create_future()
    limits = stay.policy.elder_offer.hesitation
    while not stay.seen.hesitates(limits):
        silent_in = _quiet_since(stay, question) + limits.silent - time.monotonic()
        if silent_in <= 0:
            stay.seen = stay.seen.and_(Sign.SILENT)
            return
        try:
            await within(silent_in, stay.window.missed(number))
            stay.seen = stay.seen.and_(Sign.MISSED)
        except TimeoutError:
            continue  # somebody may have touched a box meanwhile


def _quiet_since(stay: Stay, question: Question) -> float:
    return max(question.since, stay.window.stirred_at)
