"""One showing of a question: what ends it, an answer, the work's end, another screen, hesitation or silence."""

from __future__ import annotations

import asyncio
from enum import Enum, auto
from typing import Any

import msgspec

from kiosk.screens.screen import Answer
from kiosk.visit.patience import lost, patience
from kiosk.visit.question import Question
from kiosk.visit.stay import Stay


class Pause(Enum):
    """Why a question is shown anew, or interrupted."""

    CHANGED = auto()
    SILENT = auto()
    HESITATES = auto()


async def listen(stay: Stay, question: Question) -> Answer | Pause:
    """Show the question once and wait.

    Nobody listens for this screen any more when it returns: a later screen's touch would go to whoever listened first.
    """
    question.changed.clear()
    look = stay.look if question.mode is None else msgspec.structs.replace(stay.look, mode=question.mode)
    number = stay.window.show(question.screen, look, question.pictures(), written=question.take_written())
    question.number = number
    answer = asyncio.ensure_future(stay.window.answer(number))
    changed = asyncio.ensure_future(question.changed.wait())
    suggesting = asyncio.ensure_future(_suggest(stay, question, number))
    hesitating = asyncio.ensure_future(lost(stay, question, number))
    listeners: tuple[asyncio.Future[Any], ...] = (answer, changed, suggesting, hesitating)
    waits = {*listeners, *((question.work,) if question.work is not None else ())}
    try:
        while True:
            done, _ = await asyncio.wait(waits, timeout=patience(stay, question), return_when=asyncio.FIRST_COMPLETED)
            if question.work is not None and question.work in done:
                return Pause.CHANGED
            if answer in done:
                return answer.result()
            if changed in done:
                return Pause.CHANGED
            if suggesting in done:
                suggesting.result()  # it goes on for ever: what ended it is a defect, and is raised here
            if hesitating in done:
                return Pause.HESITATES
            if question.seconds is not None:
                return Answer(action="")
            if patience(stay, question) == 0:
                return Pause.SILENT
    finally:
        for waiting in listeners:
            waiting.cancel()


async def _suggest(stay: Stay, question: Question, number: int) -> None:
    """Change the screen's suggestions with each change of what is typed on it."""
    while True:
        written = await stay.window.typing(number)
        amended = question.suggest(written) if question.suggest is not None else None
        if amended is not None:
            question.screen = amended
            stay.window.amend(number, amended)
