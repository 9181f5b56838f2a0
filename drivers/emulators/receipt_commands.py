"""ESC/POS bytes taken apart into commands: what a printer's firmware does first.

Source: Epson ESC/POS command reference. Only lengths are decided here; what a command does is `receipt_paper`'s matter.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_DATA = 1 << 20
"""Bytes of one picture or code; a longer one is noise that happened to look like a header."""

_FIXED = {
    b"\x1b": dict(zip(b"@2!EGadJ-MRt3 {V=rTU", [0, 0] + [1] * 18, strict=True))
    | {b"c"[0]: 2, b"p"[0]: 3, b"$"[0]: 2, b"\\"[0]: 2},
    b"\x1c": dict(zip(b"&.!W-CSp", [0, 0, 1, 1, 1, 1, 2, 2], strict=True)),
    b"\x1d": dict(zip(b"!BaIrhwHfbLWP$", [1] * 10 + [2] * 4, strict=True)),
}
"""Argument bytes after lead byte and letter, for commands of fixed length."""

_NAMES = {b"\x1b": "ESC", b"\x1c": "FS", b"\x1d": "GS"}


@dataclass(frozen=True)
class Command:
    """`name` as the manual writes it ("GS v 0", "LF", "text"); `data` are its arguments (for text the bytes themselves)."""

    name: str
    data: bytes = b""
    known: bool = True


def take(buffer: bytes) -> tuple[Command, int] | None:
    """Return the first command and the bytes it takes, or None when its end has not come yet."""
    first = buffer[:1]
    if not first:
        return None
    if first in _NAMES:
        return _take_lettered(buffer)
    if first == b"\x10":
        return _take_realtime(buffer)
    if first[0] < 0x20:
        name = {0x0A: "LF", 0x0D: "CR", 0x09: "HT", 0x0C: "FF", 0x18: "CAN"}.get(first[0])
        return Command(name or f"{first[0]:02X}", known=name is not None), 1
    end = next((index for index, byte in enumerate(buffer) if byte < 0x20), len(buffer))
    return Command("text", buffer[:end]), end


def _take_realtime(buffer: bytes) -> tuple[Command, int] | None:
    """DLE commands were obeyed on arrival; in their turn they are passed over."""
    if len(buffer) < 3:
        return None
    length = {b"\x04": 3, b"\x05": 3}.get(buffer[1:2])
    if buffer[1:2] == b"\x14":
        length = 10 if buffer[2:3] == b"\x08" else 5
    if length is None:
        return Command(f"DLE {buffer[1]:02X}", known=False), 2
    return (Command("DLE", buffer[1:length]), length) if len(buffer) >= length else None


def _take_lettered(buffer: bytes) -> tuple[Command, int] | None:
    if len(buffer) < 2:
        return None
    lead, letter = buffer[:1], buffer[1]
    name = f"{_NAMES[lead]} {chr(letter) if 0x20 < letter < 0x7F else f'{letter:02X}'}"
    fixed = _FIXED[lead].get(letter)
    if fixed is not None:
        return _cut(name, buffer, 2, fixed)
    if lead == b"\x1d":
        match chr(letter):
            case "v":
                return _take_raster(buffer)
            case "(":
                return _take_sized(buffer)
            case "V":
                if len(buffer) < 3:
                    return None
                return _cut(name, buffer, 2, 2 if buffer[2] in (65, 66, 97, 98, 103, 104) else 1)
    return Command(name, known=False), 2


def _cut(name: str, buffer: bytes, head: int, length: int) -> tuple[Command, int] | None:
    if length > MOST_DATA:
        return Command(name, known=False), head
    end = head + length
    return (Command(name, buffer[head:end]), end) if len(buffer) >= end else None


def _take_raster(buffer: bytes) -> tuple[Command, int] | None:
    """GS v 0 m xL xH yL yH d…; `data` begins at m."""
    if len(buffer) < 8:
        return None
    wide, high = int.from_bytes(buffer[4:6], "little"), int.from_bytes(buffer[6:8], "little")
    return _cut("GS v 0", buffer, 3, 5 + wide * high)


def _take_sized(buffer: bytes) -> tuple[Command, int] | None:
    """GS ( X pL pH d…; `data` begins after pH."""
    if len(buffer) < 5:
        return None
    taken = _cut(f"GS ( {chr(buffer[2])}", buffer, 5, int.from_bytes(buffer[3:5], "little"))
    if taken is not None and taken[0].name not in ("GS ( k", "GS ( L"):
        return Command(taken[0].name, taken[0].data, known=False), taken[1]
    return taken
