"""The far end's own record: every exchange as it crossed the wire, for a checker that believes nothing else. Bench only."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from kiosk.sandbox.folder import write_private


class Exchange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request and what was sent back. `response_base64` is what really left (cut replies are short or empty).

    `status` is the HTTP status, 0 when none was sent; `fault` names the verbs that were at work.
    """

    at: str
    method: str
    path: str
    status: int
    request_base64: str
    response_base64: str
    fault: str = ""


class Capture:
    """Writes exchange-NNNN.json, numbered from 0001 in the order of the answers; goes on where the folder ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = len(list(folder.glob("exchange-*.json")))

    def write(self, method: str, path: str, request: bytes, status: int, response: bytes, fault: str) -> None:
        """Keep one exchange. Called before the answer leaves, so that nothing a kiosk has seen is missing here."""
        self._count += 1
        exchange = Exchange(
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            method=method,
            path=path,
            status=status,
            request_base64=base64.b64encode(request).decode("ascii"),
            response_base64=base64.b64encode(response).decode("ascii"),
            fault=fault,
        )
        write_private(self._folder / f"exchange-{self._count:04d}.json", msgspec.json.encode(exchange))
