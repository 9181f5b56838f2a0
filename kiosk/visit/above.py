"""What comes over a question and goes away again: help, the languages, the idle warning. The work below goes on, and its end
closes them."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from kiosk.screens.screen import Answer, Screen
from kiosk.visit.endings import Ending, VisitEnds
from kiosk.visit.patience import seconds_over
from kiosk.visit.question import Question
from kiosk.visit.stay import Stay


async def show_help(stay: Stay, question: Question) -> None:
    """The help screens, one thing each in elder mode."""
    question.keep_draft(stay.window)
    below = question.screen.bar.leave
    leave = below is None or below.enabled
    topic = 0
    while True:
        calls = None if stay.call is None else stay.called
        screen = stay.composer.help(stay.say, leave=leave, topic=topic, called=calls)
        answer = await _touch_on(stay, screen, seconds_over(stay), question.work)
        match answer.action if answer is not None else "":
            case "leave":
                raise VisitEnds(Ending.LEFT)
            case "mode":
                stay.change_mode()
                topic = 0
            case "language":
                await choose_language(stay, question)
            case "signs":
                stay.change_signs()
            case "more":
                topic += 1
            case "call" if stay.call is not None:
                stay.called = stay.call()
            case _:
                return


async def choose_language(stay: Stay, question: Question) -> None:
    """Each language by its own name; the question comes back in it."""
    while True:
        screen = stay.composer.choose_language(stay.say, signs=stay.look.signs)
        answer = await _touch_on(stay, screen, seconds_over(stay), question.work)
        match answer.action if answer is not None else "":
            case "leave":
                raise VisitEnds(Ending.LEFT)
            case "help":
                await show_help(stay, question)
            case "signs":
                stay.change_signs()
                return
            case chosen if chosen in stay.composer.languages:
                stay.look_anew(msgspec.structs.replace(stay.look, language=chosen))
                stay.record("language", visit=stay.token, language=chosen)
                return
            case _:
                return


async def warn(stay: Stay, question: Question) -> None:
    """A spoken countdown; going on puts the question back, silence ends the visit."""
    stay.warnings += 1
    if stay.warnings > stay.policy.idle.extensions:
        raise VisitEnds(Ending.TIMED_OUT)
    question.keep_draft(stay.window)
    countdown = stay.policy.idle.countdown.of(stay.look.mode)
    answer = await _touch_on(stay, stay.composer.idle_warning(stay.say, round(countdown)), countdown, None)
    if answer is None:
        raise VisitEnds(Ending.TIMED_OUT)
    match answer.action:
        case "leave":
            raise VisitEnds(Ending.LEFT)
        case "help":
            await show_help(stay, question)
        case "mode":
            stay.change_mode()
        case "language":
            await choose_language(stay, question)
        case "signs":
            stay.change_signs()


async def _touch_on(stay: Stay, screen: Screen, seconds: float, work: asyncio.Future[Any] | None) -> Answer | None:
    """Show a screen over the question; None when the time or the work below it has ended first."""
    number = stay.window.show(screen, stay.look)
    answer = asyncio.ensure_future(stay.window.answer(number))
    waits: set[asyncio.Future[Any]] = {answer, *((work,) if work is not None else ())}
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return answer.result() if answer.done() else None
    finally:
        answer.cancel()
