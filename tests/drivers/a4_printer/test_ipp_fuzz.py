"""IPP answers torn and changed in many ways, through the whole driver: understood or refused; what is not told stays unknown."""

from __future__ import annotations

import struct
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers import registry
from drivers.a4_printer import cups_queue, ipp_http
from drivers.a4_printer.ipp_codec import Attributes, Group, decode
from drivers.a4_printer.ipp_status import meanings, split_reason, understand
from drivers.contract.a4_printer import Status
from drivers.contract.common import Cover, Supply
from drivers.contract.driver import Driver
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.emulators import a4_ipp_wire as wire
from drivers.emulators.a4_ipp_service import GET_PRINTER_ATTRIBUTES, Abilities, IppService
from drivers.emulators.a4_machine import Machine


def answer(*, sheets: int = 50, counting: bool = True, **state: object) -> bytes:
    """A right answer to Get-Printer-Attributes of a machine in some state, from the emulator's own codec."""
    machine = Machine(sheets=sheets, exit_capacity=100, seconds_per_page=1, counter=7, capture=None)
    machine.change(**state)
    request = wire.Request((1, 1), GET_PRINTER_ATTRIBUTES, 1)
    names = ("attributes-charset", "attributes-natural-language", "printer-uri")
    request.groups[wire.OPERATION] = {name: ["x"] for name in names}
    return IppService(machine, Abilities(tray_count=counting, exit_sensor=counting)).answer(request)


ANSWERS = {
    "well": answer(),
    "simple": answer(counting=False),
    "out": answer(sheets=0),
    "jammed": answer(jammed=True),
    "open": answer(cover_open=True, counting=False),
    "strange": answer(extra_reasons=("acme-hopper-sad",), counting=False),
}

REFUSALS = (FaultCode.LINK_GARBLED, FaultCode.PRINTER_STOPPED, FaultCode.SETTING_INVALID)
"""Of a status: bytes that are no answer; a changed status code says "refused", or "no such path"."""

LONGEST = max(map(len, ANSWERS.values()))

EDITS = st.lists(
    st.tuples(
        st.sampled_from(["change", "cut", "drop", "put", "double"]),
        st.integers(0, LONGEST),
        st.binary(min_size=1, max_size=9),
    ),
    max_size=4,
)


def mischief(raw: bytes, edits: list[tuple[str, int, bytes]]) -> bytes:
    for kind, at, data in edits:
        match kind:
            case "change":
                raw = raw[:at] + data + raw[at + len(data) :]
            case "cut":
                raw = raw[:at]
            case "drop":
                raw = raw[:at] + raw[at + len(data) :]
            case "put":
                raw = raw[:at] + data + raw[at:]
            case "double":
                raw = raw[:at] + raw[at : at + 40] + raw[at:]
    return raw


def status_of(driver: Driver, raw: bytes) -> Status | None:
    """The status by this answer; None when it is refused. Its request-id is made right, as far as there is one."""

    def post(uri: str, body: bytes, **options: object) -> bytes:
        return raw[:4] + body[4:8] + raw[8:]

    with patch.object(ipp_http, "post", post):
        try:
            return driver.status()  # type: ignore[return-value]
        except DeviceFault as error:
            if error.fault.code not in REFUSALS:
                raise
            return None


def told_of(attributes: Attributes) -> bool:
    """Whether the printer said how it is, in words that we know."""
    reasons = attributes.texts("printer-state-reasons")
    known = meanings()
    parts = [split_reason(reason) for reason in reasons if reason != "none"]
    return bool(reasons) and all(keyword in known or severity == "-report" for keyword, severity in parts)


def check(state: str, edits: list[tuple[str, int, bytes]]) -> None:
    driver = registry.make("ipp", {"uri": "ipp://127.0.0.1:9/x"}, production=True)
    raw = mischief(ANSWERS[state], edits)
    status = status_of(driver, raw)
    if status is not None:
        attributes = decode(raw).first(Group.PRINTER)
        if not told_of(attributes):
            assert status.toner is not Supply.OK
            assert status.cover is not Cover.CLOSED
            assert status.paper is not Supply.OK or status.sheets
    right = status_of(driver, ANSWERS[state])
    fresh = status_of(registry.make("ipp", {"uri": "ipp://127.0.0.1:9/x"}, production=True), ANSWERS[state])
    assert right is not None
    assert fresh is not None
    assert (right.readiness, right.paper, right.cover, right.reasons) == (
        fresh.readiness,
        fresh.paper,
        fresh.cover,
        fresh.reasons,
    ), "the next answer counts as if nothing had been"


STATES = st.sampled_from(sorted(ANSWERS))


@given(state=STATES, edits=EDITS)
@example(state="well", edits=[("cut", 0, b"x")])
@example(state="simple", edits=[("change", 0, struct.pack(">BBH", 1, 1, 0x0507))])
@settings(max_examples=200, deadline=None)
def test_any_answer_is_understood_or_refused(state: str, edits: list[tuple[str, int, bytes]]) -> None:
    check(state, edits)


@pytest.mark.slow
@given(state=STATES, edits=EDITS)
@settings(max_examples=10_000, deadline=None)
def test_ten_thousand_answers_are_understood_or_refused(state: str, edits: list[tuple[str, int, bytes]]) -> None:
    check(state, edits)


def check_queue(queue_said: str, queue_edits: list[tuple[str, int, bytes]], printer_said: str | None) -> None:
    """A queue and its printer: without the printer's word nothing is said of its paper while the queue is at rest."""
    try:
        queue = decode(mischief(ANSWERS[queue_said], queue_edits)).first(Group.PRINTER)
        printer = decode(ANSWERS[printer_said]).first(Group.PRINTER) if printer_said else None
        joined = cups_queue._joined(queue, printer, away=False)
        snapshot = understand(joined)
    except DeviceFault as error:
        if error.fault.code is not FaultCode.LINK_GARBLED:
            raise
        return
    if printer is None:
        assert snapshot.paper is not Supply.OK
        assert snapshot.cover is not Cover.CLOSED
        assert snapshot.counter is None
        if queue["printer-state"] == [3]:
            assert snapshot.paper is Supply.UNKNOWN, "what the last job met is no news"
    else:
        assert snapshot.paper is understand(printer).paper
        assert snapshot.counter == 7


@given(queue_said=STATES, queue_edits=EDITS, printer_said=st.none() | STATES)
@settings(max_examples=200, deadline=None)
def test_a_queue_says_nothing_for_its_printer(
    queue_said: str, queue_edits: list[tuple[str, int, bytes]], printer_said: str | None
) -> None:
    check_queue(queue_said, queue_edits, printer_said)


@pytest.mark.slow
@given(queue_said=STATES, queue_edits=EDITS, printer_said=st.none() | STATES)
@settings(max_examples=10_000, deadline=None)
def test_a_queue_says_nothing_for_its_printer_ten_thousand_times(
    queue_said: str, queue_edits: list[tuple[str, int, bytes]], printer_said: str | None
) -> None:
    check_queue(queue_said, queue_edits, printer_said)
