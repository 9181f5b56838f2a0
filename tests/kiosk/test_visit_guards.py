"""The guards around every question: help, leave, back, silence, a screen that changes, and what is wiped at the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from drivers.contract.secret import SecretBytes, SecretText
from kiosk.policies import visit_policy
from kiosk.screens.compose import Composer, Place
from kiosk.screens.parts import Tick, Ticks
from kiosk.screens.screen import Answer, Look, Mode, Screen
from kiosk.visit import Backed, Ending, Visit, VisitEnds

QUESTION = Screen(name="question", title="?")
WORKING = Screen(name="working", title="…")
CHANGED = Screen(name="changed", title="!")
WARN, COUNTDOWN = 0.2, 0.4
"""Seconds; the shipped ones are 45 and 30. The structs take them as they are: only a file is read strictly."""


class Glass:
    """A window that a test touches: answers belong to a screen's number, as the real one has it."""

    def __init__(self) -> None:
        self.stirred_at = time.monotonic()
        self.ticked: tuple[str, ...] | None = None
        self.shown: list[Screen] = []
        self.fds: list[tuple[int, ...]] = []
        self._answers: asyncio.Queue[tuple[int, Answer]] = asyncio.Queue()

    @property
    def names(self) -> list[str]:
        return [screen.name for screen in self.shown]

    def show(self, screen: Screen, look: Look, fds: Sequence[int] = ()) -> int:
        self.shown.append(screen)
        self.fds.append(tuple(fds))
        self.ticked = None
        return len(self.shown)

    async def answer(self, number: int) -> Answer:
        while True:
            answered, answer = await self._answers.get()
            if answered == number:
                return answer

    def touch(self, action: str, number: int | None = None) -> None:
        self.stirred_at = time.monotonic()
        self._answers.put_nowait((len(self.shown) if number is None else number, Answer(action=action)))

    async def sees(self, *names: str) -> None:
        """Wait until exactly these screens have been shown, in this order."""
        give_up = time.monotonic() + 3
        while self.names != list(names):
            assert time.monotonic() < give_up, self.names
            await asyncio.sleep(0.002)

    def live_frame(self, width: int, height: int, fd: int) -> None: ...

    def live_hint(self, text: str) -> None: ...

    def moved(self, done: int, total: int, label: str = "") -> None: ...


class Work:
    """Something that takes until it is told to end, and notes that it was cancelled."""

    def __init__(self) -> None:
        self.end = asyncio.Event()
        self.began = False
        self.cancelled = False

    async def run(self) -> str:
        self.began = True
        try:
            await self.end.wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0.02)  # a device needs a moment to hear of it
            self.cancelled = True
            raise
        return "result"


def quick_visit(*, extensions: int = 10, warn: float = WARN) -> tuple[Visit, Glass]:
    policy = visit_policy()
    by_mode = msgspec.structs.replace(policy.idle.warn_after, standard=warn, elder=2 * warn)
    idle = msgspec.structs.replace(policy.idle, warn_after=by_mode, countdown=COUNTDOWN, extensions=extensions)
    place = Place(name="某地", phone="", elsewhere_place="", elsewhere_hours="")
    glass = Glass()
    replaced = msgspec.structs.replace(policy, idle=idle)
    return Visit(glass, replaced, Composer(place), lambda event, **payload: None), glass


def play(
    question: Callable[[Visit], Awaitable[Any]],
    act: Callable[[Glass, Visit], Awaitable[None]],
    visit: Visit,
    glass: Glass,
) -> Any:
    """Ask and act side by side; return the question's end: a result, or the exception."""

    async def go() -> Any:
        asking = asyncio.ensure_future(question(visit))
        acting = asyncio.ensure_future(act(glass, visit))
        try:
            return (await asyncio.wait_for(asyncio.gather(asking, return_exceptions=True), 5))[0]
        finally:
            acting.cancel()
            (broken,) = await asyncio.gather(acting, return_exceptions=True)
            if isinstance(broken, AssertionError):
                raise broken

    return asyncio.run(go())


def ending(found: Any) -> Ending:
    assert isinstance(found, VisitEnds), found
    return found.ending


# --- answers


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


# --- help


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


# --- silence


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


# --- a screen that changes


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


# --- what is known, and its end


class Papers(msgspec.Struct, frozen=True):
    """Secrets as deep as the contract allows."""

    name: SecretText
    pages: tuple[SecretBytes, ...]
    more: dict[str, list[SecretText]]
    inner: Any = None


@dataclass
class Document:
    """Has a wipe of its own, as documents and pictures do."""

    pdf: SecretBytes

    def wipe(self) -> None:
        self.pdf.wipe()


def papers() -> tuple[Papers, list[Any]]:
    secrets = [
        SecretText("某某"),
        SecretBytes(b"1"),
        SecretBytes(b"2"),
        SecretText("号"),
        SecretText("深"),
        SecretBytes(b""),
    ]
    inner = Papers(name=secrets[4], pages=(secrets[5],), more={})  # type: ignore[arg-type]
    return Papers(name=secrets[0], pages=(secrets[1], secrets[2]), more={"k": [secrets[3]]}, inner=inner), secrets  # type: ignore[arg-type]


def test_wipe_reaches_every_secret_and_forgets_everything() -> None:
    visit, _ = quick_visit()
    given, secrets = papers()
    document = Document(SecretBytes(b"%PDF"))
    visit.give(given)
    visit.give(document)
    visit.show(QUESTION)
    visit.wipe()
    assert all(secret.wiped for secret in secrets)
    assert document.pdf.wiped
    assert visit.known == {}
    assert visit._screen is None, "a screen may hold masked names"
    visit.wipe()


def test_a_value_that_is_replaced_or_discarded_is_wiped_and_others_are_not() -> None:
    visit, _ = quick_visit()
    first, first_secrets = papers()
    second, second_secrets = papers()
    document = Document(SecretBytes(b"%PDF"))
    visit.give(document)
    visit.give(first)
    visit.give(second)
    assert all(secret.wiped for secret in first_secrets)
    assert not any(secret.wiped for secret in second_secrets)
    assert visit.take(Papers) is second
    visit.discard(Papers)
    assert all(secret.wiped for secret in second_secrets)
    assert not document.pdf.wiped
    with pytest.raises(LookupError, match="no step has given a Papers"):
        visit.take(Papers)
    visit.discard(Papers)
