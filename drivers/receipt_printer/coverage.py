"""Which characters a font file has: its character map read where it lies, without the 30 MB that parsed fonts leave behind.

Source: OpenType 1.9.1, "Organization of an OpenType font" and "cmap" (formats 4 and 12: every font with Unicode names has one).
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator

_LAST = 0x10FFFF
_UNICODE = {(3, 10): 12, (0, 6): 12, (0, 4): 12, (3, 1): 4, (0, 3): 4, (0, 2): 4, (0, 1): 4, (0, 0): 4}
"""(platform, encoding) of the maps that speak Unicode, the fullest first, and the format that each is written in."""


def coverage(path: str, face: int = 0) -> bytes:
    """Return one bit a code point: bit n % 8 of byte n // 8. `face` counts within a collection (.ttc).

    Raise OSError when the file cannot be read, ValueError when it is no font with a Unicode map.
    """
    bits = bytearray((_LAST + 1) // 8)
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as font:
        try:
            for first, last in _ranges(font, _font(font, face)):
                for point in range(first, last + 1):
                    bits[point // 8] |= 1 << point % 8
        except (struct.error, IndexError):
            raise ValueError("the font file is cut short or no font") from None
    return bytes(bits)


def _font(font: mmap.mmap, face: int) -> int:
    """Where the table directory of this face begins."""
    if font[:4] != b"ttcf":
        if face:
            raise ValueError(f"face {face} is asked for, and the file is no collection")
        return 0
    (faces,) = struct.unpack_from(">I", font, 8)
    if face >= faces:
        raise ValueError(f"face {face} is asked for, and the collection has {faces}")
    return int(struct.unpack_from(">I", font, 12 + 4 * face)[0])


def _ranges(font: mmap.mmap, directory: int) -> Iterator[tuple[int, int]]:
    cmap = _table(font, directory, b"cmap")
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    maps = {}
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * number)
        maps[platform, encoding] = cmap + offset
    for kind, wanted in _UNICODE.items():
        at = maps.get(kind)
        if at is not None and struct.unpack_from(">H", font, at) == (wanted,):
            return _segments(font, at) if wanted == 4 else _groups(font, at)
    raise ValueError("the font has no Unicode map")


def _table(font: mmap.mmap, directory: int, tag: bytes) -> int:
    (count,) = struct.unpack_from(">H", font, directory + 4)
    for number in range(count):
        name, _, offset, _ = struct.unpack_from(">4sIII", font, directory + 12 + 16 * number)
        if name == tag:
            return int(offset)
    raise ValueError(f"the file has no table {tag.decode()}; it is no font")


def _groups(font: mmap.mmap, at: int) -> Iterator[tuple[int, int]]:
    """Format 12: ranges of code points, each with the glyph of its first; glyph 0 stands for "none"."""
    (count,) = struct.unpack_from(">I", font, at + 12)
    before = -1
    for number in range(count):
        first, last, glyph = struct.unpack_from(">III", font, at + 16 + 12 * number)
        if not before < first <= last <= _LAST:
            raise ValueError("the font's map is not in order")
        before = last
        yield first + (glyph == 0), last


def _segments(font: mmap.mmap, at: int) -> Iterator[tuple[int, int]]:
    """Format 4: four parallel columns; a segment counts its glyphs from a delta, or looks each up."""
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends = at + 14
    starts, deltas, offsets = (ends + 2 + 2 * count * column for column in (1, 2, 3))
    before = -1
    for number in range(count):
        last, first, delta, offset = (
            struct.unpack_from(">H", font, column + 2 * number)[0] for column in (ends, starts, deltas, offsets)
        )
        if not before < first <= last:
            raise ValueError("the font's map is not in order")
        before = last
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = point
            if offset:
                (glyph,) = struct.unpack_from(">H", font, offsets + 2 * number + offset + 2 * (point - first))
            if (glyph + delta) & 0xFFFF and (glyph or not offset):
                yield point, point
