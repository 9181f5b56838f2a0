"""One end of a socket pair: whole messages (SOCK_SEQPACKET keeps their borders), each with up to 16 file descriptors."""

from __future__ import annotations

import array
import contextlib
import os
import socket
from collections.abc import Sequence

MAX_MESSAGE = 192 * 1024
"""Bytes of one message; the kernel's default send buffer is 208 KiB. Anything larger travels as a memfd."""

MAX_FDS = 16

Packet = tuple[bytes, list[int]]


def pair() -> tuple[socket.socket, socket.socket]:
    """Return two connected ends."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def receive_from(sock: socket.socket) -> Packet:
    """Receive one message; no bytes mean that the other end is gone. Raise OSError, ConnectionError when it was cut short."""
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


def send_to(sock: socket.socket, data: bytes, fds: Sequence[int]) -> None:
    """Send one message. Raise OSError, ValueError when it is too large or has too many descriptors."""
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
        send_to(self._sock, data, fds)

    def receive(self, timeout: float | None = None) -> Packet | None:
        """Return the next message, None when `timeout` seconds pass. Raise EOFError when the other end is gone."""
        self._sock.settimeout(timeout)
        try:
            data, fds = receive_from(self._sock)
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

    def shut(self) -> None:
        """End both directions: `receive` raises EOFError here, and at the other end when it has read what was sent."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close this end."""
        self._sock.close()
