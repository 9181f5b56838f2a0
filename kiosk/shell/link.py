"""The shell's end of the line to the core. Read from the window's own loop, so that one thread does everything."""

from __future__ import annotations

import select
from typing import NamedTuple

from drivers.link import channel, wire
from kiosk.screens.protocol import FromShell, LiveFrame, SignPicture, ToShell

_AT_ONCE = 64
"""Messages read in one turn of the loop."""

_NEWEST_ONLY = (LiveFrame, SignPicture)
"""Of these an older one is of no use when a newer one is there."""


class Arrived(NamedTuple):
    """A message and the descriptors that came with it; whoever takes it closes them."""

    message: ToShell
    fds: list[int]


class CoreGone(Exception):
    """The core has closed its end."""


class Link:
    """Messages from and to the core."""

    def __init__(self, to_core: channel.Channel) -> None:
        self._channel = to_core

    def wait(self) -> Arrived:
        """Wait for one message."""
        packet = self._receive()
        return Arrived(wire.decode(packet[0], ToShell), packet[1])

    def arrived(self) -> list[Arrived]:
        """What is there now, in order. Of pictures that move only the newest is kept. Raise CoreGone."""
        found: list[Arrived] = []
        while len(found) < _AT_ONCE and select.select([self._channel], [], [], 0)[0]:
            each = self.wait()
            if found and isinstance(each.message, _NEWEST_ONLY) and type(found[-1].message) is type(each.message):
                channel.close_all(found.pop().fds)
            found.append(each)
        return found

    def send(self, message: FromShell) -> None:
        """Send one message. Raise CoreGone."""
        try:
            self._channel.send(wire.encode(message))
        except OSError as error:
            raise CoreGone from error

    def _receive(self) -> channel.Packet:
        try:
            packet = self._channel.receive()
        except (EOFError, ConnectionResetError) as error:
            raise CoreGone from error
        assert packet is not None  # it waits without a limit
        return packet
