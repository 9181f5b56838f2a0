"""Motion JPEG in AVI as a stream without end: lists and chunks (Microsoft, "AVI RIFF File Reference"); a length of 0 is endless."""

from __future__ import annotations

import struct

_ENDLESS = 0
_AVIH = struct.Struct("<14I")
_STRH = struct.Struct("<4s4sIHHIIIIIIII4H")
_BITMAPINFO = struct.Struct("<IiiHH4sIiiII")
_MICROSECONDS = 1_000_000
_RATE_SCALE = 1000
_BITS_A_PIXEL = 24


def header(width: int, height: int, fps: float) -> bytes:
    """Everything before the first picture."""
    most = width * height * 3
    main = _AVIH.pack(round(_MICROSECONDS / fps), round(most * fps), 0, 0, 0, 0, 1, most, width, height, 0, 0, 0, 0)
    stream = _STRH.pack(
        b"vids", b"MJPG", 0, 0, 0, 0, _RATE_SCALE, round(fps * _RATE_SCALE), 0, 0, most, 0xFFFFFFFF, 0, 0, 0, width, height
    )  # fmt: skip
    form = _BITMAPINFO.pack(_BITMAPINFO.size, width, height, 1, _BITS_A_PIXEL, b"MJPG", most, 0, 0, 0, 0)
    one_stream = _list(b"strl", _named(b"strh", stream) + _named(b"strf", form))
    head = _list(b"hdrl", _named(b"avih", main) + one_stream)
    return b"RIFF" + struct.pack("<I", _ENDLESS) + b"AVI " + head + b"LIST" + struct.pack("<I", _ENDLESS) + b"movi"


def chunk(jpeg: bytes) -> bytes:
    """One picture of stream 0 ("dc": compressed)."""
    return _named(b"00dc", jpeg)


def _named(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _list(name: bytes, data: bytes) -> bytes:
    return _named(b"LIST", name + data)
