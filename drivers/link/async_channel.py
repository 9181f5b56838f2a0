"""The core's end of a socket pair. Apart from the child's end: a child has no use for asyncio, which takes 4 MB of each."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Sequence

from drivers.link.channel import Packet, close_all, receive_from, send_to

MAX_WAITING = 64
"""Messages held for a slow reader in the core; the peer's sends block after that."""

MAX_WAITING_FDS = 64
"""Descriptors among them: a child that sends sixteen with each message must not use up the core's table (often 1,024)."""


class AsyncChannel:
    """The core's end: asyncio, never blocks; a peer that stops reading makes `send` raise, not wait."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._inbox: deque[Packet] = deque()
        self._arrived = asyncio.Event()
        self._waiting_fds = 0
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock.fileno(), self._readable)

    def _readable(self) -> None:
        # One message a call: a child that floods gets its turn of the loop and no more.
        try:
            packet = receive_from(self._sock)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            packet = (b"", [])
        if packet[0]:
            self._inbox.append(packet)
            self._waiting_fds += len(packet[1])
            if self._full():
                self._loop.remove_reader(self._sock.fileno())
        else:
            self._stop_reading()
        self._arrived.set()

    def _full(self) -> bool:
        return len(self._inbox) > MAX_WAITING or self._waiting_fds > MAX_WAITING_FDS

    def _stop_reading(self) -> None:
        if not self._closed:
            self._closed = True
            self._loop.remove_reader(self._sock.fileno())

    async def receive(self) -> Packet:
        """Return the next message. Raise EOFError when the other end is gone and everything was read."""
        while not self._inbox:
            if self._closed:
                raise EOFError
            self._arrived.clear()
            await self._arrived.wait()
        was_full = self._full()
        packet = self._inbox.popleft()
        self._waiting_fds -= len(packet[1])
        if was_full and not self._full() and not self._closed:
            self._loop.add_reader(self._sock.fileno(), self._readable)
        return packet

    def send(self, data: bytes, fds: Sequence[int] = ()) -> None:
        """Send one message; the descriptors stay the caller's. Raise OSError when the peer is gone or stopped reading."""
        send_to(self._sock, data, fds)

    def close(self) -> None:
        """Close this end, and what came with unread messages."""
        self._stop_reading()
        self._sock.close()
        while self._inbox:
            close_all(self._inbox.popleft()[1])
        self._arrived.set()
