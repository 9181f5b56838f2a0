"""A virtual card's contacts: the TCP connection to vpcd, the virtual reader of vsmartcard.

Each message has its length before it, two bytes, big-endian. Of one byte: 00 power off, 01 power on, 02 reset, 04 asks for the
ATR (the only one that is answered); anything longer is a command APDU. While the connection stands, a card is in the reader.
Source: frankmorgner/vsmartcard, virtualsmartcard/src/vpcd/vpcd.c.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from drivers.emulators.smart_card_chips import Chip

_OFF, _ON, _RESET, _GET_ATR = 0x00, 0x01, 0x02, 0x04
_ANY_ATR = b"\x3b\x00"
_RETRY_SECONDS = 0.02
_HAND_SECONDS = 0.45
"""How soon another card can be in. pcscd looks each 0.4 s, and takes no notice of one that was faster; nor is any hand."""


class LostContact(Exception):
    """The card does not answer this command; its connection ends. `torn`: what still goes out before."""

    def __init__(self, torn: bytes = b"") -> None:
        super().__init__()
        self.torn = torn


class VpcdWire:
    """Puts a chip into the reader that listens at a TCP port of this machine, and takes it out.

    `exchange` gives the answers that go out for one command: none, one, or more than one; it may raise LostContact.
    """

    def __init__(self, port: int, exchange: Callable[[Chip, bytes], Sequence[bytes]], capture: Path | None) -> None:
        self._port = port
        self._exchange = exchange
        self._capture = None if capture is None else (capture / "apdu.txt").open("a", encoding="ascii")
        self._lock = threading.Lock()
        self._chip: Chip | None = None
        self._connection: socket.socket | None = None
        self._empty_since = 0.0
        self.resets = 0
        """How often the reader reset a card."""

    @property
    def chip(self) -> Chip | None:
        """The chip that is in."""
        return self._chip

    def insert(self, chip: Chip) -> None:
        """Put a card in; one that is in already is taken out."""
        self.remove()
        with self._lock:
            self._chip = chip
        threading.Thread(target=self._keep_in, args=(chip,), name="virtual-card", daemon=True).start()

    def remove(self) -> None:
        """Take the card out."""
        with self._lock:
            if self._chip is not None:
                self._empty_since = time.monotonic()
            self._chip = None
            connection, self._connection = self._connection, None
        _hang_up(connection)

    def hang_up(self) -> None:
        """Hang up, as when the reader is pulled away with the card in it."""
        with self._lock:
            connection, self._connection = self._connection, None
        _hang_up(connection)

    def close(self) -> None:
        """Take the card out for good."""
        self.remove()
        if self._capture is not None:
            self._capture.close()

    def _keep_in(self, chip: Chip) -> None:
        """Connect, and again when the reader hung up or was away, as long as the card is in."""
        while self._chip is chip:
            time.sleep(max(0.0, self._empty_since + _HAND_SECONDS - time.monotonic()))
            try:
                connection = socket.create_connection(("127.0.0.1", self._port))
            except OSError:
                time.sleep(_RETRY_SECONDS)
                continue
            with self._lock:
                if self._chip is chip:
                    self._connection = connection
                else:
                    _hang_up(connection)
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    self._talk(connection, chip)
                except LostContact:
                    self._empty_since = time.monotonic()
                except OSError:
                    continue  # either side hung up

    def _talk(self, connection: socket.socket, chip: Chip) -> None:
        """Answer until either side hangs up (OSError), or the card loses contact (LostContact)."""
        powered = False
        while True:
            message = _receive(connection)
            if message == bytes((_GET_ATR,)):
                if powered and not chip.atr:
                    return  # mute; vpcd would wait for ever for more than an empty answer
                # vpcd asks this, too, to sense whether a card is there at all: a mute one is, by its switch.
                _send(connection, chip.atr or _ANY_ATR)
            elif len(message) == 1:
                powered = message[0] in (_ON, _RESET)
                self.resets += message[0] == _RESET
                chip.reset()
            elif powered:
                self._note(">", message)
                try:
                    answers = self._exchange(chip, message)
                except LostContact as lost:
                    connection.sendall(lost.torn)
                    raise
                for answer in answers:
                    self._note("<", answer)
                    _send(connection, answer)
            else:
                return  # a chip without power answers nothing: what was meant for the card before does not reach this one

    def _note(self, way: str, data: bytes) -> None:
        if self._capture is not None and not self._capture.closed:
            self._capture.write(f"{way} {data.hex(' ')}\n")
            self._capture.flush()


def _hang_up(connection: socket.socket | None) -> None:
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


def _receive(connection: socket.socket) -> bytes:
    return _exactly(connection, int.from_bytes(_exactly(connection, 2), "big"))


def _exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        # vpcd writes length and body apart; without this the second waits 40 ms for the receipt of the first.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        chunk = connection.recv(count - len(data))
        if not chunk:
            raise ConnectionResetError
        data += chunk
    return data


def _send(connection: socket.socket, data: bytes) -> None:
    connection.sendall(len(data).to_bytes(2, "big") + data)
