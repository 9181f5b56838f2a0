"""The metadata that an issuer seals into a licence: attachment `licence.json`, with the field set of GB/T 36903 in public use."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from drivers.contract.secret import SecretText
from kiosk.licences import identifier

ATTACHMENT = "licence.json"


class Metadata(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={
        "identifier": "certificateIdentifier",
        "name": "certificateName",
        "type_code": "certificateTypeCode",
        "number": "certificateNumber",
        "issuer": "certificateIssuingAuthorityName",
        "issuer_code": "certificateIssuingAuthorityCode",
        "issued": "certificateIssuedDate",
        "valid_from": "certificateEffectiveDate",
        "valid_to": "certificateExpiringDate",
        "holder_name": "certificateHolderName",
        "holder_number": "certificateHolderCode",
        "holder_type": "certificateHolderTypeCode",
        "pages": "certificatePages",
    },
):
    """证照标识, 证照名称, 证照类型代码, 证照编号, 颁发机构, 颁发机构代码, 颁发日期, 有效期起始, 有效期截止, 持证主体, 持证主体代码,
    持证主体代码类型代码, and the number of pages. Dates are local dates, both ends included. 证照编号 is a secret, because for some
    licences it is the citizen number."""

    identifier: str
    name: str
    type_code: str
    number: SecretText
    issuer: str
    issuer_code: str
    issued: date
    valid_from: date
    valid_to: date
    holder_name: SecretText
    holder_number: SecretText
    holder_type: str
    pages: int


def encode(metadata: Metadata) -> bytes:
    """Return the attachment's bytes (JSON, UTF-8)."""
    return msgspec.json.format(msgspec.json.encode(metadata, enc_hook=_enc_hook))


def decode(raw: bytes) -> Metadata:
    """Read the attachment. Raise ValueError that names the field and never repeats its value."""
    try:
        found = msgspec.json.decode(raw, type=Metadata, dec_hook=_dec_hook)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{ATTACHMENT}: {str(error).rpartition(' - at ')[2] or 'the text'} is not as agreed") from None
    parts = identifier.parse(found.identifier)
    if (parts.licence_type, parts.issuer) != (found.type_code, found.issuer_code):
        raise ValueError(f"{ATTACHMENT}: certificateIdentifier does not fit type and issuer")
    if not (found.holder_name and found.holder_number):
        raise ValueError(f"{ATTACHMENT}: certificateHolderName or certificateHolderCode is empty")
    return found


def _enc_hook(value: object) -> str:
    if isinstance(value, SecretText):
        return value.reveal()
    raise NotImplementedError(f"{type(value).__name__} does not go into {ATTACHMENT}")


def _dec_hook(kind: type, raw: Any) -> object:
    if kind is SecretText and isinstance(raw, str):
        return SecretText(raw)
    raise NotImplementedError(f"{kind.__name__} is not read from {ATTACHMENT}")
