"""What the platform was asked and what it answered, read from the captured exchanges."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

GRANT, FETCH, STATUS = "/v1/licences/grant", "/v1/licences/fetch", "/v1/licences/status"
ISSUE, REPLACE, SUSPEND = "/v1/serials/issue", "/v1/serials/replace", "/v1/serials/suspend"
STATE, LOOKUP = "/v1/serials/state", "/v1/serials/lookup"
TASK, RATING, CONFIRM = "/v1/back-office/put", "/v1/ratings/put", "/v1/keepers/confirm"
OK, NOT_FOUND = 0, 10


class Exchange(msgspec.Struct, frozen=True):
    """One exchange. `status`: the envelope's, None when no whole answer left; `data`: the answer's, {} without status OK."""

    name: str
    at: float
    path: str
    request: dict[str, Any]
    status: int | None
    data: dict[str, Any]
    raw_request: bytes

    @property
    def good(self) -> bool:
        """Whether a whole answer with status OK left the platform."""
        return self.status == OK


class _File(msgspec.Struct):
    at: str
    path: str
    status: int
    request_base64: str
    response_base64: str


class _Envelope(msgspec.Struct):
    status: int
    data: dict[str, Any] | None = None


def read(folder: Path) -> list[Exchange]:
    """Read every exchange, in order. Raise ValueError that names the file."""
    found = []
    for path in sorted(folder.glob("exchange-*.json")):
        try:
            found.append(_exchange(path))
        except (ValueError, msgspec.DecodeError) as error:
            raise ValueError(f"{path.name}: {error}") from None
    return found


def _exchange(path: Path) -> Exchange:
    file = msgspec.json.decode(path.read_bytes(), type=_File)
    request = base64.b64decode(file.request_base64, validate=True)
    envelope = _envelope(base64.b64decode(file.response_base64, validate=True)) if file.status == 200 else None
    return Exchange(
        name=path.stem,
        at=datetime.fromisoformat(file.at).timestamp(),
        path=file.path,
        request=_object(request),
        status=envelope.status if envelope else None,
        data=(envelope.data or {}) if envelope and envelope.status == OK else {},
        raw_request=request,
    )


def _envelope(raw: bytes) -> _Envelope | None:
    """What the kiosk could read of an answer; None for a torn or garbled one."""
    try:
        return msgspec.json.decode(raw, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def at(exchanges: Iterable[Exchange], *paths: str) -> Iterator[Exchange]:
    """Yield the exchanges with these endpoints."""
    return (each for each in exchanges if each.path in paths)
