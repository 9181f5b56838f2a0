"""Who hesitates is offered 大字版 once, without losing the screen; nobody is asked over the card, the paper, or while typing."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.policies import visit_policy
from kiosk.screens.parts import Action, Block, Pad, PadField, Tick, Ticks, Typing, Way
from kiosk.screens.screen import Mode, Screen
from kiosk.visit import Backed, Ending, Visit
from kiosk.visit.hesitation import Seen, Sign
from kiosk.visit.patience import lost
from kiosk.visit.question import Question
from tests.support.questions import WORKING, Glass, Work, ending, play, quick_visit

LIMITS = visit_policy().elder_offer.hesitation
BOXES = (Ticks(rows=(Tick(id="a", title="甲"), Tick(id="b", title="乙"))),)


def question(visit: Visit, *blocks: Block, back: bool = True) -> Screen:
    return visit.composer.screen(
        visit.say, "boxes", title="?", blocks=blocks, actions=(Action(id="agree", label="同意"),), back=back
    )


def quick(silent: float = 5.0) -> tuple[Visit, Glass]:
    """A visit in which somebody who touches nothing hesitates after `silent` seconds; the warning comes later."""
    visit, glass = quick_visit(warn=5.0)
    offer = visit.policy.elder_offer
    hesitation = msgspec.structs.replace(offer.hesitation, silent=silent)
    visit.policy = msgspec.structs.replace(
        visit.policy, elder_offer=msgspec.structs.replace(offer, hesitation=hesitation)
    )
    return visit, glass


# --- what counts


@given(st.lists(st.sampled_from([*Sign, "next"]), max_size=12))
def test_it_is_the_limits_that_say_who_hesitates(signs: list[Any]) -> None:
    seen, here, whole = Seen(), {Sign.MISSED: 0, Sign.SILENT: 0}, {Sign.BACK: 0, Sign.HELP: 0}
    for sign in signs:
        if sign == "next":
            seen, here = seen.on_the_next_screen(), {Sign.MISSED: 0, Sign.SILENT: 0}
        else:
            seen = seen.and_(sign)
            counts = here if sign in here else whole
            counts[sign] += 1
        wanted = (
            here[Sign.SILENT] > 0
            or here[Sign.MISSED] >= LIMITS.missed
            or whole[Sign.BACK] >= LIMITS.backs
            or whole[Sign.HELP] >= LIMITS.helps
        )
        assert seen.hesitates(LIMITS) is wanted


def test_the_offer_comes_before_the_idle_warning_and_leaves_time_to_answer() -> None:
    policy = visit_policy()
    assert policy.idle.warn_after.standard - policy.elder_offer.hesitation.silent >= 20


# --- when it is offered


def test_three_touches_beside_everything_bring_the_offer_and_the_boxes_stay() -> None:
    visit, glass = quick()

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("boxes")
        glass.ticked = ("b",)
        for _ in range(LIMITS.missed):
            glass.miss()
        await glass.sees("boxes", "elder_offer")
        glass.touch("standard")
        await glass.sees("boxes", "elder_offer", "boxes")
        for _ in range(LIMITS.missed):
            glass.miss()
        await asyncio.sleep(0.03)
        glass.touch("agree")

    assert play(lambda v: v.ask(partial(question, v, *BOXES)), act, visit, glass).action == "agree"
    assert glass.names == ["boxes", "elder_offer", "boxes"], "once a visit"
    (ticks,) = glass.shown[-1].blocks
    assert isinstance(ticks, Ticks)
    assert [row.ticked for row in ticks.rows] == [False, True]
    assert visit.look.mode is Mode.STANDARD


def test_silence_brings_the_offer_and_its_yes_the_same_question_in_the_other_mode() -> None:
    visit, glass = quick(silent=0.05)

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("boxes", "elder_offer")
        glass.touch("elder")
        await glass.sees("boxes", "elder_offer", "boxes")
        glass.touch("agree")

    assert play(lambda v: v.ask(partial(question, v)), act, visit, glass).action == "agree"
    assert visit.look.mode is Mode.ELDER
    assert [[tool.label for tool in screen.tools] for screen in glass.shown] == [["大字版"], [], ["标准版"]]
    assert [look.mode for look in glass.looks] == [Mode.STANDARD, Mode.ELDER, Mode.ELDER], "asked in large letters"


def test_the_offer_puts_no_idle_warning_off() -> None:
    visit, glass = quick(silent=0.05)
    idle = msgspec.structs.replace(visit.policy.idle.warn_after, standard=0.3)
    visit.policy = msgspec.structs.replace(
        visit.policy, idle=msgspec.structs.replace(visit.policy.idle, warn_after=idle)
    )
    began = time.monotonic()

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("boxes", "elder_offer", "idle_warning")
        assert time.monotonic() - began < 0.3 + 0.3
        glass.touch("leave")

    assert ending(play(lambda v: v.ask(partial(question, v)), act, visit, glass)) is Ending.LEFT


@pytest.mark.parametrize("sign", ["help", "back"])
def test_help_and_back_twice_bring_it_too(sign: str) -> None:
    visit, glass = quick()

    async def ask(visit: Visit) -> Any:
        for _ in range(LIMITS.backs):
            if sign == "back":
                with pytest.raises(Backed):
                    await visit.ask(partial(question, visit))
        return await visit.ask(partial(question, visit))

    async def act(glass: Glass, visit: Visit) -> None:
        while "elder_offer" not in glass.names:
            if glass.names and glass.names[-1] in ("boxes", "help"):
                glass.touch("go_on" if glass.names[-1] == "help" else sign)
            await asyncio.sleep(0.01)
        glass.touch("standard")
        while glass.names[-1] != "boxes":
            await asyncio.sleep(0.005)
        glass.touch("agree")

    assert play(ask, act, visit, glass).action == "agree"
    assert glass.names.count("elder_offer") == 1


def test_going_back_among_lists_is_looking_around_and_brings_nothing() -> None:
    visit, glass = quick()

    async def ask(visit: Visit) -> Any:
        for _ in range(3 * LIMITS.backs):
            with pytest.raises(Backed):
                await visit.ask(partial(question, visit), browsing=True)
        return await visit.ask(partial(question, visit))

    async def act(glass: Glass, visit: Visit) -> None:
        for shown in range(1, 3 * LIMITS.backs + 1):
            await glass.sees(*["boxes"] * shown)
            glass.touch("back")
        await glass.sees(*["boxes"] * (3 * LIMITS.backs + 1))
        glass.touch("agree")

    assert play(ask, act, visit, glass).action == "agree"
    assert "elder_offer" not in glass.names


@pytest.mark.parametrize(("answer", "other"), [("back", "标准版"), ("elder", "标准版"), ("standard", "大字版")])
def test_a_mode_chosen_in_the_help_over_the_offer_holds_until_the_offer_is_answered(answer: str, other: str) -> None:
    visit, glass = quick(silent=0.05)

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("boxes", "elder_offer")
        glass.touch("help")
        await glass.sees("boxes", "elder_offer", "help")
        glass.touch("mode")
        await glass.sees("boxes", "elder_offer", "help", "help")
        glass.touch("go_on")
        await glass.sees("boxes", "elder_offer", "help", "help", "elder_offer")
        glass.touch(answer)
        await glass.sees("boxes", "elder_offer", "help", "help", "elder_offer", "boxes")
        glass.touch("agree")

    assert play(lambda v: v.ask(partial(question, v, *BOXES)), act, visit, glass).action == "agree"
    assert [tool.label for tool in glass.shown[-1].tools] == [other], "built in the mode that it is shown in"
    assert (glass.looks[-1].mode is Mode.ELDER) is (other == "标准版")


PAD = Pad(fields=(PadField(id="f", label="号", digits=4),))
TYPING = Typing(id="t", label="名", ways=(Way.PINYIN,))


@pytest.mark.parametrize("what", ["pad", "typing", "no way back", "paper's own time", "work", "elder", "asked already"])
def test_it_is_never_offered(what: str) -> None:
    visit, glass = quick(silent=0.02)
    blocks: tuple[Block, ...] = {"pad": (PAD,), "typing": (TYPING,)}.get(what, ())
    visit.elder_offered = what == "asked already"
    if what == "elder":
        visit.look = msgspec.structs.replace(visit.look, mode=Mode.ELDER)
    asked = partial(question, visit, *blocks, back=what != "no way back")

    async def ask(visit: Visit) -> Any:
        if what == "work":
            return await visit.ask_while(asked, Work().run())
        return await visit.ask(asked, seconds=5.0 if what == "paper's own time" else None)

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("boxes")
        for _ in range(LIMITS.missed):
            glass.miss()
        await asyncio.sleep(0.08)
        glass.touch("agree")

    assert play(ask, act, visit, glass).action == "agree"
    assert glass.names == ["boxes"]


# --- the mode can be changed on every screen


def test_the_mode_changes_under_work_and_under_help_and_nothing_is_lost() -> None:
    visit, glass = quick()
    work = Work()

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("boxes")
        glass.touch("mode")
        await glass.sees("boxes", "boxes")
        assert visit.elder
        glass.touch("help")
        await glass.sees("boxes", "boxes", "help")
        glass.touch("mode")
        await glass.sees("boxes", "boxes", "help", "help")
        assert not visit.elder
        glass.touch("go_on")
        await glass.sees("boxes", "boxes", "help", "help", "boxes")
        work.end.set()

    assert play(lambda v: v.ask_while(partial(question, v), work.run()), act, visit, glass) == "result"
    assert not work.cancelled
    assert visit.elder_offered, "whoever has chosen is not asked"


def test_a_screen_that_cannot_be_built_again_offers_no_other_mode() -> None:
    visit, glass = quick()
    ready = question(visit)
    assert ready.tools

    async def act(glass: Glass, visit: Visit) -> None:
        await glass.sees("boxes")
        glass.touch("agree")

    play(lambda v: v.ask(ready), act, visit, glass)
    assert glass.shown[0].tools == ()
    assert WORKING.tools == ()


def test_whoever_watches_for_hesitation_stops_when_told_even_in_the_moment_of_a_miss() -> None:
    """The answer often comes right after a touch beside it."""

    class Misses:
        """A window on which somebody has just touched beside everything, for the first time."""

        stirred_at = 0.0

        def __init__(self) -> None:
            self.now = asyncio.Event()

        async def missed(self, number: int) -> None:
            await self.now.wait()
            self.now.clear()

    async def stops(turns: int) -> bool:
        visit, _ = quick(silent=60.0)
        asked = Question(partial(question, visit))
        visit.put(asked)
        visit.window = misses = Misses()  # type: ignore[assignment]
        watching = asyncio.create_task(lost(visit, asked, 1))
        for _ in range(4):
            await asyncio.sleep(0)
        misses.now.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        watching.cancel()
        done, _ = await asyncio.wait({watching}, timeout=5)
        return bool(done)

    assert [turns for turns in range(6) if not asyncio.run(stops(turns))] == []
