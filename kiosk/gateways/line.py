"""The line to the platform, looked at layer by layer: the interface, the name, the connection, the certificate.

Each look ends within its patience with what was found or why not; nothing is repeated, nothing is kept. What the platform itself
says comes last, by `health.HealthPort`.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import psutil
from cryptography import x509
from cryptography.x509.oid import NameOID

from drivers.link.within import within
from kiosk.gateways.transport import trust

T = TypeVar("T")


class Broken(StrEnum):
    """Why a layer does not hold."""

    NO_INTERFACE = "no_interface"
    NAME_UNKNOWN = "name_unknown"
    NAME_SILENT = "name_silent"
    REFUSED = "refused"
    SILENT = "silent"
    UNROUTED = "unrouted"
    UNTRUSTED = "untrusted"
    WRONG_NAME = "wrong_name"
    EXPIRED = "expired"
    NO_TLS = "no_tls"


class LineBroken(Exception):
    """A layer does not hold; says which way, and a short word for a technician."""

    def __init__(self, why: Broken, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else why.value)
        self.why = why
        self.detail = detail


@dataclass(frozen=True)
class Far:
    """Where the platform is."""

    host: str
    port: int
    tls: bool

    @classmethod
    def of(cls, url: str) -> Far:
        """Read an address that `HttpSettings` takes."""
        parts = urlsplit(url)
        tls = parts.scheme == "https"
        return cls(parts.hostname or "", parts.port or (443 if tls else 80), tls)

    @property
    def loopback(self) -> bool:
        """Whether it is this machine itself."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


@dataclass(frozen=True)
class Certificate:
    """Whom the platform's TLS server says it is, and until when."""

    name: str
    ends: datetime


def interfaces() -> tuple[tuple[str, str], ...]:
    """Return the interfaces that are up with their addresses, the loopback left out. Raise LineBroken(NO_INTERFACE)."""
    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    found = tuple(
        (name, address.address)
        for name, addresses in psutil.net_if_addrs().items()
        for address in addresses
        if name in up and address.family == socket.AF_INET and not ipaddress.ip_address(address.address).is_loopback
    )
    if not found:
        raise LineBroken(Broken.NO_INTERFACE)
    return found


async def address_of(far: Far, patience: float) -> str:
    """Look the name up. Raise LineBroken: NAME_UNKNOWN (the name server says no, or there is none), NAME_SILENT."""
    loop = asyncio.get_running_loop()
    try:
        found = await within(patience, loop.getaddrinfo(far.host, far.port, type=socket.SOCK_STREAM))
    except TimeoutError:
        raise LineBroken(Broken.NAME_SILENT, far.host) from None
    except (OSError, UnicodeError) as error:
        raise LineBroken(Broken.NAME_UNKNOWN, type(error).__name__) from None
    return str(found[0][4][0])


async def connected(far: Far, address: str, patience: float) -> float:
    """Open a connection and close it; return how long it took, seconds. Raise LineBroken: REFUSED, SILENT, UNROUTED."""
    began = time.monotonic()
    _, writer = await _open(far, address, patience, None)
    took = time.monotonic() - began
    await _close(writer)
    return took


async def certificate(far: Far, address: str, authority_file: Path | None, patience: float) -> Certificate:
    """Shake hands as every call does, and read who answered.

    Raise LineBroken: UNTRUSTED, WRONG_NAME, EXPIRED, NO_TLS, and as `connected`. Raise OSError, ValueError for the authority file.
    """
    context = httpx.create_ssl_context() if authority_file is None else trust(authority_file)
    try:
        _, writer = await _open(far, address, patience, context)
    except ssl.SSLCertVerificationError as error:
        raise LineBroken(_why_not(error), error.verify_message) from None
    except ssl.SSLError as error:
        raise LineBroken(Broken.NO_TLS, error.reason or "") from None
    raw = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    await _close(writer)
    found = x509.load_der_x509_certificate(raw)
    names = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Certificate(str(names[0].value) if names else far.host, found.not_valid_after_utc.astimezone(UTC))


def _why_not(error: ssl.SSLCertVerificationError) -> Broken:
    """X509_V_ERR codes of OpenSSL."""
    match error.verify_code:
        case 9 | 10:
            return Broken.EXPIRED
        case 62 | 64:
            return Broken.WRONG_NAME
    return Broken.UNTRUSTED


async def _open(
    far: Far, address: str, patience: float, context: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    name = far.host if context is not None else None
    try:
        return await within(patience, asyncio.open_connection(address, far.port, ssl=context, server_hostname=name))
    except TimeoutError:
        raise LineBroken(Broken.SILENT, f"{far.port}") from None
    except ConnectionRefusedError:
        raise LineBroken(Broken.REFUSED, f"{far.port}") from None
    except ssl.SSLError:
        raise
    except (ConnectionResetError, BrokenPipeError):
        raise LineBroken(Broken.NO_TLS if context is not None else Broken.REFUSED, f"{far.port}") from None
    except OSError as error:
        raise LineBroken(Broken.UNROUTED, type(error).__name__) from None


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        await within(1.0, writer.wait_closed())
    except (TimeoutError, OSError):
        pass  # it was only looked at


async def timed(ask: Callable[[], Awaitable[T]]) -> tuple[T, float]:
    """Return an answer and how long it took, seconds."""
    began = time.monotonic()
    found = await ask()
    return found, time.monotonic() - began
