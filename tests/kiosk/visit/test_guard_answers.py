"""What ends a question: an answer, back, leave, the work below it, a screen that changes."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from kiosk.visit import Backed, Ending, Visit
from tests.support.questions import CHANGED, COUNTDOWN, QUESTION, WARN, WORKING, Glass, Work, ending, play, quick_visit


def test_an_answer_is_returned_and_an_answer_to_an_older_screen_is_not() -> None:
    visit, glass = quick_visit(warn=5)

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("question")
        visit.show(CHANGED)
        await glass.sees("question", "changed")
        glass.touch("late", number=1)
        await asyncio.sleep(0.02)
        glass.touch("right")

    assert play(lambda v: v.ask(QUESTION), act, visit, glass).action == "right"


@pytest.mark.parametrize("working", [False, True])
@pytest.mark.parametrize(("action", "wanted"), [("leave", Ending.LEFT), ("back", Backed)])
def test_leave_and_back_end_the_question_and_cancel_the_work(working: bool, action: str, wanted: Any) -> None:
    visit, glass = quick_visit()
    work: list[Work] = []

    async def ask(visit: Visit) -> Any:
        work.append(Work())
        return await (visit.ask_while(WORKING, work[0].run()) if working else visit.ask(QUESTION))

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("working" if working else "question")
        await asyncio.sleep(0.01)
        glass.touch(action)

    found = play(ask, act, visit, glass)
    assert ending(found) is wanted if wanted is Ending.LEFT else isinstance(found, wanted)
    assert work[0].cancelled == working, "the device is free before the visit goes on"


def test_an_answer_ends_the_work_and_the_works_end_ends_the_question() -> None:
    for by_answer in (True, False):
        visit, glass = quick_visit()
        work: list[Work] = []

        async def ask(visit: Visit, made: list[Work] = work) -> Any:
            made.append(Work())
            return await visit.ask_while(WORKING, made[0].run())

        async def act(glass: Glass, visit: Visit, made: list[Work] = work, touch: bool = by_answer) -> None:
            await glass.sees("working")
            await asyncio.sleep(0.01)
            if touch:
                glass.touch("other_way")
            else:
                made[0].end.set()

        found = play(ask, act, visit, glass)
        assert (found == "result") is not by_answer
        assert work[0].cancelled is by_answer


def test_what_the_work_raises_comes_to_whoever_asked() -> None:
    visit, glass = quick_visit()

    async def fails() -> None:
        await asyncio.sleep(0.01)
        raise LookupError("of the work")

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("working")

    assert isinstance(play(lambda v: v.ask_while(WORKING, fails()), act, visit, glass), LookupError)


def test_a_changed_screen_is_shown_while_the_work_goes_on() -> None:
    visit, glass = quick_visit()

    async def works() -> str:
        await asyncio.sleep(0.01)
        visit.show(CHANGED, (9,))
        await asyncio.sleep(0.03)
        return "result"

    async def act(glass: Glass, visit: Visit) -> None:
        return None

    assert play(lambda v: v.ask_while(WORKING, works(), (3,)), act, visit, glass) == "result"
    assert glass.names == ["working", "changed"]
    assert glass.fds == [(3,), (9,)]


def test_a_screen_that_changes_by_itself_puts_no_warning_off() -> None:
    """A printer that comes and goes changes 「再打一次」 each time; whoever was there has gone, and must be wiped."""
    visit, glass = quick_visit()

    async def act(glass: Glass, visit: Visit) -> None:
        give_up = time.monotonic() + 3
        while "idle_warning" not in glass.names:
            assert time.monotonic() < give_up, glass.names
            visit.show(CHANGED)
            await asyncio.sleep(WARN / 4)

    began = time.monotonic()
    assert ending(play(lambda v: v.ask(QUESTION), act, visit, glass)) is Ending.TIMED_OUT
    assert time.monotonic() - began < 2 + WARN + COUNTDOWN


def test_a_cancelled_question_cancels_its_work() -> None:
    """The kiosk is stopped in the middle of a visit."""
    work: list[Work] = []

    async def go() -> None:
        visit, glass = quick_visit()
        work.append(Work())
        asking = asyncio.ensure_future(visit.ask_while(WORKING, work[0].run()))
        await glass.sees("working")
        await asyncio.sleep(0.01)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    asyncio.run(go())
    assert work[0].cancelled
