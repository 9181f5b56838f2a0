"""Port: a new machine becomes a kiosk of this platform, by a code that its operator has given out for it.

The code is 24 digits, written in 8 groups of three: the platform's number (3), 19 drawn at random, and two check digits (ISO 7064
MOD 97-10), so that a slip of the finger is told at once and costs no try. It lasts for a short time and for one key: who has
used it with a key gets the same answer with the same key again, and nobody with another one.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Protocol

import msgspec

from drivers.contract.secret import SecretText
from kiosk.gateways.body import Instant

CODE_DIGITS = 24
GROUP = 3
PLATFORM_DIGITS = 3

Line = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A text that somebody is shown before anything of the platform is proved: one line, no longer than a screen takes."""


class HelloRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Who is there? Asked before there is anything to sign with."""


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """The platform says who it is: `number` begins the codes that it gives out, `name` is its own, `time` its clock."""

    number: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{3}$")]
    name: Line
    time: Instant


class ClaimRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The code (digits only), and what the new machine asks to be certified: a PKCS #10 request (RFC 2986, PEM) for its own P-256
    key, signed by that key. The subject in it counts for nothing: the platform names the kiosk. `at` is the kiosk's clock;
    `runtime` and `model` tell the operator what has come."""

    code: SecretText
    request: str
    at: datetime
    runtime: str
    model: str


class PlaceTexts(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator knows of the place, in Simplified Chinese; empty where nothing is known."""

    name: Line = ""
    place: Line = ""
    elsewhere_place: Line = ""
    elsewhere_address: Line = ""
    elsewhere_hours: Line = ""
    elsewhere_phone: Line = ""


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """What a kiosk needs of its platform. `certificate` is for the key of the request; `secret` (hexadecimal, 32 bytes at least)
    signs its calls from now on; `issuer_roots` are those whose seals count, `operator_roots` those who certify kiosks (all PEM).
    `items` may be offered here."""

    kiosk_id: str
    certificate: str
    secret: SecretText
    issuer_roots: str
    operator_roots: str
    items: tuple[str, ...]
    favourites: tuple[str, ...] = ()
    texts: PlaceTexts = PlaceTexts()


class Enrolment(Protocol):
    """The port. Every call raises `GatewayFault`."""

    async def hello(self) -> Hello:
        """Ask who is there."""

    async def claim(self, request: ClaimRequest) -> Enrolled:
        """Claim. CODE_UNKNOWN, CODE_USED (with another key), CODE_EXPIRED, CODES_LOCKED after five unknown ones in a row,
        CLOCK_WRONG when the two clocks are more than five minutes apart."""


def code_of(text: str) -> str:
    """Return the digits of a code as somebody typed it or a QR code holds it ("…#117 204 …"): the last run of digits in groups.
    Empty when there are not exactly 24 digits. What stands before the mark counts for nothing: the platform is the one that the
    set-up has tried, never one that a sheet of paper names."""
    digits = re.sub(r"[\s-]", "", text.rpartition("#")[2])
    return digits if re.fullmatch(rf"\d{{{CODE_DIGITS}}}", digits, re.ASCII) else ""


def grouped(code: str) -> str:
    """Return a code as it is written."""
    return " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def check_digits(digits: str) -> str:
    """Return the two check digits of ISO 7064 MOD 97-10 for a text of digits."""
    return f"{98 - int(digits + '00') % 97:02d}"


def mistyped(code: str) -> bool:
    """Whether the check digits say that this is no code at all."""
    return len(code) != CODE_DIGITS or check_digits(code[:-2]) != code[-2:]


def platform_number(code: str) -> str:
    """Return the number of the platform that gave a code out."""
    return code[:PLATFORM_DIGITS]
