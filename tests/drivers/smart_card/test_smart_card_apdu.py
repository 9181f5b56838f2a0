"""Command and response APDUs, without a card."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.smart_card import apdu


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("00840000", (0, 0, False, 0)),  # case 1
        ("0084000008", (0, 8, False, 1)),  # case 2
        ("00B2010400", (0, 256, False, 1)),
        ("00A4000002EF05", (2, 0, False, 0)),  # case 3
        ("00A4000002EF0500", (2, 256, False, 1)),  # case 4
        ("00B00000000000", (0, 65536, True, 3)),  # case 2 extended
        ("00B000000003E8", (0, 1000, True, 3)),
        ("00D60000000002AABB", (2, 0, True, 0)),  # case 3 extended
        ("00D60000000002AABB0100", (2, 256, True, 2)),  # case 4 extended
    ],
)
def test_each_case_has_its_shape(command: str, expected: tuple[int, int, bool, int]) -> None:
    assert apdu.shape(bytes.fromhex(command)) == expected


@pytest.mark.parametrize(
    "command", ["", "00A404", "00A4000003EF05", "00A4000002EF050000", "00A400000000", "00D6000000000A01"]
)
def test_what_is_no_command_is_refused_by_its_length(command: str) -> None:
    with pytest.raises(apdu.BadCommand, match=r"bytes|Lc"):
        apdu.shape(bytes.fromhex(command))


def test_t0_never_sends_le_after_data() -> None:
    assert apdu.for_t0(bytes.fromhex("00A4000002EF0500")).hex() == "00a4000002ef05"
    assert apdu.for_t0(bytes.fromhex("00B2010400")).hex() == "00b2010400"


def test_get_response_stays_on_the_logical_channel() -> None:
    assert apdu.get_response(bytes.fromhex("02A4000002EF05"), 0x1E).hex() == "02c000001e"
    assert apdu.get_response(bytes.fromhex("80A4000002EF05"), 0x1E).hex() == "00c000001e"


@pytest.mark.parametrize(
    ("answer", "reason"), [("", "empty"), ("90", "1 bytes"), ("0000", "status"), ("6000", "status")]
)
def test_what_is_no_answer_is_refused(answer: str, reason: str) -> None:
    with pytest.raises(apdu.BadAnswer, match=reason):
        apdu.split(bytes.fromhex(answer), 256)


def test_an_answer_with_more_than_was_asked_for_is_refused() -> None:
    assert apdu.split(b"ab\x90\x00", 2) == (b"ab", 0x9000)
    with pytest.raises(apdu.BadAnswer, match="3 bytes of data came, at most 2"):
        apdu.split(b"abc\x90\x00", 2)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_command_or_refused(raw: bytes) -> None:
    try:
        form = apdu.shape(raw)
    except apdu.BadCommand:
        return
    lc_bytes = (3 if form.extended else 1) if form.nc else 0
    assert 4 + lc_bytes + form.nc + form.le_bytes == len(raw), "no byte is left over"
    assert apdu.shape(apdu.for_t0(raw)).nc == form.nc


@settings(max_examples=200)
@given(st.binary(max_size=400), st.integers(0, 256))
def test_any_bytes_are_an_answer_or_refused_without_being_told(raw: bytes, most: int) -> None:
    try:
        data, sw = apdu.split(raw, most)
    except apdu.BadAnswer:
        return
    assert data + sw.to_bytes(2, "big") == raw
    assert len(data) <= most
