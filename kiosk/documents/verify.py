"""What a verification code is worth: the verdict of `kiosk verify`, of a clerk's device, of a counter.

A verdict speaks of the code. Whether the paper around it is the right paper, the reader must see: the sentence therefore
names serial and page, to be compared with what is printed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from functools import cache

import msgspec
from cryptography.x509 import Certificate

from kiosk.documents import chain
from kiosk.documents.code import Claim, CodeInvalid, parse
from kiosk.documents.policy import paper_policy, read


class SerialState(StrEnum):
    """What the issuing platform says of a serial."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REPLACED = "replaced"


class SerialStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The platform's answer. `at`: since when, Unix seconds; `replaced_by`: the new serial, where there is one."""

    state: SerialState
    at: float
    replaced_by: str = ""


class StatusUnavailable(Exception):
    """The platform cannot be asked now."""


Lookup = Callable[[str], Awaitable[SerialStatus | None]]
"""Ask by serial. None: there is no such serial. Raises StatusUnavailable when nobody can say."""


class Finding(StrEnum):
    """The verdict in a word."""

    GENUINE = "genuine"
    GENUINE_STATUS_UNKNOWN = "genuine_status_unknown"
    SUSPENDED = "suspended"
    REPLACED = "replaced"
    EXPIRED = "expired"
    FORGED = "forged"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict as data (`msgspec.json.encode(verdict)`) and as a sentence.

    `reason` is a key of `verdicts.toml`, section `forged`. Times are Unix seconds. What a forged code says of itself is
    not repeated: serial, kiosk and the rest are empty then.
    """

    finding: Finding
    sentence: str
    checked_at: int
    reason: str = ""
    kind: str = ""
    serial: str = ""
    kiosk: str = ""
    page: int = 0
    of: int = 0
    issued_at: int = 0
    expires_at: int = 0
    licence_type: str = ""
    status_at: int = 0
    replaced_by: str = ""


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of `verdicts.toml`."""

    lookup_seconds: float
    future_seconds: int
    sentence: dict[Finding, str]
    kind: dict[str, str]
    forged: dict[str, str]


@cache
def words() -> Words:
    """Return the bundled sentences. Raise msgspec.ValidationError when `verdicts.toml` has a wrong or unknown key."""
    return msgspec.convert(read("verdicts.toml"), type=Words)


async def judge(
    code_text: str,
    *,
    operator_roots: Sequence[Certificate],
    now: float,
    lookup: Lookup | None = None,
    timezone: str = "Asia/Shanghai",
) -> Verdict:
    """Judge a scanned text at the time `now` (Unix seconds); without `lookup` off line. Never raises for a bad text."""
    try:
        code = parse(code_text)
        chain.require_authentic(code, operator_roots)
    except CodeInvalid:
        return _forged("unreadable", now)
    except chain.NotGenuine as error:
        return _forged(str(error), now)
    claim = code.claim
    if claim.issued_at > now + words().future_seconds:
        return _forged("future", now)
    try:
        status = await _ask(lookup, claim.serial)
    except StatusUnavailable:
        finding = Finding.EXPIRED if now > claim.expires_at else Finding.GENUINE_STATUS_UNKNOWN
        return _verdict(finding, claim, None, now, timezone)
    if status is None:
        return _forged("unknown_serial", now)
    return _verdict(_weigh(claim, status, now), claim, status, now, timezone)


async def _ask(lookup: Lookup | None, serial: str) -> SerialStatus | None:
    if lookup is None:
        raise StatusUnavailable
    try:
        async with asyncio.timeout(words().lookup_seconds):
            return await lookup(serial)
    except TimeoutError:
        raise StatusUnavailable from None


def _weigh(claim: Claim, status: SerialStatus, now: float) -> Finding:
    if status.state is SerialState.REPLACED:
        return Finding.REPLACED
    if status.state is SerialState.SUSPENDED:
        return Finding.SUSPENDED
    return Finding.EXPIRED if now > claim.expires_at else Finding.GENUINE


def _verdict(finding: Finding, claim: Claim, status: SerialStatus | None, now: float, timezone: str) -> Verdict:
    kind = claim.kind.name.lower()
    policy = paper_policy()
    sentence = (
        words()
        .sentence[finding]
        .format(
            serial=claim.serial,
            page=words().kind[kind].format(page=claim.page, of=claim.of),
            checked=policy.local(now, timezone),
            expires=policy.local(claim.expires_at, timezone),
            changed=policy.local(status.at, timezone) if status else "",
            replaced_by=status.replaced_by if status else "",
        )
    )
    return Verdict(
        finding=finding,
        sentence=sentence,
        checked_at=int(now),
        kind=kind,
        serial=claim.serial,
        kiosk=claim.kiosk,
        page=claim.page,
        of=claim.of,
        issued_at=claim.issued_at,
        expires_at=claim.expires_at,
        licence_type=claim.licence_type,
        status_at=int(status.at) if status else 0,
        replaced_by=status.replaced_by if status else "",
    )


def _forged(reason: str, now: float) -> Verdict:
    sentence = words().sentence[Finding.FORGED].format(reason=words().forged[reason])
    return Verdict(finding=Finding.FORGED, sentence=sentence, checked_at=int(now), reason=reason)
