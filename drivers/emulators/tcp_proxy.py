"""A cable between a driver and a server that runs behind it: can be pulled, and changes the server's answers on the way."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

_CHUNK = 65536
_CONNECT_SECONDS = 2.0

Answer = Callable[[bytes], bytes | None]
"""Makes of an answer what the driver gets; None: the connection breaks here, after what was returned so far."""


class TcpProxy:
    """Listens on 127.0.0.1; the number stays the same over unplug and plug."""

    def __init__(self, answer: Answer, capture: Path | None, *, name: str) -> None:
        self._answer = answer
        self._capture = capture
        self._name = name
        self._listener: socket.socket | None = None
        self._peers: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.port = 0

    @property
    def plugged(self) -> bool:
        """Whether anybody can connect."""
        return self._listener is not None

    def plug(self, server_port: int) -> None:
        """Let drivers through to the server at that port of 127.0.0.1."""
        if self._listener is not None:
            return
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=4)
        self.port = self._listener.getsockname()[1]
        self._thread(self._accept, self._listener, server_port)

    def unplug(self) -> None:
        """Refuse connections, and break those that are there. Calling it again does nothing."""
        listener, self._listener = self._listener, None
        if listener is not None:
            _shut(listener)
        self.hang_up()

    def hang_up(self) -> None:
        """Break the present connections; new ones may come."""
        with self._lock:
            peers, self._peers = self._peers, set()
        for peer in peers:
            _shut(peer)

    def _accept(self, listener: socket.socket, server_port: int) -> None:
        while True:
            try:
                driver, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", server_port), timeout=_CONNECT_SECONDS)
            except OSError:
                driver.close()  # the server is not there: the driver sees a connection that ends at once
                continue
            server.settimeout(None)
            for peer in (driver, server):
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._peers |= {driver, server}
            self._thread(self._carry, driver, server, "rx", lambda data: data)
            self._thread(self._carry, server, driver, "tx", self._answer)

    def _carry(self, source: socket.socket, sink: socket.socket, direction: str, change: Answer) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)  # the cable adds no waiting of its own
                changed = change(data)
                if changed is None:
                    break
                if changed:
                    self._keep(direction, changed)
                    sink.sendall(changed)
        with self._lock:
            self._peers -= {source, sink}
        for peer in (source, sink):
            _shut(peer)

    def _keep(self, direction: str, data: bytes) -> None:
        if self._capture is None:
            return
        with self._lock:
            file = self._capture / f"{direction}.bin"
            offset = file.stat().st_size if file.exists() else 0
            with file.open("ab") as raw:
                raw.write(data)
            with (self._capture / f"{direction}.jsonl").open("a", encoding="utf-8") as index:
                index.write(json.dumps({"at": time.time(), "offset": offset, "length": len(data)}) + "\n")

    def _thread(self, target: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=target, args=arguments, name=self._name, daemon=True).start()


def _shut(peer: socket.socket) -> None:
    with contextlib.suppress(OSError):
        peer.shutdown(socket.SHUT_RDWR)
    peer.close()
