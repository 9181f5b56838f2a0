"""Why a licence is not used, as values. Causes, cures and sentences are data: `refusals.toml` beside this file."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from drivers.contract.faults import Action


class RefusalCode(StrEnum):
    """Every reason. One reason is enough: the checks stop at the first."""

    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    SEAL_MISSING = "seal_missing"
    SEAL_BROKEN = "seal_broken"
    NOT_COVERED = "not_covered"
    WRONG_ISSUER = "wrong_issuer"
    SIGNER_NOT_VALID = "signer_not_valid"
    METADATA_INVALID = "metadata_invalid"
    WRONG_TYPE = "wrong_type"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    WRONG_PERSON = "wrong_person"
    PAGE_WITHOUT_OWNER = "page_without_owner"
    OTHER_PERSON_ON_PAGE = "other_person_on_page"


class RefusalEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The catalogue's row for one code: Chinese texts, as a keeper, technician or visitor reads them."""

    action: Action
    cause: str
    cure: str
    visitor: str


class LicenceRefused(Exception):
    """The licence is not used. `detail` says where (a page, a field), never whose or what."""

    def __init__(self, code: RefusalCode, detail: str = "") -> None:
        super().__init__(f"licence refused: {code}{' (' + detail + ')' if detail else ''}")
        self.code = code
        self.detail = detail

    @property
    def sentence_key(self) -> str:
        """The key of the sentence for the visitor: `licence.CODE`."""
        return f"licence.{self.code}"

    @property
    def entry(self) -> RefusalEntry:
        """The catalogue's row: who acts, cause, cure, the visitor's sentence."""
        return catalogue()[self.code]


@cache
def catalogue() -> dict[RefusalCode, RefusalEntry]:
    """Return the catalogue. Raise msgspec.ValidationError when `refusals.toml` has an unknown code or field."""
    text = files("kiosk.licences").joinpath("refusals.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), type=dict[RefusalCode, RefusalEntry])
