"""The CRT-591 serial protocol: commands, replies, and the reader of a noisy stream.

    to the machine    F2 ADDR LenHi LenLo | 'C' CM PM [data]            | 03 BCC
    from the machine  F2 ADDR LenHi LenLo | 'P' CM PM st0 st1 st2 [data] | 03 BCC
                      F2 ADDR LenHi LenLo | 'N' CM PM e1 e0 [data]       | 03 BCC

The length counts what stands between the bars; BCC is the XOR of all bytes before it. Outside of frames either side says
ACK 06, NAK 15 (say it again) or EOT 04 (clear the line). Every reply names the command that it answers.

Sources: CREATOR, "CRT-591-M001 communication protocol" v1.0 (2013), as transcribed in public by BMA-Dassle/Tools-Website-FT,
docs/crt-591/protocol.md; syntech-pro/crt571 and chairat444/zensation_kios (Crt591PacketBuilder.php) agree. The maker's text
prints the head of a failure as "'N', 45H", which is 'E'; a CRT-591-R02 sends 4E ('N'). Both are understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

STX, ETX = 0xF2, 0x03
COMMAND_HEAD, GOOD_HEAD = 0x43, 0x50
BAD_HEADS = (0x4E, 0x45)

_HEAD_SIZE = 4  # STX, ADDR and the length
_TAIL_SIZE = 2  # ETX, BCC
_SHORTEST_TEXT = 5  # 'N' CM PM e1 e0
_LONGEST_TEXT = 6 + 512  # 'P' CM PM st0 st1 st2 and the most data that clause 1.2.2 allows
_LONGEST = _HEAD_SIZE + _LONGEST_TEXT + _TAIL_SIZE


class Control(IntEnum):
    """The single bytes of the handshake."""

    ACK = 0x06
    NAK = 0x15
    EOT = 0x04


@dataclass(frozen=True)
class Command:
    """One command. `moves`: cards are moved by it, so it may be sent once only."""

    name: str
    cm: int
    pm: int
    moves: bool = False

    def frame(self, address: int, data: bytes = b"") -> bytes:
        """Return the bytes to send to the machine of this address (0 to 15)."""
        text = bytes((COMMAND_HEAD, self.cm, self.pm)) + data
        body = bytes((STX, address)) + len(text).to_bytes(2, "big") + text + bytes((ETX,))
        return body + bytes((checksum(body),))


INITIALIZE = Command("initialize, leave the card where it is, count captures", 0x30, 0x37)
STATUS = Command("status", 0x31, 0x30)
TO_GATE = Command("move to the holding position", 0x32, 0x30, moves=True)
TO_CONTACT = Command("move to the IC position, from the stacker if none is inside", 0x32, 0x31, moves=True)
TO_CONTACTLESS = Command("move to the RF position", 0x32, 0x32, moves=True)
TO_BIN = Command("move to the error bin", 0x32, 0x33, moves=True)
SERIAL_NUMBER = Command("serial number", 0xA2, 0x30)
VERSION = Command("version", 0xA4, 0x30)
BIN_COUNTER = Command("error bin counter", 0xA5, 0x30)


def checksum(data: bytes | bytearray | memoryview) -> int:
    """Return the XOR of all bytes."""
    total = 0
    for byte in data:
        total ^= byte
    return total


@dataclass(frozen=True)
class Reply:
    """One whole, checked reply. `code`: st0 st1 st2 of a good one, e1 e0 of a failure, as they came (ASCII)."""

    good: bool
    cm: int
    pm: int
    code: bytes
    data: bytes

    def answers(self, command: Command) -> bool:
        """Whether this is the reply to `command`."""
        return (self.cm, self.pm) == (command.cm, command.pm)


class FrameReader:
    """Finds replies and handshake bytes in a stream, whatever lies between them. Holds at most one frame's worth of bytes.

    A damaged frame costs one byte, not the next frame. Handshake bytes are not believed inside of one: the length of a
    status reply is 06, which is ACK.
    """

    def __init__(self, address: int) -> None:
        self._address = address
        self._buffer = bytearray()
        self._in_damage = False
        self.damaged = 0
        """Frames that began and had a wrong length, end or checksum, or did not end."""
        self.noise = 0
        """Bytes that were neither of a frame nor of the handshake, since `clear()`."""

    @property
    def waiting(self) -> bool:
        """Whether a frame has begun and is not yet whole."""
        return len(self._buffer) > 0

    def feed(self, data: bytes | bytearray | memoryview) -> list[Reply | Control]:
        """Take bytes as they come; return what became whole, in order. Replies of other addresses are left out."""
        found: list[Reply | Control] = []
        for start in range(0, len(data), _LONGEST):
            self._buffer += data[start : start + _LONGEST]
            found += self._take_whole()
        return found

    def quiet(self) -> list[Reply | Control]:
        """The line has fallen silent: what has begun will not be completed. Return what is found behind it."""
        found: list[Reply | Control] = []
        while self._buffer:
            self._damage()
            found += self._take_whole()
        self._in_damage = False
        return found

    def clear(self) -> None:
        """Forget what has begun."""
        self._buffer.clear()
        self.noise = 0
        self._in_damage = False

    def _take_whole(self) -> list[Reply | Control]:
        found: list[Reply | Control] = []
        while self._buffer:
            if self._buffer[0] != STX:
                byte = self._buffer.pop(0)
                if byte in Control._value2member_map_ and not self._in_damage:
                    found.append(Control(byte))
                else:
                    self.noise += 1
                continue
            if len(self._buffer) < _HEAD_SIZE:
                break
            length = int.from_bytes(self._buffer[2:_HEAD_SIZE], "big")
            size = _HEAD_SIZE + length + _TAIL_SIZE
            if not _SHORTEST_TEXT <= length <= _LONGEST_TEXT:
                self._damage()
            elif len(self._buffer) < size:
                break
            elif (reply := _parse(self._buffer[_HEAD_SIZE:size], self._buffer[:size])) is None:
                self._damage()
            else:
                if self._buffer[1] == self._address:
                    found.append(reply)
                del self._buffer[:size]
                self._in_damage = False
        return found

    def _damage(self) -> None:
        self.damaged += self._buffer[0] == STX
        self._in_damage = True
        del self._buffer[0]


def _parse(rest: bytearray, whole: bytearray) -> Reply | None:
    """The reply in a frame, None for a frame that is damaged or no reply. `rest`: text, ETX and BCC."""
    text = bytes(rest[:-_TAIL_SIZE])
    if rest[-2] != ETX or checksum(whole):
        return None
    if text[0] == GOOD_HEAD and len(text) >= 6:
        return Reply(True, text[1], text[2], text[3:6], text[6:])
    if text[0] in BAD_HEADS:
        return Reply(False, text[1], text[2], text[3:5], text[5:])
    return None
