"""The packet codec and the reader of a noisy stream."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.id_card import sdt_frames as sdt

HEAD = bytes.fromhex("AAAAAA9669")


def packet(sw3: int, data: bytes = b"") -> bytes:
    """A reply as the protocol's description has it, built without the codec."""
    rest = (len(data) + 4).to_bytes(2, "big") + bytes((0, 0, sw3)) + data
    check = 0
    for byte in rest:
        check ^= byte
    return HEAD + rest + bytes([check])


@pytest.mark.parametrize(
    ("command", "bytes_on_the_wire"),
    [
        # As printed in public descriptions of the protocol.
        (sdt.RESET_SAM, "AAAAAA9669 0003 10FF EC"),
        (sdt.SAM_STATUS, "AAAAAA9669 0003 11FF ED"),
        (sdt.SAM_ID, "AAAAAA9669 0003 12FF EE"),
        (sdt.FIND, "AAAAAA9669 0003 2001 22"),
        (sdt.SELECT, "AAAAAA9669 0003 2002 21"),
        (sdt.READ_BASE, "AAAAAA9669 0003 3001 32"),
        (sdt.READ_WITH_FINGERPRINT, "AAAAAA9669 0003 3010 23"),
        (sdt.NEWEST_ADDRESS, "AAAAAA9669 0003 3003 30"),
        (sdt.CHIP_NUMBER, "AAAAAA9669 0003 3005 36"),
        (sdt.SET_BAUD[9600], "AAAAAA9669 0003 6004 67"),
    ],
)
def test_commands_are_the_published_bytes(command: sdt.Command, bytes_on_the_wire: str) -> None:
    assert command.frame() == bytes.fromhex(bytes_on_the_wire)


def test_a_command_with_data_is_counted_and_checked() -> None:
    assert sdt.SET_MAX_RF_BYTES.frame(b"\x50") == bytes.fromhex("AAAAAA9669 0004 61FF50 CA")


def test_every_status_has_a_meaning() -> None:
    assert set(sdt.FAULT_OF) == set(sdt.Status)
    assert {status.value for status in sdt.Status} == {
        0x90, 0x9F, 0x91, 0x10, 0x11, 0x21, 0x23, 0x24, 0x31, 0x32, 0x33, 0x37, 0x3F, 0x40, 0x41, 0x47, 0x60, 0x66, 0x80, 0x81,
    }  # fmt: skip
    assert {s for s in sdt.Status if sdt.FAULT_OF[s] is None} == {0x90, 0x9F, 0x91}


def test_replies_are_cut_into_status_and_data() -> None:
    (reply,) = sdt.FrameReader().feed(packet(0x9F, b"\1\2\3\4"))
    assert reply.status is sdt.Status.FOUND
    assert reply.data == b"\1\2\3\4"
    assert "01" not in repr(reply)
    reply.wipe()
    assert reply.data == bytes(4)


def test_an_answer_is_told_from_another_commands_answer() -> None:
    def heard(raw: bytes) -> sdt.Reply:
        return sdt.FrameReader().feed(raw)[0]

    assert heard(packet(0x90, bytes(8))).answers(sdt.SELECT)
    assert not heard(packet(0x90, bytes(1284))).answers(sdt.SELECT)
    assert not heard(packet(0x90)).answers(sdt.FIND)
    assert heard(packet(0x80)).answers(sdt.FIND)
    assert heard(packet(0x91)).answers(sdt.NEWEST_ADDRESS)
    assert not heard(packet(0x90, bytes(71))).answers(sdt.NEWEST_ADDRESS)


def test_a_packet_may_come_byte_by_byte() -> None:
    reader = sdt.FrameReader()
    raw = packet(0x90, bytes(range(200)))
    found = [reply for byte in raw for reply in reader.feed(bytes([byte]))]
    assert [bytes(reply.data) for reply in found] == [bytes(range(200))]
    assert not reader.waiting


@pytest.mark.parametrize(
    "before",
    [
        b"\xaa", b"\xaa\xaa\xaa", HEAD, HEAD[:4], b"\xaa" * 9, HEAD + b"\0", HEAD + b"\xff\xff", HEAD + b"\0\0", HEAD + b"\0\3",
        packet(0x90, bytes(100))[:40], packet(0x90, bytes(8))[:-1] + b"\x99", b"noise" * 50,
    ],
    ids=repr,
)  # fmt: skip
def test_the_next_packet_is_found_behind_noise_and_torn_ones(before: bytes) -> None:
    reader = sdt.FrameReader()
    found = reader.feed(before + packet(0x9F, b"good")) + reader.quiet()
    assert [bytes(reply.data) for reply in found] == [b"good"]
    assert not reader.waiting


def test_a_packet_that_ends_in_the_next_heads_first_byte_is_not_lost() -> None:
    raw = packet(0x90, b"\xaa\xaa\x40")
    reader = sdt.FrameReader()
    assert len(reader.feed(raw + packet(0x9F, b"next"))) == 2


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3000), st.lists(st.integers(1, 700), max_size=12))
def test_noise_never_hangs_nor_crashes_and_a_good_packet_is_found_behind_it(noise: bytes, cuts: list[int]) -> None:
    reader = sdt.FrameReader()
    stream, at = noise + packet(0x9F, b"good"), 0
    found = []
    for cut in [*cuts, len(stream)]:
        found += reader.feed(stream[at : at + cut])
        at += cut
    found += reader.quiet()
    assert b"good" in [bytes(reply.data) for reply in found]
    assert not reader.waiting


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_mutated_packet_never_takes_the_next_one_with_it(data: st.DataObject) -> None:
    raw = bytearray(packet(0x90, data.draw(st.binary(max_size=400))))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        match data.draw(st.sampled_from(["flip", "drop", "insert"])):
            case "flip":
                raw[at] ^= data.draw(st.integers(1, 255))
            case "drop" if len(raw) > 1:
                del raw[at]
            case _:
                raw.insert(at, data.draw(st.integers(0, 255)))
    reader = sdt.FrameReader()
    # Without the pause between two replies a packet that lost its checksum may rightly take the next one's first byte for it.
    found = reader.feed(bytes(raw)) + reader.quiet() + reader.feed(packet(0x9F, b"good"))
    assert bytes(found[-1].data) == b"good"
    assert not reader.waiting


def test_a_megabyte_of_heads_is_eaten_in_bounded_time_and_memory() -> None:
    reader = sdt.FrameReader()
    begun = time.thread_time()  # of processor: the machine may be busy
    for _ in range(40):
        reader.feed((HEAD + b"\x08\xff") * 1000)
        assert len(reader._buffer) < 6000
    assert time.thread_time() - begun < 5
