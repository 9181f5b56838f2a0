"""What evidence proves, over every combination of it: never more than was sensed, and never "nothing" where paper may lie."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from drivers.contract.a4_printer import PageOut, Printed, Traced
from drivers.contract.common import Presence
from kiosk.journal.states import MOVES, PrintState
from kiosk.operations.evidence import judge, judge_trace

OUT = {PageOut.COMPLETED, PageOut.EJECTED, PageOut.TAKEN}
SENSED = {PageOut.EJECTED, PageOut.TAKEN}
MAY_BE_OUT = {*OUT, PageOut.SENT, PageOut.UNKNOWN}
GOOD = {PrintState.REPORTED, PrintState.EJECTED, PrintState.TAKEN}
PAGES = [pages for count in (1, 2, 3) for pages in product(PageOut, repeat=count)]
COUNTERS = [(None, None), (None, 7), (7, None), (7, 7), (7, 8), (7, 9), (7, 10), (7, 6), (7, 0)]


def moved(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before


def prints() -> Iterator[tuple[Printed, int | None, PrintState]]:
    for pages, (before, after), code in product(PAGES, COUNTERS, ["", "paper_jam"]):
        printed = Printed(pages=pages, counter_before=before, counter_after=after, fault_code=code)
        yield printed, moved(before, after), judge(printed, len(pages))


def traces() -> Iterator[tuple[Traced, int | None, PrintState]]:
    for pages, (before, after), tray in product(PAGES, COUNTERS, Presence):
        traced = Traced(pages=pages, tray=tray, counter=after)
        yield traced, moved(before, after), judge_trace(traced, before, len(pages))


def test_a_print_is_good_only_when_every_page_is_out_and_the_counter_agrees() -> None:
    seen = set()
    for printed, sheets, state in prints():
        seen.add(state)
        if state in GOOD:
            assert set(printed.pages) <= OUT, printed
            assert sheets in (None, len(printed.pages)), printed
            assert not printed.fault_code, printed
        if state is PrintState.EJECTED:
            assert set(printed.pages) <= SENSED, printed
        assert state is not PrintState.TAKEN, "a finished print says nothing about the hand that takes it"
    assert seen == {PrintState.REPORTED, PrintState.EJECTED, PrintState.VOID, PrintState.DOUBTFUL}


def test_a_print_is_void_only_when_no_page_can_be_out() -> None:
    for printed, sheets, state in prints():
        if state is PrintState.VOID:
            assert not set(printed.pages) & MAY_BE_OUT, printed
            assert sheets in (None, 0), printed


def test_what_is_sure_is_not_called_doubtful() -> None:
    """The other side: doubt suspends a serial and sends somebody to look, so it is not the answer to everything."""
    for printed, sheets, state in prints():
        count = len(printed.pages)
        if set(printed.pages) <= OUT and sheets in (None, count) and not printed.fault_code:
            assert state in GOOD, printed
        if set(printed.pages) == {PageOut.QUEUED} and sheets in (None, 0):
            assert state is PrintState.VOID, printed


def test_a_trace_is_good_only_when_every_page_is_out_and_no_paper_lies_there() -> None:
    seen = set()
    for traced, sheets, state in traces():
        seen.add(state)
        if state in GOOD:
            assert set(traced.pages) <= OUT, traced
            assert sheets in (None, len(traced.pages)), traced
            assert traced.tray is not Presence.PRESENT, traced
        if state is PrintState.TAKEN:
            assert traced.tray is Presence.ABSENT, traced
    assert seen == {PrintState.REPORTED, PrintState.TAKEN, PrintState.VOID, PrintState.DOUBTFUL}


def test_a_trace_is_void_only_when_the_counter_swears_that_nothing_came() -> None:
    for traced, sheets, state in traces():
        if state is PrintState.VOID:
            assert sheets == 0, traced
            assert traced.tray is not Presence.PRESENT, traced
            assert not set(traced.pages) & {*OUT, PageOut.SENT}, traced


@pytest.mark.parametrize("worse", [PageOut.UNKNOWN, PageOut.SENT])
def test_losing_sight_of_a_page_never_makes_a_claim_better_or_turns_it_round(worse: PageOut) -> None:
    for printed, _, before in prints():
        for index in range(len(printed.pages)):
            pages = (*printed.pages[:index], worse, *printed.pages[index + 1 :])
            blind = Printed(
                pages=pages,
                counter_before=printed.counter_before,
                counter_after=printed.counter_after,
                fault_code=printed.fault_code,
            )
            assert judge(blind, len(pages)) in (before, PrintState.DOUBTFUL), (printed, blind)


def test_a_fault_never_makes_a_claim_better() -> None:
    for pages, (before, after) in product(PAGES, COUNTERS):
        well = judge(Printed(pages=pages, counter_before=before, counter_after=after), len(pages))
        ill = judge(
            Printed(pages=pages, counter_before=before, counter_after=after, fault_code="paper_jam"), len(pages)
        )
        assert ill in (well, PrintState.DOUBTFUL)


def test_a_driver_that_does_not_answer_for_every_page_proves_nothing() -> None:
    for pages, (before, after) in product([(), *PAGES], COUNTERS):
        for wanted in {1, 2, 3, 4} - {len(pages)}:
            printed = Printed(pages=pages, counter_before=before, counter_after=after)
            assert judge(printed, wanted) is PrintState.DOUBTFUL
            traced = Traced(pages=pages, tray=Presence.ABSENT, counter=after)
            assert judge_trace(traced, before, wanted) is PrintState.DOUBTFUL


def test_every_verdict_can_follow_a_print_that_was_sent() -> None:
    reachable = MOVES[PrintState.SENT] | MOVES[PrintState.EJECTED]
    assert {state for _, _, state in prints()} | {state for _, _, state in traces()} <= reachable
