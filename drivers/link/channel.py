"""One end of a socket pair: whole messages (SOCK_SEQPACKET keeps their borders), each with up to 16 file descriptors."""

from __future__ import annotations

import array
import asyncio
import os
import socket
from collections import deque
from collections.abc import Sequence

MAX_MESSAGE = 192 * 1024
"""Bytes of one message; the kernel's default send buffer is 208 KiB. Anything larger travels as a memfd."""

MAX_FDS = 16

Packet = tuple[bytes, list[int]]


def pair() -> tuple[socket.socket, socket.socket]:
    """Return two connected ends."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def _receive(sock: socket.socket) -> Packet:
    data, ancillary, flags, _ = sock.recvmsg(MAX_MESSAGE + 1, socket.CMSG_SPACE(MAX_FDS * 4), socket.MSG_CMSG_CLOEXEC)
    fds = array.array("i")
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
    if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
        close_all(fds)
        raise ConnectionError("a message was cut short")
    if not data:
        close_all(fds)  # an empty message is the end; whatever came with it is nobody's
        return data, []
    return data, list(fds)


def _send(sock: socket.socket, data: bytes, fds: Sequence[int]) -> None:
    if len(data) > MAX_MESSAGE:
        raise ValueError(f"a message of {len(data)} bytes; at most {MAX_MESSAGE} fit, larger things travel as a memfd")
    if len(fds) > MAX_FDS:
        raise ValueError(f"{len(fds)} descriptors; at most {MAX_FDS} go with one message")
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    sock.sendmsg([data], rights)


def close_all(fds: Sequence[int] | array.array[int]) -> None:
    """Close every descriptor, each at most once."""
    for fd in fds:
        os.close(fd)


class Channel:
    """The child's end: blocking, for one reader thread and any number of writers."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(True)
        self._sock = sock

    def send(self, data: bytes, fds: Sequence[int] = ()) -> None:
        """Send one message; the descriptors stay the caller's. Raise OSError when the other end is gone."""
        _send(self._sock, data, fds)

    def receive(self, timeout: float | None = None) -> Packet | None:
        """Return the next message, None when `timeout` seconds pass. Raise EOFError when the other end is gone."""
        self._sock.settimeout(timeout)
        try:
            data, fds = _receive(self._sock)
        except TimeoutError:
            return None
        finally:
            self._sock.settimeout(None)
        if not data:
            raise EOFError
        return data, fds

    def fileno(self) -> int:
        """The descriptor, for select()."""
        return self._sock.fileno()

    def close(self) -> None:
        """Close this end."""
        self._sock.close()


class AsyncChannel:
    """The core's end: asyncio, never blocks; a peer that stops reading makes `send` raise, not wait."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._inbox: deque[Packet] = deque()
        self._arrived = asyncio.Event()
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock.fileno(), self._readable)

    def _readable(self) -> None:
        # One message a call: a child that floods gets its turn of the loop and no more.
        try:
            packet = _receive(self._sock)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            packet = (b"", [])
        if packet[0]:
            self._inbox.append(packet)
            if len(self._inbox) > MAX_WAITING:
                self._loop.remove_reader(self._sock.fileno())
        else:
            self._stop_reading()
        self._arrived.set()

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
        was_full = len(self._inbox) > MAX_WAITING
        packet = self._inbox.popleft()
        if was_full and not self._closed:
            self._loop.add_reader(self._sock.fileno(), self._readable)
        return packet

    def send(self, data: bytes, fds: Sequence[int] = ()) -> None:
        """Send one message; the descriptors stay the caller's. Raise OSError when the peer is gone or stopped reading."""
        _send(self._sock, data, fds)

    def close(self) -> None:
        """Close this end, and what came with unread messages."""
        self._stop_reading()
        self._sock.close()
        while self._inbox:
            close_all(self._inbox.popleft()[1])
        self._arrived.set()


MAX_WAITING = 64
"""Messages held for a slow reader in the core; the peer's sends block after that."""
