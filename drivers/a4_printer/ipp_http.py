"""One IPP exchange over HTTP (RFC 8010 4): a POST on a connection of its own, bounded in time and size, stoppable.

What the faults mean to whoever sent a page:

- DEVICE_GONE: no connection came about, so the printer has nothing of it.
- PORT_DENIED, JOB_REFUSED, SETTING_INVALID (no such path): the printer answered that it does not take it.
- LINK_SILENT, LINK_GARBLED: something was sent and the answer was lost. The printer may have taken it. Ask, never repeat.

http.client knows nothing of proxies, so that a proxy in the environment never sees a page.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from drivers.contract.faults import DeviceFault, FaultCode, failing

DEFAULT_PORT = 631
"""RFC 8010 4: the port of ipp."""

MAX_REPLY = 4 * 1024 * 1024
"""Bytes. A Get-Jobs reply with 500 jobs is about 100 kB; a printer that sends more than this is not talking IPP."""

_WATCH_SECONDS = 0.1
"""How often a running exchange looks at its deadline and its cancel: the contract asks for at least every 0.2 s."""

_CONNECT_SECONDS = 1.0
"""A printer on the same switch answers within milliseconds. While connecting no cancel is heard, so it must be short."""

_REFUSED = {
    401: FaultCode.PORT_DENIED,
    403: FaultCode.PORT_DENIED,
    404: FaultCode.SETTING_INVALID,
    405: FaultCode.JOB_REFUSED,
    413: FaultCode.JOB_REFUSED,
    426: FaultCode.PORT_DENIED,
}
"""HTTP answers that say for sure: not taken. 404 is a wrong path in the settings, 413 too long, 426 wants TLS first."""


@dataclass(frozen=True)
class Local:
    """A server on this machine: its Unix socket, and the account as which it knows us.

    CUPS compares `account` with the owner of the process at the other end (PeerCred, the scheme that its own tools use):
    that is what lets a queue be resumed without a password.
    """

    socket: str
    account: str


def post(uri: str, body: bytes, *, seconds: float, stopped: Callable[[], bool], local: Local | None = None) -> bytes:
    """Send one IPP request, return the bytes of its reply. Ends within `seconds`, or soon after `stopped()` turns true.

    Raise DeviceFault as the module says.
    """
    deadline = time.monotonic() + seconds
    parts = urlsplit(uri)
    patience = min(seconds, _CONNECT_SECONDS)
    if local is not None:
        connection: http.client.HTTPConnection = _LocalConnection(local.socket, timeout=patience)
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port or DEFAULT_PORT, timeout=patience)
    try:
        connection.connect()
    except OSError as error:
        where = local.socket if local else parts.netloc
        raise failing(FaultCode.DEVICE_GONE, f"{where}: {_name(error)}") from error
    # From here the guard keeps the time: a limit for each single wait would let a printer dribble for ever.
    connection.sock.settimeout(None)
    guard = _Guard(connection.sock, deadline, stopped)
    try:
        return _exchange(connection, parts.path or "/", body, local)
    except (OSError, http.client.HTTPException) as error:
        raise guard.explain(error) from error
    finally:
        guard.end()
        connection.close()


class _LocalConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, *, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket instead of a port."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _exchange(connection: http.client.HTTPConnection, path: str, body: bytes, local: Local | None) -> bytes:
    headers = {"Content-Type": "application/ipp", "Connection": "close"}
    if local is not None and local.account:
        headers["Authorization"] = f"PeerCred {local.account}"
    try:
        connection.request("POST", path, body, headers)
    except (BrokenPipeError, ConnectionResetError):
        # A printer that refuses early closes before it has read everything; its reason may still be there to read.
        reply = connection.getresponse()
    else:
        reply = connection.getresponse()
    if reply.status in _REFUSED:
        raise failing(_REFUSED[reply.status], f"uri: the printer answers HTTP {reply.status} under {path}")
    if reply.status != 200:
        raise failing(FaultCode.LINK_GARBLED, f"HTTP {reply.status} instead of 200")
    content = reply.read(MAX_REPLY + 1)
    if len(content) > MAX_REPLY:
        raise failing(FaultCode.LINK_GARBLED, f"a reply of more than {MAX_REPLY} bytes")
    return content


class _Guard:
    """Shuts the socket down when the time is up or the command was cancelled, which wakes whoever waits on it."""

    def __init__(self, sock: socket.socket, deadline: float, stopped: Callable[[], bool]) -> None:
        self._sock = sock
        self._deadline = deadline
        self._stopped = stopped
        self._over = threading.Event()
        self._cut = ""
        self._thread = threading.Thread(target=self._watch, name="ipp-guard", daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(_WATCH_SECONDS):
            if self._stopped():
                self._cut = "given up, because the command was cancelled"
            elif time.monotonic() > self._deadline:
                self._cut = "no whole answer in time"
            if self._cut:
                self._shut()
                return

    def _shut(self) -> None:
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the other side was faster

    def explain(self, error: Exception) -> DeviceFault:
        """Say in the contract's words why an exchange failed after its connection had come about."""
        if self._cut:
            return failing(FaultCode.LINK_SILENT, self._cut)
        if isinstance(error, http.client.HTTPException) and not isinstance(error, http.client.RemoteDisconnected):
            return failing(FaultCode.LINK_GARBLED, f"HTTP: {_name(error)}")
        return failing(FaultCode.LINK_SILENT, _name(error))

    def end(self) -> None:
        """Stop watching, before the socket's number can be another socket's."""
        self._over.set()
        self._thread.join()


def _name(error: Exception) -> str:
    """The kind of error only: texts of the network layer may hold what a printer sent."""
    return type(error).__name__
