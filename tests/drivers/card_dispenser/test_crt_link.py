"""The handshake at its edges: a far end that is written byte by byte."""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections.abc import Iterator

import pytest

from drivers.card_dispenser import crt_frames as crt
from drivers.card_dispenser.crt_link import CrtLink, ReplyLost
from drivers.card_dispenser.crt_settings import CrtSettings
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.lines.serial_line import SerialLine

MOVED = bytes.fromhex("F2 00 00 06 50 32 30 31 32 30 03 96")


class FarEnd:
    """Answers the nth thing it hears with the nth of `answers`; keeps what it heard."""

    def __init__(self) -> None:
        self.master, self.near = os.openpty()
        tty.setraw(self.near)
        self.heard: list[bytes] = []
        self.answers: list[bytes] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while not self._stop.is_set():
            if select.select([self.master], [], [], 0.01)[0]:
                self.heard.append(os.read(self.master, 64))
                if self.answers:
                    os.write(self.master, self.answers.pop(0))

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        os.close(self.master)
        os.close(self.near)


@pytest.fixture
def far() -> Iterator[FarEnd]:
    end = FarEnd()
    yield end
    end.close()


@pytest.fixture
def link(far: FarEnd) -> Iterator[CrtLink]:
    port = os.ttyname(far.near)
    made = CrtLink(SerialLine(port, 115200), CrtSettings(port=port, ack_seconds=0.2, gap_seconds=0.02))
    yield made
    made.close()


def ask(link: CrtLink, command: crt.Command, seconds: float = 0.2) -> crt.Reply:
    return link.ask(command, lambda: None, seconds=seconds)


def test_a_good_move_is_sent_once_and_its_reply_acknowledged(far: FarEnd, link: CrtLink) -> None:
    far.answers = [b"\x06" + MOVED]
    assert ask(link, crt.TO_GATE).code == b"120"
    while len(far.heard) < 2:
        time.sleep(0.01)
    assert far.heard == [crt.TO_GATE.frame(0), b"\x06"]


def test_a_nak_amid_noise_does_not_send_a_move_again(far: FarEnd, link: CrtLink) -> None:
    far.answers = [b"\x99\x15", b"\x06" + MOVED]
    with pytest.raises(ReplyLost):
        ask(link, crt.TO_GATE)
    assert far.heard == [crt.TO_GATE.frame(0)]


def test_a_nak_before_an_acknowledgement_was_noise(far: FarEnd, link: CrtLink) -> None:
    far.answers = [b"\x15\x06" + MOVED]
    assert ask(link, crt.TO_GATE).good
    assert far.heard[0] == crt.TO_GATE.frame(0)


def test_a_reply_without_an_acknowledgement_is_of_an_earlier_command(far: FarEnd, link: CrtLink) -> None:
    far.answers = [MOVED]
    with pytest.raises(ReplyLost):
        ask(link, crt.TO_GATE)


def test_a_reply_that_crosses_eot_counts(far: FarEnd, link: CrtLink) -> None:
    far.answers = [b"\x06", MOVED]
    assert ask(link, crt.TO_GATE).good
    assert far.heard[:2] == [crt.TO_GATE.frame(0), b"\x04"]


def test_the_reply_to_another_command_is_not_taken_for_this_ones(far: FarEnd, link: CrtLink) -> None:
    far.answers = [b"\x06" + MOVED, b"\x04"] * 3
    with pytest.raises(DeviceFault) as caught:
        ask(link, crt.STATUS)
    assert caught.value.fault.code is FaultCode.LINK_SILENT
