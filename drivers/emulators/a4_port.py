"""The emulated printer's network port: HTTP on loopback, with all connections in hand, so that they can be dropped at once."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATH = "/ipp/print"
"""The path of an IPP Everywhere printer (PWG 5100.14 4.1)."""

_LONGEST_LINE = 256


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Port

    def do_POST(self) -> None:
        """Every IPP operation is a POST (RFC 8010 4)."""
        body = self._body()
        if body is None:
            self.close_connection = True
        elif self.path != PATH:
            self.reply(404, b"")
        elif self.headers.get("Content-Type") != "application/ipp":
            self.reply(415, b"")
        else:
            self.server.answer(body, self)

    def _body(self) -> bytes | None:
        """The whole body, None when it was cut off. Our driver says how long it is; CUPS sends documents in chunks."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunks()
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            return None
        body = self.rfile.read(length)
        return body if len(body) == length else None

    def _chunks(self) -> bytes | None:
        """A body in chunks (RFC 9112 7.1), None when it was cut off or is none."""
        body = bytearray()
        while True:
            try:
                size = int(self.rfile.readline(_LONGEST_LINE).split(b";")[0], 16)
            except ValueError:
                return None
            chunk = self.rfile.read(size)
            if len(chunk) != size or self.rfile.readline(_LONGEST_LINE) != b"\r\n":
                return None
            if not size:
                return bytes(body)
            body += chunk

    def reply(self, status: int, content: bytes, *, keep: int | None = None) -> None:
        """Answer; with `keep` only so many bytes of the content, then hang up."""
        self.send_response(status)
        self.send_header("Content-Type", "application/ipp")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[:keep])
        if keep is not None:
            self.close_connection = True  # else as the caller asked: CUPS keeps its connection

    def wait_for_hangup(self) -> None:
        """Say nothing until the caller gives up."""
        self.rfile.read(1)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: job names stay out of logs."""


class Port(ThreadingHTTPServer):
    """Listens on loopback and knows its connections, so that they can all be dropped at once."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, answer: Callable[[bytes, Handler], None]) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.answer = answer
        self._connections: set[socket.socket] = set()
        self._connections_lock = threading.Lock()

    def begin(self) -> None:
        """Serve from a thread."""
        threading.Thread(target=self.serve_forever, args=(0.02,), name="a4-port", daemon=True).start()

    def end(self) -> None:
        """Stop listening and drop every connection."""
        self.shutdown()
        self.socket.close()
        with self._connections_lock:
            for connection in self._connections:
                _drop(connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection."""
        with self._connections_lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        with self._connections_lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is no news; anything else is a defect of the emulator and is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def _drop(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # gone already
