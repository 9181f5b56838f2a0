"""Base45 (RFC 9285): bytes as the 45 characters that a QR code packs into 5.5 bits each. Strict: one text for one value."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}


def encode(data: bytes) -> str:
    """Return the base45 text of `data`: three characters for two bytes, two for a last single one."""
    out: list[str] = []
    for at in range(0, len(data) - 1, 2):
        rest, low = divmod(data[at] << 8 | data[at + 1], 45)
        high, middle = divmod(rest, 45)
        out += _ALPHABET[low], _ALPHABET[middle], _ALPHABET[high]
    if len(data) % 2:
        high, low = divmod(data[-1], 45)
        out += _ALPHABET[low], _ALPHABET[high]
    return "".join(out)


def decode(text: str) -> bytes:
    """Return the bytes. Raise ValueError at a foreign character, a wrong length or a group that is too large."""
    if len(text) % 3 == 1:
        raise ValueError("base45 text is cut off")
    try:
        values = [_VALUE[character] for character in text]
    except KeyError:
        raise ValueError("base45 text holds a foreign character") from None
    out = bytearray()
    for at in range(0, len(values), 3):
        group = values[at : at + 3]
        number = sum(value * 45**power for power, value in enumerate(group))
        try:
            out += number.to_bytes(len(group) - 1, "big")
        except OverflowError:
            raise ValueError("base45 group is too large") from None
    return bytes(out)
