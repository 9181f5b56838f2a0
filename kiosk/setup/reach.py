"""How far the platform is: its name, its port, its certificate, itself, its clock. Each part is tried by itself, so that whoever
stands before the panel knows whom to call."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from kiosk.gateways.enrolment import Hello
from kiosk.gateways.fault import GatewayFault
from kiosk.gateways.http import HttpPlatform
from kiosk.gateways.line import Far, LineBroken, address_of, certificate, connected, timed
from kiosk.gateways.signing import TOLERANCE
from kiosk.gateways.transport import HttpSettings
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
    patience = limits().seconds.reach
    settings = HttpSettings(address=url, authority_file=authority, patience_s=patience)
    far, part = Far.of(url), Part.NAME
    found: list[Finding] = []
    try:
        address = await address_of(far, patience)
        found.append(Finding(part=part, ok=True, words=address))
        part = Part.PORT
        took = await connected(far, address, patience)
        found.append(Finding(part=part, ok=True, words=f"{round(1000 * took)} 毫秒"))
        if far.tls:
            part = Part.CERTIFICATE
            await certificate(far, address, authority, patience)
            found.append(Finding(part=part, ok=True))
    except (LineBroken, OSError, ValueError) as error:  # the last two: the authority file
        words = error.detail if isinstance(error, LineBroken) else type(error).__name__
        words = str(far.port) if part is Part.PORT else words
        return Reach(findings=(*found, Finding(part=part, ok=False, words=words)))
    platform = HttpPlatform(settings)
    try:
        hello, took = await timed(platform.hello)
    except GatewayFault as fault:
        return Reach(findings=(*found, Finding(part=Part.PLATFORM, ok=False, words=str(fault.code))))
    finally:
        await platform.aclose()
    found.append(Finding(part=Part.PLATFORM, ok=True, words=f"{hello.name} · {round(1000 * took)} 毫秒"))
    late = datetime.now(UTC) - hello.time
    words = f"{round(late.total_seconds() / 60):+d}" if abs(late) > TOLERANCE else ""
    found.append(Finding(part=Part.CLOCK, ok=not words, words=words))
    return Reach(findings=tuple(found), hello=hello)
