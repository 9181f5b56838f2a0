"""Came at once, gone at the third miss, and a word in the log for each change only."""

from __future__ import annotations

import logging

import pytest

from drivers.buses.presence import Presence
from drivers.buses.table import Answer, BusState
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import FaultCode, fault


def thing(name: str, node: str = "", serial: str = "") -> Attached:
    return Attached(bus=Bus.IPP, path=name, node=node or f"ipp://localhost/printers/{name}", serial=serial)


A, B = thing("a"), thing("b")


@pytest.fixture
def presence() -> Presence:
    return Presence(BusState(bus=Bus.IPP))


def test_before_the_first_listing_nothing_is_known(presence: Presence):
    assert presence.state.answer is Answer.UNKNOWN
    assert presence.listed([])
    assert (presence.state.answer, presence.state.things) == (Answer.LISTED, ()), (
        "now it is known that there is nothing"
    )


def test_came_counts_at_once(presence: Presence):
    presence.listed([A])
    assert presence.listed([A, B])
    assert presence.state.things == (A, B)


def test_a_printer_that_vanishes_for_a_moment_never_went(presence: Presence):
    """Odoo PR #244076: one miss made the printer "gone", the shop pressed again, and it printed twice."""
    presence.listed([A, B])
    for _ in range(5):
        assert not presence.listed([B])
        assert presence.doubtful
        assert not presence.listed([B])
        assert not presence.listed([A, B])
        assert not presence.doubtful
    assert presence.state.things == (A, B)


def test_gone_is_the_third_miss_in_a_row(presence: Presence):
    presence.listed([A, B])
    assert [presence.listed([B]) for _ in range(3)] == [False, False, True]
    assert presence.state.things == (B,)
    assert not presence.doubtful


def test_what_the_kernel_removed_is_gone_at_once(presence: Presence):
    presence.listed([A, B])
    assert presence.listed([B], removed=True)
    assert presence.state.things == (B,)


def test_plugged_in_again_with_another_node_it_is_one_thing(presence: Presence):
    presence.listed([thing("port", "/dev/ttyUSB0")])
    assert presence.listed([thing("port", "/dev/ttyUSB1")])
    assert [each.node for each in presence.state.things] == ["/dev/ttyUSB1"]


def test_of_two_that_look_alike_one_is_missed(presence: Presence):
    twins = thing("reader", "R 00"), thing("reader", "R 01")
    presence.listed(twins)
    assert [presence.listed(twins[1:]) for _ in range(3)] == [False, False, True]
    assert presence.state.things == twins[1:]


def test_a_daemon_that_restarts_takes_nothing_away(presence: Presence):
    presence.listed([A])
    down = fault(FaultCode.SERVICE_DOWN)
    assert [presence.failed(down), presence.failed(down)] == [False, False]
    assert presence.doubtful
    assert not presence.listed([A])
    assert presence.state.things == (A,)


def test_a_daemon_that_stays_away_makes_everything_unknown_and_not_absent(presence: Presence):
    presence.listed([A])
    assert [presence.failed(fault(FaultCode.SERVICE_DOWN)) for _ in range(5)] == [False, False, True, False, False]
    assert (presence.state.answer, presence.state.things) == (Answer.FAILED, ())
    assert presence.state.fault is not None
    assert presence.state.fault.code is FaultCode.SERVICE_DOWN
    assert presence.listed([A])
    assert (presence.state.answer, presence.state.things, presence.state.fault) == (Answer.LISTED, (A,), None)


def test_a_daemon_that_was_never_there_is_told_at_once(presence: Presence):
    assert presence.failed(fault(FaultCode.SERVICE_DOWN))
    assert presence.failed(fault(FaultCode.PORT_DENIED)), "another reason is news"
    assert not presence.failed(fault(FaultCode.PORT_DENIED))


def test_misses_before_a_failure_do_not_count_after_it(presence: Presence):
    presence.listed([A])
    presence.listed([])
    presence.listed([])
    for _ in range(3):
        presence.failed(fault(FaultCode.SERVICE_DOWN))
    presence.listed([A])
    assert not presence.listed([])


def test_the_log_says_each_change_once(presence: Presence, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "drivers.buses")
    presence.listed([A])
    for _ in range(20):
        presence.failed(fault(FaultCode.SERVICE_DOWN, "cupsd"))
    for _ in range(20):
        presence.listed([A])
    for _ in range(20):
        presence.listed([])
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "ipp: came: ipp://localhost/printers/a",
        "ipp: cannot be asked: service_down cupsd",
        "ipp: answers again",
        "ipp: came: ipp://localhost/printers/a",
        "ipp: gone: ipp://localhost/printers/a",
    ]
