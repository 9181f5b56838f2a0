"""A listing that raises, hangs or lies costs its own bus one round, never the loop."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from drivers.buses.loop import BusLoop, Listing
from drivers.buses.table import Answer, BusState
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import FaultCode, failing

from .conftest import PACES, QUICK

A = Attached(bus=Bus.PCSC, path="a", node="a")
OLD = Attached(bus=Bus.PCSC, path="old", node="old")


class Told:
    """Collects what a loop tells."""

    def __init__(self) -> None:
        self.states: queue.Queue[BusState] = queue.Queue()

    def next(self, seconds: float = 3.0) -> BusState:
        return self.states.get(timeout=seconds)


@contextmanager
def running(listing: Listing, *, after: Callable[[], None] = lambda: None) -> Iterator[tuple[BusLoop, Told]]:
    told = Told()
    loop = BusLoop(BusState(bus=Bus.PCSC), listing, QUICK, PACES, told.states.put)
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            loop.look_after()

    threading.Thread(target=look, daemon=True).start()
    loop.start()
    try:
        yield loop, told
    finally:
        over.set()
        loop.stop()
        after()


@pytest.mark.parametrize("error", [ValueError("bad"), OSError("bad"), RuntimeError()])
def test_a_listing_that_raises_is_an_answer_and_the_bus_is_asked_again(error: Exception):
    """Odoo's Interface.run has no try: one bad get_devices() ends its scanner for good."""
    rounds = iter([(A,), error, error, error, error, (A,)])

    def listing() -> tuple[Attached, ...]:
        answer = next(rounds, (A,))
        if isinstance(answer, Exception):
            raise answer
        return answer

    with running(listing) as (_, told):
        assert told.next().things == (A,)
        failed = told.next()
        assert failed.answer is Answer.FAILED
        assert failed.fault is not None
        assert failed.fault.code is FaultCode.INTERNAL
        assert type(error).__name__ in failed.fault.detail
        assert told.next().things == (A,)


def test_a_bus_that_cannot_be_asked_says_why():
    def listing() -> tuple[Attached, ...]:
        raise failing(FaultCode.PORT_DENIED, "polkit")

    with running(listing) as (_, told):
        state = told.next()
        assert state.fault is not None
        assert (state.answer, state.fault.code, state.fault.detail) == (Answer.FAILED, FaultCode.PORT_DENIED, "polkit")


def test_a_bus_that_hangs_is_told_and_asked_again():
    hanging = threading.Event()
    calls = []

    def listing() -> tuple[Attached, ...]:
        calls.append(None)
        if len(calls) == 2:
            hanging.wait(30)
            return (A, OLD)  # what it brings after that long is old
        return (A,)

    with running(listing, after=hanging.set) as (_, told):
        assert told.next().things == (A,)
        began = time.monotonic()
        state = told.next()
        assert time.monotonic() - began < 2
        assert state.fault is not None
        assert (state.answer, state.fault.code) == (Answer.FAILED, FaultCode.LINK_SILENT)
        assert told.next().things == (A,), "another thread asked, while the first still hangs"
        hanging.set()
        with pytest.raises(queue.Empty):
            told.next(0.3)


def test_a_bus_that_hangs_for_ever_does_not_eat_threads_and_heals_when_it_answers():
    stuck = threading.Event()

    def listing() -> tuple[Attached, ...]:
        stuck.wait(60)
        return (A,)

    def threads() -> int:
        return sum(thread.name == f"bus-{Bus.PCSC}" for thread in threading.enumerate())

    before = threads()
    with running(listing, after=stuck.set) as (_, told):
        assert told.next().answer is Answer.FAILED
        time.sleep(1.4)  # seven times as long as a hang takes
        assert threads() - before <= 5
        stuck.set()
        assert told.next().things == (A,)
        end = time.monotonic() + 3
        while threads() - before > 1:
            assert time.monotonic() < end, "the threads that came back must end"
            time.sleep(0.05)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_died_is_replaced():
    """pyscard's monitor thread dies of the first error in an observer, and nobody notices."""

    def listing() -> tuple[Attached, ...]:
        if threading.current_thread() is first[0]:
            raise SystemExit  # no Exception: it ends the thread
        return (A,)

    first: list[threading.Thread] = []
    told = Told()
    loop = BusLoop(BusState(bus=Bus.USB), listing, QUICK, PACES, told.states.put)
    with loop._lock:
        loop._spawn()
        assert loop._thread is not None
        first.append(loop._thread)
    first[0].join(3)
    loop.look_after()
    assert told.next().things == (A,)
    loop.stop()


def test_the_kernels_word_is_heard_within_the_settling_time():
    things: list[Attached] = [A]
    told = Told()
    slow = type(QUICK)(every=30, later=30, again=30)
    loop = BusLoop(BusState(bus=Bus.USB), lambda: tuple(things), slow, PACES, told.states.put)
    loop.start()
    assert told.next().things == (A,)
    things.clear()
    loop.nudge(removed=True)
    assert told.next(1).things == ()
    loop.stop()


def test_after_a_restart_of_the_process_misses_count_as_before():
    told = Told()
    asked = []

    def listing() -> tuple[Attached, ...]:
        asked.append(None)
        return ()

    loop = BusLoop(BusState(bus=Bus.USB, answer=Answer.LISTED, things=(A,)), listing, QUICK, PACES, told.states.put)
    loop.start()
    assert told.next().things == ()
    assert len(asked) == 3
    loop.stop()
