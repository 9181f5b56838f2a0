"""What a device profile may write for a queue of CUPS."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import quote, unquote

import msgspec

from drivers.a4_printer.ipp_http import DEFAULT_PORT
from drivers.a4_printer.ipp_settings import Patience, Seconds

_QUEUE = re.compile(r"[^\x00-\x20/#?%\x7f]{1,127}")
"""lpadmin(8): any printable character but blank, "/" and "#", at most 127; "?" and "%" mean something in an address."""

_ADDRESS = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?")

_URI = re.compile(r"ipp://([^/@]+)/printers/([^/]+)")

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class CupsSettings(Patience, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Raise ValueError (msgspec.ValidationError when converted) naming the key that is wrong."""

    queue: str
    """The queue's name, as `lpstat -e` lists it; or its address, as the bus lists it: ipp://HOST:PORT/printers/NAME. The address
    of this machine's own scheduler (port 631) is taken as its name alone, so that `server` says how it is reached."""

    server: str = "/run/cups/cups.sock"
    """The scheduler: the path of its Unix socket, or HOST[:PORT]. Only by the socket can a stopped queue be started again."""

    user: str = "kiosk"
    """Whose jobs these are in the queue. Where several kiosks share one print server, each needs its own: what an earlier
    life of this kiosk left in the queue is found, and called off, by this name."""

    resume: Literal["after_errors", "always", "never"] = "after_errors"
    """When a stopped queue is started again. "after_errors" leaves alone what a person paused (the state says "Paused")."""

    resume_seconds: Seconds = 10.0
    """Between two attempts to start a queue, so that one that stops again at once is no busy loop."""

    request_seconds: Annotated[float, msgspec.Meta(gt=0, le=0.6)] = 0.6
    """For one answer. A status is two or three exchanges, and the contract wants it within 2 s."""

    cancel_seconds: Annotated[float, msgspec.Meta(gt=0, le=0.9)] = 0.9
    """For calling a job off. Shorter than with `ipp`: the printer is asked behind the queue's back, and what was cancelled is
    deleted, all within the 3 s that a cancel may take."""

    def __post_init__(self) -> None:
        if not _QUEUE.fullmatch(self.name):
            raise ValueError(f"queue: write the queue's name as `lpstat -e` lists it, not {self.queue!r}")
        if not self.server.startswith("/") and not _ADDRESS.fullmatch(self.server):
            raise ValueError(f"server: write the path of the Unix socket, or HOST:PORT, not {self.server!r}")
        if not self.user.strip():
            raise ValueError("user: write a name for the jobs in the queue, such as kiosk")

    @property
    def name(self) -> str:
        """The queue's name alone."""
        address = _URI.fullmatch(self.queue)
        return unquote(address[2]) if address else self.queue

    @property
    def scheduler(self) -> str:
        """Path of the Unix socket, or HOST[:PORT]."""
        address = _URI.fullmatch(self.queue)
        own = address is None or (_host(address[1]) in _LOOPBACK and address[1].endswith(f":{DEFAULT_PORT}"))
        return self.server if address is None or own else address[1]

    @property
    def socket(self) -> str:
        """The path of the Unix socket, "" when the server is reached by an address."""
        return self.scheduler if self.scheduler.startswith("/") else ""

    @property
    def here(self) -> bool:
        """Whether the scheduler runs on this machine, so that its printers are where it says they are."""
        return bool(self.socket) or _host(self.scheduler) in _LOOPBACK

    @property
    def uri(self) -> str:
        """The queue's address (RFC 8011; the path is CUPS' own)."""
        return f"ipp://{'localhost' if self.socket else self.scheduler}/printers/{quote(self.name)}"


def _host(address: str) -> str:
    return re.sub(r":[0-9]+$", "", address)
