"""What can go wrong between kiosk and platform, as values. Causes, cures and sentences are data: `faults.toml` beside this file."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from drivers.contract.faults import Action


class GatewayCode(StrEnum):
    """Every way in which a call can fail."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    SERVER_ERROR = "server_error"
    TORN = "torn"
    TOO_LARGE = "too_large"
    AUTH_FAILED = "auth_failed"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    NO_RECORD = "no_record"
    WRONG_PERSON = "wrong_person"
    GRANT_USED = "grant_used"
    CONFLICT = "conflict"
    DEPARTMENT_CLOSED = "department_closed"
    MAINTENANCE = "maintenance"
    WRONG_PIN = "wrong_pin"
    KEEPER_LOCKED = "keeper_locked"
    CODE_UNKNOWN = "code_unknown"
    CODE_USED = "code_used"
    CODE_EXPIRED = "code_expired"
    CODES_LOCKED = "codes_locked"
    CLOCK_WRONG = "clock_wrong"


class GatewayEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The catalogue's row for one code: Chinese texts, as a keeper, technician or visitor reads them."""

    action: Action
    cause: str
    cure: str
    visitor: str


class GatewayFault(Exception):
    """Raised by every port. Holds no personal data: `endpoint` is a path, `detail` says where, never what.

    `unsettled`: the request may have had its effect although no good answer came. Who asked for an effect must then settle
    it by a query (or by the same call with the same key), and must neither report success nor failure before that.
    """

    def __init__(self, code: GatewayCode, endpoint: str, detail: str = "", *, unsettled: bool = False) -> None:
        super().__init__(f"{endpoint}: {code}{' (' + detail + ')' if detail else ''}")
        self.code = code
        self.endpoint = endpoint
        self.detail = detail
        self.unsettled = unsettled

    @property
    def sentence_key(self) -> str:
        """The key of the sentence for the visitor: `gateway.CODE`."""
        return f"gateway.{self.code}"

    @property
    def entry(self) -> GatewayEntry:
        """The catalogue's row: who acts, cause, cure, the visitor's sentence."""
        return catalogue()[self.code]


@cache
def catalogue() -> dict[GatewayCode, GatewayEntry]:
    """Return the catalogue. Raise msgspec.ValidationError when `faults.toml` has an unknown code or field."""
    text = files("kiosk.gateways").joinpath("faults.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), type=dict[GatewayCode, GatewayEntry])
