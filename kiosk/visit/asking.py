"""A question and the guards around it: help, leave, back, silence, hesitation, another mode, another language."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from drivers.contract.secret import wipe_all
from kiosk.locales import Phrasebook
from kiosk.screens.screen import BACK, HELP, LANGUAGE, LEAVE, MODE, SIGNS, Answer, Mode
from kiosk.visit.above import choose_language, show_help, warn
from kiosk.visit.endings import Backed, Ending, VisitEnds
from kiosk.visit.hesitation import Sign
from kiosk.visit.listening import Pause, listen
from kiosk.visit.patience import may_offer
from kiosk.visit.question import Question
from kiosk.visit.stay import Stay


async def ask(stay: Stay, question: Question) -> Any:
    """Ask until there is an answer or the work has ended; return whichever came first. Raise Backed, VisitEnds."""
    stay.put(question)
    stay.seen = stay.seen.on_the_next_screen()
    try:
        while True:
            if may_offer(stay, question) and stay.seen.hesitates(stay.policy.elder_offer.hesitation):
                await offer_elder(stay, since=question.since)
            answer = await listen(stay, question)
            if isinstance(answer, Answer) and (answer.action in _GUARDED or question.over):
                wipe_all(answer)  # what was typed is for nobody: no step gets this answer
            if question.over:
                assert question.work is not None
                return question.work.result()
            if isinstance(answer, Answer) and answer.action not in _GUARDED:
                return answer
            await _guard(stay, question, answer)
    finally:
        if question.work is not None and not question.work.done():
            question.work.cancel()
            await asyncio.gather(question.work, return_exceptions=True)


async def _guard(stay: Stay, question: Question, answer: Answer | Pause) -> None:
    """What no step can forget. It returns when the question is to be shown again."""
    match answer:
        case Pause.CHANGED | Pause.HESITATES:
            question.keep_written(stay.window)
            return  # nobody has touched anything for it: no idle warning is put off
        case Pause.SILENT:
            await warn(stay, question)
        case Answer(action="help"):
            stay.seen = stay.seen.and_(Sign.HELP)
            await show_help(stay, question)
        case Answer(action="mode"):
            question.keep_draft(stay.window)
            stay.change_mode()
        case Answer(action="language"):
            question.keep_draft(stay.window)
            await choose_language(stay, question)
        case Answer(action="signs"):
            question.keep_draft(stay.window)
            stay.change_signs()
        case Answer(action="back"):
            stay.seen = stay.seen if question.browsing else stay.seen.and_(Sign.BACK)
            raise Backed
        case Answer(action="leave"):
            raise VisitEnds(Ending.LEFT)
    question.ask_again()


async def offer_elder(stay: Stay, *, since: float | None = None) -> None:
    """Ask whether 大字版 is wanted, in large letters: once a visit, never in elder mode. The question below comes back as it
    was left, in the mode that was chosen; `since` is when it was asked: the offer puts no idle warning off."""
    if stay.elder_offered or stay.elder:
        return
    stay.elder_offered = True
    below, stay.question, look = stay.question, None, stay.look
    if below is not None:
        below.keep_draft(stay.window)
    offer = Question(partial(stay.composer.elder_offer, Phrasebook(stay.look.language, Mode.ELDER)), mode=Mode.ELDER)
    offer.since = offer.since if since is None else since
    chosen = ""
    try:
        answer = await ask(stay, offer)
        chosen = answer.action
    except Backed:
        pass  # back to the question, as it was
    finally:
        stay.put(below)
    if below is not None and stay.look != look:
        below.build_anew()  # another mode or language was chosen in the help over the offer
    stay.record("elder_offer", visit=stay.token, taken=chosen == Mode.ELDER.value)
    if chosen and chosen != stay.look.mode.value:
        stay.change_mode()


_GUARDED = (BACK, HELP, LEAVE, MODE, LANGUAGE, SIGNS)
