"""Help comes back to the question; silence is warned of, and ends the visit in the end."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from kiosk.screens.parts import Tick, Ticks
from kiosk.screens.screen import Look, Mode, Screen
from kiosk.visit import Ending, Visit
from tests.support.questions import CHANGED, COUNTDOWN, QUESTION, WARN, WORKING, Glass, Work, ending, play, quick_visit


def test_help_comes_back_to_the_same_question_with_its_pictures_and_boxes() -> None:
    visit, glass = quick_visit(warn=5)
    boxes = Screen(name="boxes", title="?", blocks=(Ticks(rows=(Tick(id="a", title="甲"), Tick(id="b", title="乙"))),))

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("boxes")
        glass.ticked = ("b",)
        glass.touch("help")
        await glass.sees("boxes", "help")
        glass.touch("go_on")
        await glass.sees("boxes", "help", "boxes")
        glass.touch("agree")

    assert play(lambda v: v.ask(boxes, (7, 8)), act, visit, glass).action == "agree"
    assert glass.fds == [(7, 8), (), (7, 8)]
    (ticks,) = glass.shown[-1].blocks
    assert isinstance(ticks, Ticks)
    assert [row.ticked for row in ticks.rows] == [False, True]


def test_work_goes_on_under_the_help_and_its_end_closes_it() -> None:
    visit, glass = quick_visit()
    work: list[Work] = []

    async def ask(visit: Visit) -> Any:
        work.append(Work())
        return await visit.ask_while(WORKING, work[0].run())

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("working")
        glass.touch("help")
        await glass.sees("working", "help")
        visit.show(CHANGED)  # the card was seen meanwhile
        await asyncio.sleep(0.02)
        assert glass.names[-1] == "help", "what happens behind the help does not take it away"
        glass.touch("go_on")
        await glass.sees("working", "help", "changed")
        glass.touch("help")
        await glass.sees("working", "help", "changed", "help")
        work[0].end.set()

    assert play(ask, act, visit, glass) == "result"
    assert not work[0].cancelled


def test_leaving_from_the_help_cancels_the_work() -> None:
    visit, glass = quick_visit()
    work: list[Work] = []

    async def ask(visit: Visit) -> Any:
        work.append(Work())
        return await visit.ask_while(WORKING, work[0].run())

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("working")
        glass.touch("help")
        await glass.sees("working", "help")
        glass.touch("leave")

    assert ending(play(ask, act, visit, glass)) is Ending.LEFT
    assert work[0].cancelled


def test_somebody_who_walks_away_from_the_help_is_missed_too() -> None:
    visit, glass = quick_visit()

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("question")
        glass.touch("help")

    assert ending(play(lambda v: v.ask(QUESTION), act, visit, glass)) is Ending.TIMED_OUT
    assert glass.names == ["question", "help", "question", "idle_warning"]


def test_silence_is_warned_of_and_then_ends_the_visit() -> None:
    visit, glass = quick_visit()
    began = time.monotonic()

    async def act(glass: Glass, visit: Visit) -> None:
        return None

    assert ending(play(lambda v: v.ask(QUESTION), act, visit, glass)) is Ending.TIMED_OUT
    assert glass.names == ["question", "idle_warning"]
    assert WARN + COUNTDOWN <= time.monotonic() - began < WARN + COUNTDOWN + 0.5


def test_elder_mode_waits_longer() -> None:
    visit, glass = quick_visit()
    visit.look = Look(mode=Mode.ELDER)
    began = time.monotonic()

    async def act(glass: Glass, visit: Visit) -> None:
        return None

    assert ending(play(lambda v: v.ask(QUESTION), act, visit, glass)) is Ending.TIMED_OUT
    assert time.monotonic() - began >= 2 * WARN + COUNTDOWN


def test_going_on_puts_the_question_back_and_leaving_leaves() -> None:
    visit, glass = quick_visit()

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("question", "idle_warning")
        glass.touch("go_on")
        await glass.sees("question", "idle_warning", "question")
        await glass.sees("question", "idle_warning", "question", "idle_warning")
        glass.touch("leave")

    assert ending(play(lambda v: v.ask(QUESTION), act, visit, glass)) is Ending.LEFT


def test_a_touch_of_any_kind_puts_the_warning_off() -> None:
    visit, glass = quick_visit()

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("question")
        for _ in range(8):
            await asyncio.sleep(WARN / 4)
            glass.stirred_at = time.monotonic()  # a box, a digit, empty space
        assert glass.names == ["question"]
        glass.touch("right")

    assert play(lambda v: v.ask(QUESTION), act, visit, glass).action == "right"


def test_nobody_is_warned_more_often_than_the_policy_says_over_the_whole_visit() -> None:
    visit, glass = quick_visit(extensions=3)

    async def ask_twice(visit: Visit) -> Any:
        await visit.ask(QUESTION)
        return await visit.ask(CHANGED)

    async def act(glass: Glass, visit: Visit) -> None:
        answered = False
        while True:
            await asyncio.sleep(0.005)
            match glass.names[-1:], glass.names.count("idle_warning"):
                case ["idle_warning"], _:
                    glass.touch("go_on")
                case ["question"], 2 if not answered:
                    answered = True
                    glass.touch("on")

    assert ending(play(ask_twice, act, visit, glass)) is Ending.TIMED_OUT
    assert glass.names.count("idle_warning") == 3
    assert glass.names[-1] == "changed"


def test_no_silence_is_counted_while_work_is_done() -> None:
    visit, glass = quick_visit()

    async def works() -> str:
        await asyncio.sleep(2 * (WARN + COUNTDOWN))
        return "result"

    async def act(glass: Glass, visit: Visit) -> None:
        return None

    assert play(lambda v: v.ask_while(WORKING, works()), act, visit, glass) == "result"
    assert glass.names == ["working"]


def test_a_question_with_its_own_time_ends_with_no_answer_and_no_warning() -> None:
    visit, glass = quick_visit(warn=0.02)
    began = time.monotonic()

    async def act(glass: Glass, visit: Visit) -> None:
        return None

    assert play(lambda v: v.ask(QUESTION, seconds=0.1), act, visit, glass).action == ""
    assert glass.names == ["question"]
    assert 0.1 <= time.monotonic() - began < 0.5
