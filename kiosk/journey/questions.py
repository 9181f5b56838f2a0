"""Asks a form: on one screen in standard mode, one question a screen in elder mode; 返回 then goes one question back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from drivers.contract.secret import wipe_all
from kiosk.screens.questions import Filling, Form, back, sheet, take
from kiosk.screens.screen import Answer, Screen
from kiosk.visit import Backed, Visit


async def ask_form(visit: Visit, make: Callable[[], Form], fds: Sequence[int] = ()) -> Answer:
    """Ask until the form is answered; what comes back does not tell the mode. `make` builds the form in the visit's words.

    Raise Backed from the first question, VisitEnds; what was typed until then is wiped.
    """
    filling = Filling()
    try:
        while True:
            try:
                answer = await visit.ask(partial(_screen, visit, make, filling), fds)
            except Backed:
                before = back(make(), filling) if visit.elder else None
                if before is None:
                    raise
                _wipe_left(filling, before)
                filling = before
                continue
            # The answer belongs to the screen that is shown, and that is of the mode in which the visit is now.
            taken = take(make(), filling, answer, one_at_a_time=visit.elder)
            _wipe_left(answer, taken)
            _wipe_left(filling, taken)
            if isinstance(taken, Answer):
                filling = Filling()
                return taken
            filling = taken
    finally:
        wipe_all(filling)


def _screen(visit: Visit, make: Callable[[], Form], filling: Filling) -> Screen:
    form = make()
    shown = sheet(form, filling, one_at_a_time=visit.elder)
    return visit.composer.screen(
        visit.say,
        form.name,
        title=shown.title,
        sentence=shown.sentence,
        spoken=shown.spoken,
        step=form.step,
        blocks=shown.blocks,
        actions=shown.actions,
    )


def _wipe_left(before: Filling | Answer, after: Filling | Answer) -> None:
    """What was typed and is not wanted any more."""
    for key, secret in before.typed.items():
        if after.typed.get(key) is not secret:
            secret.wipe()
