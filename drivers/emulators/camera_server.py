"""A small MJPEG server: a thread for each viewer, pictures made while somebody looks; it can be pulled out and put back."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

BOUNDARY = b"frame"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\nConnection: close\r\n\r\n"
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_MOST_REQUEST = 8192
_REQUEST_SECONDS = 5.0

PATH = "/stream.mjpg"


def part(jpeg: bytes) -> bytes:
    """One picture as it stands in the stream."""
    return b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (BOUNDARY, len(jpeg), jpeg)


class MjpegServer:
    """Serves what `pictures` gives, a new iterator for each viewer: bytes to send, or None to hang up."""

    def __init__(self, pictures: Callable[[], Iterator[bytes | None]]) -> None:
        self._pictures = pictures
        self._number = 0
        self._listener: socket.socket | None = None
        self._peers: set[socket.socket] = set()
        self._lock = threading.Lock()

    @property
    def viewers(self) -> int:
        """How many are connected."""
        return len(self._peers)

    def plug(self) -> int:
        """Listen on 127.0.0.1; return the port, the same each time."""
        self._listener = socket.create_server(("127.0.0.1", self._number), backlog=8)
        self._number = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), name="camera-http", daemon=True).start()
        return self._number

    def unplug(self) -> None:
        """Stop listening and break every connection. Calling it again does nothing."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            for peer in self._peers:
                with contextlib.suppress(OSError):
                    peer.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self._peers.add(peer)
            threading.Thread(target=self._serve, args=(peer,), name="camera-viewer", daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        try:
            # A viewer who leaves, or asks nothing, is no concern of the camera's.
            with contextlib.suppress(OSError):
                self._answer(peer)
        finally:
            with self._lock:
                self._peers.discard(peer)
            peer.close()

    def _answer(self, peer: socket.socket) -> None:
        peer.settimeout(_REQUEST_SECONDS)
        request = b""
        while b"\r\n\r\n" not in request and len(request) < _MOST_REQUEST:
            data = peer.recv(1024)
            if not data:
                return
            request += data
        if not request.startswith(f"GET {PATH} ".encode()):
            peer.sendall(_NOT_FOUND)
            return
        pictures = self._pictures()
        first = next(pictures)
        if first is None:
            return
        peer.sendall(_HEAD + first)
        for picture in pictures:
            if picture is None:
                return
            peer.sendall(picture)
