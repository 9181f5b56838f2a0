"""Status streams as torn and changed as a line can make them, through the whole driver: an answer or a fault, never a guess.

The line is in memory here, so that ten thousand streams take seconds; real lines are in the other files. Its clock is its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers import registry
from drivers.contract.common import Cover, Readiness, Supply
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.receipt_printer import Line, PrintSlip, Status

STATES = {
    "well": bytes.fromhex("12 12 12 12"),
    "low": bytes.fromhex("12 12 12 1e"),
    "out": bytes.fromhex("1a 32 12 7e"),
    "cover": bytes.fromhex("1a 16 12 12"),
    "cutter": bytes.fromhex("1a 52 1a 12"),
}
"""Answers to DLE EOT 1 to 4."""

SAID = {
    "well": (Supply.OK, Cover.CLOSED, None),
    "low": (Supply.LOW, Cover.CLOSED, None),
    "out": (Supply.OUT, Cover.CLOSED, FaultCode.PAPER_OUT),
    "cover": (Supply.OK, Cover.OPEN, FaultCode.COVER_OPEN),
    "cutter": (Supply.OK, Cover.CLOSED, FaultCode.CUTTER_FAILED),
}

MOST_READS = 4000
"""Of one command: no driver that gets on asks more often."""


class TornLine:
    """A printer in one of `STATES` behind a line that does to its answers what `mischief` says, one item for each answer.

    "": as it is · "lost" · bytes: these instead, all at once · ("late", bytes): these with the *next* answer's time.
    """

    def __init__(self, state: str, mischief: Sequence[object]) -> None:
        self.state = state
        self.mischief = list(mischief)
        self.arriving: list[bytes] = []
        self.late: list[bytes] = []
        self.reads = 0

    def write(self, data: bytes) -> None:
        if len(data) == 3 and data[:2] == b"\x10\x04":
            self._answer(STATES[self.state][data[2] - 1 : data[2]])
        elif data == b"\x1dr\x01":
            self._answer(b"\x00")

    def _answer(self, right: bytes) -> None:
        done = self.mischief.pop(0) if self.mischief else ""
        self.arriving += self.late
        self.late = []
        match done:
            case "":
                self.arriving.append(right)
            case "lost":
                pass
            case bytes():
                self.arriving.append(done)
            case "late":
                self.late.append(right)
            case "twice":
                self.arriving += [right, right]

    def read(self, seconds: float) -> bytes:
        self.reads += 1
        assert self.reads < MOST_READS, "it asks for ever"
        return self.arriving.pop(0) if self.arriving else b""

    def close(self) -> None:
        self.arriving.clear()
        self.late.clear()


def driver_on(line: TornLine) -> Driver:
    driver = registry.make(
        "escpos", {"connection": "network", "host": "nowhere", "reply_seconds": 0.01}, production=True
    )
    driver._opened = lambda: line  # type: ignore[attr-defined]
    return driver


def status_of(driver: Driver) -> Status | None:
    """What it says; None when it says that the line is not to be trusted."""
    try:
        return driver.status()  # type: ignore[return-value]
    except DeviceFault as error:
        if error.fault.code not in (FaultCode.LINK_SILENT, FaultCode.LINK_GARBLED):
            raise
        return None


def look(line: TornLine) -> None:
    """One status on a line that misbehaves, then one on the line as it should be."""
    driver = driver_on(line)
    paper, cover, stops = SAID[line.state]
    status = status_of(driver)
    if status is not None:
        told = {fault.code for fault in status.faults}
        # Bytes that are answers may be changed into other answers; what a line must never do is to make silence into plenty.
        assert status.readiness is not Readiness.UNKNOWN
        assert (status.paper is Supply.OUT) == (FaultCode.PAPER_OUT in told)
    line.mischief.clear()
    for attempt in (1, 2):
        try:
            status = driver.status()
            break
        except DeviceFault:
            assert attempt == 1, "resynchronised within one command"
    assert (status.paper, status.cover) == (paper, cover)
    assert stops is None or stops in {fault.code for fault in status.faults}


NOISE = st.binary(max_size=12)
ANYTHING = st.one_of(st.sampled_from(["", "lost", "late", "twice"]), NOISE)
STREAMS = st.lists(ANYTHING, max_size=12)


@given(state=st.sampled_from(sorted(STATES)), mischief=STREAMS)
@example(state="out", mischief=["lost"] * 8)
@example(state="low", mischief=["twice"] * 8)
@example(state="out", mischief=["", "late", "late", "late", "late"])
@settings(max_examples=200, deadline=None)
def test_any_stream_is_understood_or_refused(state: str, mischief: list[object]) -> None:
    look(TornLine(state, mischief))


@pytest.mark.slow
@given(state=st.sampled_from(sorted(STATES)), mischief=STREAMS)
@settings(max_examples=10_000, deadline=None)
def test_ten_thousand_streams_are_understood_or_refused(state: str, mischief: list[object]) -> None:
    look(TornLine(state, mischief))


def losing(line: TornLine) -> None:
    """Whatever is only lost, doubled or late, and never changed, makes no other state of any printer."""
    driver = driver_on(line)
    status = status_of(driver)
    if status is None:
        return
    paper, cover, stops = SAID[line.state]
    assert (status.paper, status.cover) == (paper, cover)
    assert (status.readiness is Readiness.FAULT) == (stops is not None)


LOSSES = st.lists(st.sampled_from(["", "", "", "lost", "late", "twice"]), max_size=12)


@given(state=st.sampled_from(sorted(STATES)), mischief=LOSSES)
@settings(max_examples=200, deadline=None)
def test_what_is_lost_or_doubled_never_turns_into_well(state: str, mischief: list[object]) -> None:
    losing(TornLine(state, mischief))


@pytest.mark.slow
@given(state=st.sampled_from(sorted(STATES)), mischief=LOSSES)
@settings(max_examples=10_000, deadline=None)
def test_ten_thousand_losses_never_turn_into_well(state: str, mischief: list[object]) -> None:
    losing(TornLine(state, mischief))


@given(state=st.sampled_from(["out", "cover", "cutter"]), mischief=LOSSES)
@settings(max_examples=200, deadline=None)
def test_a_slip_is_never_done_on_a_printer_that_stands_still(state: str, mischief: list[object]) -> None:
    driver = driver_on(TornLine(state, mischief))
    with pytest.raises(DeviceFault):
        driver.perform(PrintSlip(parts=(Line(text="slip"),)), Call(5, lambda event, fds: None))
