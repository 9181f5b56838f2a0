"""Lines of the sample protocol, from the driver's side.

    $007,ARM*1A2B3C4D      number, word, fields; CRC-32 (zlib) of what stands between $ and *, in hexadecimal; then CR LF

The answer has the number of its question and the word again; NAK and a reason when it is refused.
"""

from __future__ import annotations

import binascii
import re

_LINE = re.compile(rb"\$([^$*\r\n]*)\*([0-9A-F]{8})\r\n")


def encode(number: int, *fields: str) -> bytes:
    """A question."""
    body = ",".join((f"{number:03d}", *fields)).encode("ascii")
    return b"$%s*%08X\r\n" % (body, binascii.crc32(body))


def find(received: bytes | bytearray, number: int) -> list[str] | None:
    """Word and fields of the whole, sound answer of this number; None: not yet. Torn and late lines are passed over."""
    for match in _LINE.finditer(received):
        body, given = match[1], int(match[2], 16)
        if binascii.crc32(body) != given:
            continue
        numbered, *fields = body.decode("ascii", "replace").split(",")
        if numbered == f"{number:03d}" and fields:
            return fields
    return None
