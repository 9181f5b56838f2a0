"""The parser of DLE EOT replies: the measured table, every byte there is, and silence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.common import Cover, Readiness, Supply
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.receipt_printer.status import QUESTIONS, is_realtime_reply, understand

WELL = bytes.fromhex("12 12 12 12")


@pytest.mark.parametrize(
    ("replies", "paper", "cover", "readiness", "codes"),
    [
        ("12 12 12 12", Supply.OK, Cover.CLOSED, Readiness.READY, []),
        ("12 12 12 1e", Supply.LOW, Cover.CLOSED, Readiness.READY, [FaultCode.PAPER_LOW]),
        ("1a 32 12 7e", Supply.OUT, Cover.CLOSED, Readiness.FAULT, [FaultCode.PAPER_OUT]),
        ("1a 16 12 12", Supply.OK, Cover.OPEN, Readiness.FAULT, [FaultCode.COVER_OPEN]),
        ("12 12 1a 12", Supply.OK, Cover.CLOSED, Readiness.FAULT, [FaultCode.CUTTER_FAILED]),
        ("1a 52 1a 12", Supply.OK, Cover.CLOSED, Readiness.FAULT, [FaultCode.CUTTER_FAILED]),
        ("1a 52 52 12", Supply.OK, Cover.CLOSED, Readiness.FAULT, [FaultCode.HEAD_HOT]),
        ("1a 52 32 12", Supply.OK, Cover.CLOSED, Readiness.FAULT, [FaultCode.PRINTER_STOPPED]),
        ("1a 52 16 12", Supply.OK, Cover.CLOSED, Readiness.FAULT, [FaultCode.PRINTER_STOPPED]),
        ("1a 52 12 12", Supply.OK, Cover.CLOSED, Readiness.FAULT, [FaultCode.PRINTER_STOPPED]),
        ("1a 12 12 12", Supply.OK, Cover.CLOSED, Readiness.FAULT, [FaultCode.PRINTER_STOPPED]),
        ("1a 1a 12 12", Supply.OK, Cover.CLOSED, Readiness.BUSY, []),
        ("1a 36 12 7e", Supply.OUT, Cover.OPEN, Readiness.FAULT, [FaultCode.COVER_OPEN, FaultCode.PAPER_OUT]),
    ],
)
def test_the_table(replies: str, paper: Supply, cover: Cover, readiness: Readiness, codes: list[FaultCode]) -> None:
    reading = understand(bytes.fromhex(replies))
    assert (reading.paper, reading.cover, reading.readiness) == (paper, cover, readiness)
    assert [code for code, _ in reading.problems] == codes


@pytest.mark.parametrize("length", range(len(QUESTIONS)))
def test_a_missing_answer_is_silence_not_plenty(length: int) -> None:
    with pytest.raises(DeviceFault) as caught:
        understand(WELL[:length])
    assert caught.value.fault.code is FaultCode.LINK_SILENT


@given(st.binary(min_size=4, max_size=4))
def test_any_four_bytes_are_understood_or_called_noise(replies: bytes) -> None:
    if not all(is_realtime_reply(byte) for byte in replies):
        with pytest.raises(DeviceFault) as caught:
            understand(replies)
        assert caught.value.fault.code is FaultCode.LINK_GARBLED
        return
    reading = understand(replies)
    printer, cause, error, sensors = replies
    # Nothing bad is passed over ...
    if cause & 0x64 or error & 0x6C or sensors & 0x60:
        assert reading.readiness is Readiness.FAULT
        assert reading.stops is not None
    # ... and "ready" is said only of a printer that is on line.
    if reading.readiness is Readiness.READY:
        assert not printer & 0x08
        assert reading.paper in (Supply.OK, Supply.LOW)
        assert reading.cover is Cover.CLOSED
    assert (reading.paper is Supply.LOW) == any(code is FaultCode.PAPER_LOW for code, _ in reading.problems)


@given(st.binary(min_size=5, max_size=64))
def test_chatter_is_noise(replies: bytes) -> None:
    with pytest.raises(DeviceFault) as caught:
        understand(replies)
    assert caught.value.fault.code is FaultCode.LINK_GARBLED
