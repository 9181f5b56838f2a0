"""The frame codec of the CRT-591 and the reader of a noisy stream."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.card_dispenser import crt_frames as crt
from drivers.card_dispenser.crt_frames import Control, FrameReader, Reply
from drivers.card_dispenser.crt_machine import Reading, errors
from drivers.contract.card_dispenser import Place
from drivers.contract.common import Room, Supply


def frame(text: bytes, address: int = 0) -> bytes:
    """A frame as the maker's text has it, built without the codec."""
    body = b"\xf2" + bytes((address,)) + len(text).to_bytes(2, "big") + text + b"\x03"
    check = 0
    for byte in body:
        check ^= byte
    return body + bytes((check,))


GOOD = frame(b"P\x31\x30" + b"120" + b"good")


def replies(found: list[Reply | Control]) -> list[Reply]:
    return [each for each in found if isinstance(each, Reply)]


@pytest.mark.parametrize(
    ("command", "bytes_on_the_wire"),
    [
        # As captured from a real machine (docs/crt-591/README.md of BMA-Dassle/Tools-Website-FT).
        (crt.STATUS, "F2 00 00 03 43 31 30 03 B0"),
        # Built by hand from the maker's text: BCC over F2 to 03.
        (crt.TO_GATE, "F2 00 00 03 43 32 30 03 B3"),
        (crt.TO_CONTACT, "F2 00 00 03 43 32 31 03 B2"),
        (crt.TO_CONTACTLESS, "F2 00 00 03 43 32 32 03 B1"),
        (crt.TO_BIN, "F2 00 00 03 43 32 33 03 B0"),
        (crt.INITIALIZE, "F2 00 00 03 43 30 37 03 B6"),
        (crt.BIN_COUNTER, "F2 00 00 03 43 A5 30 03 24"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_commands_are_the_published_bytes(command: crt.Command, bytes_on_the_wire: str) -> None:
    assert command.frame(0) == bytes.fromhex(bytes_on_the_wire)


def test_a_command_carries_address_and_data() -> None:
    assert crt.STATUS.frame(15, b"\x01\x02") == frame(b"C\x31\x30\x01\x02", 15)


def test_replies_are_cut_into_their_fields() -> None:
    (good,) = replies(FrameReader(0).feed(GOOD))
    assert (good.good, good.cm, good.pm, good.code, good.data) == (True, 0x31, 0x30, b"120", b"good")
    assert good.answers(crt.STATUS)
    assert not good.answers(crt.TO_GATE)


@pytest.mark.parametrize("head", [b"N", b"E"])
def test_both_printed_heads_of_a_failure_are_understood(head: bytes) -> None:
    (bad,) = replies(FrameReader(0).feed(frame(head + b"\x32\x3010")))
    assert (bad.good, bad.code) == (False, b"10")


@pytest.mark.parametrize(
    ("code", "reading"),
    [
        (b"020", (Place.NOWHERE, Supply.OK, Room.FREE)),
        (b"111", (Place.GATE, Supply.LOW, Room.FULL)),
        (b"200", (Place.INSIDE, Supply.OUT, Room.FREE)),
        (b"\x00?9", (Place.UNKNOWN, Supply.UNKNOWN, Room.UNKNOWN)),
    ],
)
def test_status_bytes_have_one_meaning_and_unknown_ones_none(code: bytes, reading: tuple[object, ...]) -> None:
    told = Reading.of(Reply(True, 0x31, 0x30, code, b""))
    assert (told.place, told.cards, told.bin) == reading


def test_every_error_of_the_published_table_has_a_fault() -> None:
    published = "00 01 02 03 04 05 10 12 13 14 40 41 43 45 50 51 60 61 62 65 66 67 68 69 A0 A1 B0"
    assert {published[at : at + 2] for at in range(0, len(published), 3)} <= set(errors())


def test_a_frame_may_come_byte_by_byte() -> None:
    reader = FrameReader(0)
    assert len(replies([each for byte in GOOD for each in reader.feed(bytes((byte,)))])) == 1
    assert not reader.waiting


def test_handshake_bytes_are_heard_around_frames_and_not_inside_of_torn_ones() -> None:
    reader = FrameReader(0)
    assert reader.feed(b"\x06" + GOOD + b"\x15\x04")[::2] == [Control.ACK, Control.NAK]
    # The length of a status reply is 06: torn, it must not become an ACK.
    assert reader.feed(frame(b"P\x31\x30120")[:8]) + reader.quiet() == []
    assert reader.feed(b"\x06") == [Control.ACK]


def test_another_address_is_not_ours() -> None:
    assert FrameReader(3).feed(GOOD) == []
    assert len(FrameReader(3).feed(frame(b"P\x31\x30120", 3))) == 1


@pytest.mark.parametrize(
    "before",
    [
        b"\xf2",
        b"\xf2\xf2\xf2",
        b"\xf2\x00\x00\x00",
        b"\xf2\x00\x02\x00",
        GOOD[:9],
        GOOD[:-1] + b"\x99",
        b"noise" * 50,
        b"\x06\x06",
    ],
    ids=repr,
)
def test_the_next_frame_is_found_behind_noise_and_torn_ones(before: bytes) -> None:
    reader = FrameReader(0)
    found = replies(reader.feed(before + GOOD) + reader.quiet())
    assert [each.data for each in found] == [b"good"]
    assert not reader.waiting


def _never_hangs(noise: bytes, cuts: list[int]) -> None:
    reader = FrameReader(0)
    stream, at, found = noise + GOOD, 0, []
    for cut in [*cuts, len(stream)]:
        found += reader.feed(stream[at : at + cut])
        at += cut
    found += reader.quiet()
    assert b"good" in [each.data for each in replies(found)]
    assert not reader.waiting


def _never_takes_the_next_one_along(data: st.DataObject) -> None:
    raw = bytearray(frame(b"P\x31\x30120" + data.draw(st.binary(max_size=300))))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        match data.draw(st.sampled_from(["flip", "drop", "insert"])):
            case "flip":
                raw[at] ^= data.draw(st.integers(1, 255))
            case "drop" if len(raw) > 1:
                del raw[at]
            case _:
                raw.insert(at, data.draw(st.integers(0, 255)))
    reader = FrameReader(0)
    found = replies(reader.feed(bytes(raw)) + reader.quiet() + reader.feed(GOOD))
    assert found[-1].data == b"good"
    assert not reader.waiting


_NOISE = (st.binary(max_size=1500), st.lists(st.integers(1, 400), max_size=8))
test_noise_never_hangs = settings(max_examples=200, deadline=None)(given(*_NOISE)(_never_hangs))
test_a_mutated_frame_never_takes_the_next_one_along = settings(max_examples=200, deadline=None)(
    given(st.data())(_never_takes_the_next_one_along)
)
test_noise_never_hangs_10000 = pytest.mark.slow(
    settings(max_examples=10_000, deadline=None)(given(*_NOISE)(_never_hangs))
)
test_a_mutated_frame_10000 = pytest.mark.slow(
    settings(max_examples=10_000, deadline=None)(given(st.data())(_never_takes_the_next_one_along))
)


def test_much_damage_is_eaten_in_bounded_time_and_memory() -> None:
    reader = FrameReader(0)
    begun = time.monotonic()
    for _ in range(20):
        reader.feed(b"\xf2\x00\x02\x00" * 2000)
        assert len(reader._buffer) < 2000
    assert time.monotonic() - begun < 5
