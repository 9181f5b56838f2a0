"""One signed call over HTTP: time-outs, size limits, bounded repeats, and every failure as a `GatewayFault`."""

from __future__ import annotations

import asyncio
import ipaddress
import random
import ssl
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

import httpx
import msgspec

from drivers.contract.secret import SecretBytes
from kiosk.gateways import body, signing
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.gateways.interface import Endpoint, Envelope, Status

T = TypeVar("T")

_CODES: dict[int, GatewayCode] = {
    Status.NO_SUCH_SERVICE: GatewayCode.REFUSED,
    Status.NOT_FOUND: GatewayCode.NOT_FOUND,
    Status.AUTH_FAILED: GatewayCode.AUTH_FAILED,
    Status.BAD_REQUEST: GatewayCode.REFUSED,
    Status.OTHER: GatewayCode.SERVER_ERROR,
    Status.NO_PERMISSION: GatewayCode.REFUSED,
    Status.BAD_VALUE: GatewayCode.REFUSED,
    Status.NO_RECORD: GatewayCode.NO_RECORD,
    Status.GRANT_USED: GatewayCode.GRANT_USED,
    Status.CONFLICT: GatewayCode.CONFLICT,
    Status.DEPARTMENT_CLOSED: GatewayCode.DEPARTMENT_CLOSED,
    Status.MAINTENANCE: GatewayCode.MAINTENANCE,
    Status.WRONG_PIN: GatewayCode.WRONG_PIN,
    Status.KEEPER_LOCKED: GatewayCode.KEEPER_LOCKED,
    Status.WRONG_PERSON: GatewayCode.WRONG_PERSON,
    Status.CODE_UNKNOWN: GatewayCode.CODE_UNKNOWN,
    Status.CODE_USED: GatewayCode.CODE_USED,
    Status.CODE_EXPIRED: GatewayCode.CODE_EXPIRED,
    Status.CODES_LOCKED: GatewayCode.CODES_LOCKED,
    Status.CLOCK_WRONG: GatewayCode.CLOCK_WRONG,
}
_PASSING = {GatewayCode.UNREACHABLE, GatewayCode.TIMEOUT, GatewayCode.TORN, GatewayCode.SERVER_ERROR}
"""Faults that may be gone a moment later; only these are tried again."""


_NOT_NOW = (
    httpx.codes.REQUEST_TIMEOUT,
    httpx.codes.MISDIRECTED_REQUEST,
    httpx.codes.TOO_EARLY,
    httpx.codes.TOO_MANY_REQUESTS,
)
"""What a proxy in front says when it is busy (RFC 9110, 6585, 8470): no refusal by the platform. Taken for one, a suspension that
waits in the outbox would be given up, and a doubtful paper stay valid."""


class HttpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach the platform. Seconds and bytes; the defaults are ours, chosen so that a visitor is told what
    to do next within `patience_s` (a try that ran out of it is not repeated; others are, after a pause that doubles).

    `address`: https://host[:port][/prefix], or http:// on a loopback address. `kiosk` and `secret` are empty for a client of
    the public look-up or of enrolment alone. `authority_file`: PEM of the CA of the platform's TLS certificate, where it is not
    a public one.
    """

    address: str
    kiosk: str = ""
    secret: SecretBytes = msgspec.field(default_factory=lambda: SecretBytes(b""))
    authority_file: Path | None = None
    connect_s: float = 2.0
    patience_s: float = 5.0
    heavy_patience_s: float = 20.0
    repeats: int = 2
    repeat_pause_s: float = 0.2
    reply_limit: int = 256 * 1024
    heavy_reply_limit: int = 12 * 1024 * 1024
    keep_alive_s: float = 2.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.query
            or parts.fragment
            or not _port_exists(parts)
        ):
            raise ValueError("address: give https://host[:port][/prefix] of the platform")
        if parts.scheme == "http" and not _is_loopback(parts.hostname):
            raise ValueError("address: plain http is allowed on a loopback address only; use https")


class Transport:
    """Carries calls; one for the life of the process. `aclose()` in the end."""

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings
        self._prefix = urlsplit(settings.address).path.rstrip("/")
        self._client = httpx.AsyncClient(
            base_url=settings.address.rstrip("/"),
            trust_env=False,  # a proxy variable left in the environment must not see requests
            follow_redirects=False,
            verify=True if settings.authority_file is None else trust(settings.authority_file),
            timeout=httpx.Timeout(None, connect=settings.connect_s),
            limits=httpx.Limits(max_connections=8, keepalive_expiry=settings.keep_alive_s),
            # identity: the size limit then counts what is really kept, and no reply unpacks into a flood
            headers={"accept": "application/json", "accept-encoding": "identity", "user-agent": "kiosk"},
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def call(self, endpoint: Endpoint, request: object, kind: type[T]) -> T:
        """Send `request`, return the reply's data as `kind`. Raise GatewayFault."""
        raw = body.encode(request)
        tries = 1 + (self._settings.repeats if endpoint.repeatable else 0)
        unsettled = False
        for attempt in range(tries):
            try:
                return await self._attempt(endpoint, raw, kind)
            except GatewayFault as fault:
                unsettled = unsettled or fault.unsettled
                if fault.code not in _PASSING or fault.code is GatewayCode.TIMEOUT or attempt == tries - 1:
                    # An earlier try may have had its effect even where the last one never left this machine.
                    raise GatewayFault(fault.code, endpoint.path, fault.detail, unsettled=unsettled) from None
            await asyncio.sleep(self._settings.repeat_pause_s * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311
        raise AssertionError("the last try returns or raises")

    async def _attempt(self, endpoint: Endpoint, raw: bytes, kind: type[T]) -> T:
        patience = self._settings.heavy_patience_s if endpoint.heavy else self._settings.patience_s
        try:
            async with asyncio.timeout(patience):
                reply = await self._exchange(endpoint, raw)
        except TimeoutError:
            raise GatewayFault(GatewayCode.TIMEOUT, endpoint.path, unsettled=endpoint.effect) from None
        return _read(endpoint, reply, kind)

    async def _exchange(self, endpoint: Endpoint, raw: bytes) -> bytes:
        headers = {"content-type": "application/json"}
        if endpoint.signed:
            settings = self._settings
            path = self._prefix + endpoint.path
            headers |= signing.sign(path, raw, kiosk=settings.kiosk, secret=settings.secret.reveal())
        try:
            async with self._client.stream("POST", endpoint.path, content=raw, headers=headers) as response:
                if response.status_code != httpx.codes.OK:
                    raise _http_fault(endpoint, response.status_code)
                return await self._body(endpoint, response)
        # `from None` throughout: httpx exceptions hold the request, and with it the body.
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise GatewayFault(GatewayCode.UNREACHABLE, endpoint.path, type(error).__name__) from None
        except httpx.TransportError as error:
            detail = type(error).__name__
            raise GatewayFault(GatewayCode.TORN, endpoint.path, detail, unsettled=endpoint.effect) from None

    async def _body(self, endpoint: Endpoint, response: httpx.Response) -> bytes:
        limit = self._settings.heavy_reply_limit if endpoint.heavy else self._settings.reply_limit
        found = bytearray()
        if response.headers.get("content-encoding", "identity") != "identity":
            raise GatewayFault(GatewayCode.TORN, endpoint.path, "packed reply", unsettled=endpoint.effect)
        async for chunk in response.aiter_bytes():
            found += chunk
            if len(found) > limit:
                raise GatewayFault(GatewayCode.TOO_LARGE, endpoint.path, f"> {limit} bytes", unsettled=endpoint.effect)
        return bytes(found)


def _read(endpoint: Endpoint, reply: bytes, kind: type[T]) -> T:
    try:
        envelope = body.decode(reply, Envelope)
        if envelope.status == Status.OK:
            return body.decode(envelope.data, kind)
    except body.NotThisShape as error:
        raise GatewayFault(GatewayCode.TORN, endpoint.path, str(error), unsettled=endpoint.effect) from None
    code = _CODES.get(envelope.status, GatewayCode.SERVER_ERROR)
    if code is GatewayCode.SERVER_ERROR:
        detail = f"status {envelope.status}"
        raise GatewayFault(GatewayCode.SERVER_ERROR, endpoint.path, detail, unsettled=endpoint.effect)
    raise GatewayFault(code, endpoint.path)


def _http_fault(endpoint: Endpoint, status: int) -> GatewayFault:
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return GatewayFault(GatewayCode.AUTH_FAILED, endpoint.path, f"HTTP {status}")
    if httpx.codes.is_server_error(status) or status in _NOT_NOW:
        # A gateway's 502 or 504 may come after the platform behind it has done its work.
        return GatewayFault(GatewayCode.SERVER_ERROR, endpoint.path, f"HTTP {status}", unsettled=endpoint.effect)
    return GatewayFault(GatewayCode.REFUSED, endpoint.path, f"HTTP {status}")


def _port_exists(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def trust(authority_file: Path) -> ssl.SSLContext:
    """Return what believes this CA alone. Raise OSError, ValueError that names the file and the cure."""
    with authority_file.open("rb"):
        pass  # ssl's own error for a file that cannot be read does not name it
    try:
        return ssl.create_default_context(cafile=str(authority_file))
    except ssl.SSLError:
        raise ValueError(
            f"{authority_file}: no certificate in PEM; put the CA of the platform's TLS server there"
        ) from None
