"""How far the platform is: its name, its port, its certificate, itself, its clock. Each part is tried by itself, so that whoever
stands before the panel knows whom to call."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec

from drivers.link.within import within
from kiosk.gateways.enrolment import Hello
from kiosk.gateways.fault import GatewayFault
from kiosk.gateways.http import HttpPlatform
from kiosk.gateways.signing import TOLERANCE
from kiosk.gateways.transport import HttpSettings, trust
from kiosk.setup.limits import limits


class Part(StrEnum):
    """The parts of the way, in order."""

    NAME = "name"
    PORT = "port"
    CERTIFICATE = "certificate"
    PLATFORM = "platform"
    CLOCK = "clock"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One part: whether it is well, and a few words: an address, milliseconds, a name, whose certificate is not believed."""

    part: Part
    ok: bool
    words: str = ""


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, up to the first part that is not well. `hello` is what the platform said of itself."""

    findings: tuple[Finding, ...]
    hello: Hello | None = None

    @property
    def ok(self) -> bool:
        """Whether all of it is well."""
        return len(self.findings) >= 1 and all(each.ok for each in self.findings) and self.hello is not None

    @property
    def failed(self) -> Part | None:
        """The part that is not well."""
        return next((each.part for each in self.findings if not each.ok), None)


async def reach(url: str, authority: Path | None) -> Reach:
    """Try the way to a platform, part by part. Raise ValueError for an address that cannot be one."""
    settings = HttpSettings(address=url, authority_file=authority, patience_s=limits().seconds.reach)
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    found: list[Finding] = []
    try:
        found.append(await _name(host))
        found.append(await _port(host, port))
        if parts.scheme == "https":
            found.append(await _certificate(host, port, authority))
    except _Stops as stops:
        return Reach(findings=(*found, stops.finding))
    platform = HttpPlatform(settings)
    try:
        before = time.monotonic()
        hello = await platform.hello()
        took = time.monotonic() - before
    except GatewayFault as fault:
        return Reach(findings=(*found, Finding(part=Part.PLATFORM, ok=False, words=str(fault.code))))
    finally:
        await platform.aclose()
    found.append(Finding(part=Part.PLATFORM, ok=True, words=f"{hello.name} · {round(1000 * took)} 毫秒"))
    late = datetime.now(UTC) - hello.time
    words = f"{round(late.total_seconds() / 60):+d}" if abs(late) > TOLERANCE else ""
    found.append(Finding(part=Part.CLOCK, ok=not words, words=words))
    return Reach(findings=tuple(found), hello=hello)


class _Stops(Exception):
    def __init__(self, part: Part, words: str = "") -> None:
        super().__init__(part.value)
        self.finding = Finding(part=part, ok=False, words=words)


async def _name(host: str) -> Finding:
    try:
        found = await within(
            limits().seconds.reach, asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        )
    except (OSError, TimeoutError, UnicodeError):
        raise _Stops(Part.NAME) from None
    return Finding(part=Part.NAME, ok=True, words=str(found[0][4][0]))


async def _port(host: str, port: int) -> Finding:
    before = time.monotonic()
    try:
        _, writer = await within(limits().seconds.reach, asyncio.open_connection(host, port))
    except (OSError, TimeoutError):
        raise _Stops(Part.PORT, str(port)) from None
    took = time.monotonic() - before
    writer.close()
    return Finding(part=Part.PORT, ok=True, words=f"{round(1000 * took)} 毫秒")


async def _certificate(host: str, port: int, authority: Path | None) -> Finding:
    try:
        context = httpx.create_ssl_context() if authority is None else trust(authority)
        _, writer = await within(limits().seconds.reach, asyncio.open_connection(host, port, ssl=context))
    except ssl.SSLCertVerificationError as error:
        raise _Stops(Part.CERTIFICATE, error.verify_message or "") from None
    except (OSError, TimeoutError, ValueError) as error:
        raise _Stops(Part.CERTIFICATE, type(error).__name__) from None
    writer.close()
    return Finding(part=Part.CERTIFICATE, ok=True)
