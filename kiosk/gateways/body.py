"""JSON bodies that hold personal data: the one place where a gateway opens a `Secret` and where a reply's text becomes one.

SecretText is a JSON string, SecretBytes is base64. Decoding refuses what does not fit; errors never repeat the value.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec

from drivers.contract.secret import SecretBytes, SecretText

T = TypeVar("T")

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment that a reply tells: with its zone, or the reply is not as agreed. One without cannot be set against our clock."""


class NotThisShape(ValueError):
    """The body is not JSON, or not of the expected shape. The text names the place, never the value."""


def _enc_hook(value: object) -> str:
    if isinstance(value, SecretText):
        return value.reveal()
    if isinstance(value, SecretBytes):
        return base64.b64encode(value.reveal()).decode("ascii")
    raise NotImplementedError(f"{type(value).__name__} does not go into a request")


def _dec_hook(kind: type, raw: Any) -> object:
    if kind is SecretText and isinstance(raw, str):
        return SecretText(raw)
    if kind is SecretBytes and isinstance(raw, str):
        return SecretBytes(base64.b64decode(raw, validate=True))
    raise NotImplementedError(f"{kind.__name__} is not read from a reply")


_encoder = msgspec.json.Encoder(enc_hook=_enc_hook)


def encode(message: object) -> bytes:
    """Return the JSON of a request or reply."""
    return _encoder.encode(message)


def decode(raw: bytes | msgspec.Raw, kind: type[T]) -> T:
    """Read JSON as `kind`. Raise NotThisShape."""
    try:
        return msgspec.json.decode(raw, type=kind, dec_hook=_dec_hook, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error, NotImplementedError) as error:
        # msgspec quotes an unknown enum's value; the place ("$.data.state") is all that may be told.
        place = str(error).rpartition(" - at ")[2] if " - at " in str(error) else "the body"
        raise NotThisShape(f"{kind.__name__}: {place} is not as agreed") from None
