"""The one encoder that carries secrets between processes. msgpack by msgspec; wrong data is refused when decoded."""

from __future__ import annotations

from typing import Any

import msgspec

from drivers.contract.secret import Secret, SecretBytes, SecretText


def _enc_hook(value: object) -> bytes:
    if isinstance(value, Secret):
        return value.raw()
    raise NotImplementedError(f"{type(value).__name__} does not cross a process boundary")


def _dec_hook(kind: type, raw: Any) -> object:
    if kind in (SecretText, SecretBytes):
        if not isinstance(raw, bytes):
            # ValueError: the decoder turns it into a ValidationError that names the field.
            raise ValueError(f"Expected `bytes`, got `{type(raw).__name__}`")
        return kind.from_raw(raw)
    raise NotImplementedError(f"{kind.__name__} does not cross a process boundary")


_encoder = msgspec.msgpack.Encoder(enc_hook=_enc_hook)
_decoders: dict[object, msgspec.msgpack.Decoder[Any]] = {}


def encode(message: object) -> bytes:
    """Encode one message. Raise NotImplementedError for a type that must stay in its process."""
    return _encoder.encode(message)


def decode(raw: bytes, kind: Any) -> Any:
    """Decode one message of type (or union) `kind`. Raise msgspec.ValidationError or DecodeError naming the field."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.msgpack.Decoder(kind, dec_hook=_dec_hook)
    try:
        return decoder.decode(raw)
    except UnicodeDecodeError:  # of a bent key; it would carry the message's bytes along
        raise msgspec.DecodeError("a text in the message is not UTF-8") from None
