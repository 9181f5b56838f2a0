"""The SDT packet protocol between a host and an ID-card reader with a SAM_V module (GA 450): commands, replies, status codes.

    to the reader    AA AA AA 96 69 | len hi, lo | CMD PARA [data] | CHK
    from the reader  AA AA AA 96 69 | len hi, lo | SW1 SW2 SW3 [data] | CHK

The length counts everything after itself, CHK included; CHK is the XOR of both length bytes and all up to itself.
Sources: public descriptions of the protocol (softs.im "身份证阅读器通信协议"; qiwenming/IDCardDemo, README) and public sources
that speak it. They agree on every code below, save that one takes `30 02` for the newest address; `30 03` is used here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from drivers.contract.faults import FaultCode

HEAD = b"\xaa\xaa\xaa\x96\x69"
_LENGTH_AT = len(HEAD)
_BODY_AT = _LENGTH_AT + 2
_SHORTEST = 4  # SW1 SW2 SW3 CHK
_LONGEST = 2314  # the reply with text, photo and two fingerprint templates; anything longer is not of this protocol


class Status(IntEnum):
    """SW3, the reader's own verdict; SW1 and SW2 are passed on from the card and say nothing more."""

    OK = 0x90
    FOUND = 0x9F
    NOTHING_THERE = 0x91
    BAD_CHECKSUM = 0x10
    BAD_LENGTH = 0x11
    BAD_COMMAND = 0x21
    NOT_ALLOWED = 0x23
    UNKNOWN_ERROR = 0x24
    CARD_REJECTS_SAM = 0x31
    SAM_REJECTS_CARD = 0x32
    INFO_NOT_VERIFIED = 0x33
    FINGERPRINT_NOT_VERIFIED = 0x37
    INFO_LENGTH = 0x3F
    UNKNOWN_CARD = 0x40
    READ_FAILED = 0x41
    RANDOM_FAILED = 0x47
    SAM_SELF_TEST = 0x60
    SAM_UNAUTHORISED = 0x66
    FIND_FAILED = 0x80
    SELECT_FAILED = 0x81


FAULT_OF: dict[Status, FaultCode | None] = {
    Status.OK: None,
    Status.FOUND: None,
    Status.NOTHING_THERE: None,
    Status.BAD_CHECKSUM: FaultCode.LINK_GARBLED,
    Status.BAD_LENGTH: FaultCode.LINK_GARBLED,
    Status.BAD_COMMAND: FaultCode.UNSUPPORTED,
    Status.NOT_ALLOWED: FaultCode.UNSUPPORTED,
    Status.UNKNOWN_ERROR: FaultCode.CARD_UNREADABLE,
    Status.CARD_REJECTS_SAM: FaultCode.CARD_UNREADABLE,
    Status.SAM_REJECTS_CARD: FaultCode.CARD_UNREADABLE,
    Status.INFO_NOT_VERIFIED: FaultCode.CARD_UNREADABLE,
    Status.FINGERPRINT_NOT_VERIFIED: FaultCode.CARD_UNREADABLE,
    Status.INFO_LENGTH: FaultCode.CARD_UNREADABLE,
    Status.UNKNOWN_CARD: FaultCode.CARD_UNKNOWN_TYPE,
    Status.READ_FAILED: FaultCode.CARD_UNREADABLE,
    Status.RANDOM_FAILED: FaultCode.CARD_UNREADABLE,
    Status.SAM_SELF_TEST: FaultCode.SAM_FAILED,
    Status.SAM_UNAUTHORISED: FaultCode.SAM_UNAUTHORISED,
    Status.FIND_FAILED: FaultCode.CARD_ABSENT,
    Status.SELECT_FAILED: FaultCode.CARD_UNREADABLE,
}
"""What each status means to the kiosk; None is a good answer. UNKNOWN_ERROR is said of cards that were laid badly."""


@dataclass(frozen=True)
class Command:
    """One command and the data lengths of each good answer. Replies carry no command id: their shape is all there is to tell."""

    name: str
    cmd: int
    para: int
    answers: dict[Status, frozenset[int]]
    of_card: bool = False

    def frame(self, data: bytes = b"") -> bytes:
        """Return the packet to send."""
        body = bytes([self.cmd, self.para]) + data
        length = (len(body) + 1).to_bytes(2, "big")
        return HEAD + length + body + bytes([checksum(length + body)])


def _only(*sizes: int) -> frozenset[int]:
    return frozenset(sizes)


_ADDRESS_RECORD = 70
_BASE = 4 + 256 + 1024

RESET_SAM = Command("reset SAM", 0x10, 0xFF, {Status.OK: _only(0)})
SAM_STATUS = Command("SAM status", 0x11, 0xFF, {Status.OK: _only(0)})
SAM_ID = Command("SAM id", 0x12, 0xFF, {Status.OK: _only(16)})
FIND = Command("find card", 0x20, 0x01, {Status.FOUND: _only(4)}, of_card=True)
SELECT = Command("select card", 0x20, 0x02, {Status.OK: _only(8)}, of_card=True)
READ_BASE = Command("read text and photo", 0x30, 0x01, {Status.OK: _only(_BASE)}, of_card=True)
READ_WITH_FINGERPRINT = Command(
    "read text, photo and fingerprint",
    0x30,
    0x10,
    {Status.OK: _only(_BASE + 2, _BASE + 2 + 512, _BASE + 2 + 1024)},
    of_card=True,
)
NEWEST_ADDRESS = Command(
    "newest address",
    0x30,
    0x03,
    {Status.OK: _only(*(count * _ADDRESS_RECORD for count in range(1, 5))), Status.NOTHING_THERE: _only(0)},
    of_card=True,
)
CHIP_NUMBER = Command("chip management number", 0x30, 0x05, {Status.OK: _only(28)}, of_card=True)
SET_MAX_RF_BYTES = Command("largest radio frame", 0x61, 0xFF, {Status.OK: _only(0)})
SET_BAUD = {
    baud: Command(f"line speed {baud}", 0x60, para, {Status.OK: _only(0)})
    for para, baud in enumerate((115200, 57600, 38400, 19200, 9600))
}
COMMANDS = (
    RESET_SAM, SAM_STATUS, SAM_ID, FIND, SELECT, READ_BASE, READ_WITH_FINGERPRINT, NEWEST_ADDRESS, CHIP_NUMBER,
    SET_MAX_RF_BYTES, *SET_BAUD.values(),
)  # fmt: skip


def checksum(data: bytes | bytearray | memoryview) -> int:
    """Return the XOR of all bytes."""
    total = 0
    for byte in data:
        total ^= byte
    return total


@dataclass(frozen=True, repr=False)
class Reply:
    """One whole, checked packet from the reader. `data` may be personal: call `wipe()` as soon as it has been read."""

    sw: tuple[int, int, int]
    data: bytearray = field(default_factory=bytearray)

    @property
    def status(self) -> Status | None:
        """The status, None for a code that the protocol does not list."""
        return Status(self.sw[2]) if self.sw[2] in Status._value2member_map_ else None

    def answers(self, command: Command) -> bool:
        """Whether this can be the answer to `command`: a good one of the right length, or a refusal without data."""
        status = self.status
        if status is not None and FAULT_OF[status] is None:
            return len(self.data) in command.answers.get(status, ())
        return not self.data

    def wipe(self) -> None:
        """Overwrite the data with zeros."""
        self.data[:] = bytes(len(self.data))

    def __repr__(self) -> str:
        return f"<reply {self.sw[2]:02X}, {len(self.data)} bytes>"


class FrameReader:
    """Finds whole packets in a stream of bytes, whatever lies between them. Holds at most two packets' worth of bytes.

    A wrong length or checksum costs one byte, not a packet: the next packet is found within the bytes of a torn one, at
    the latest when the caller says that the line fell `quiet()`.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.damaged = 0
        """Heads seen that were followed by a wrong length or checksum, or by nothing."""

    @property
    def waiting(self) -> bool:
        """Whether a packet has begun and is not yet whole."""
        return len(self._buffer) > 0

    def feed(self, data: bytes | bytearray | memoryview) -> list[Reply]:
        """Take bytes as they come; return the packets that became whole."""
        found: list[Reply] = []
        view = memoryview(data)
        for start in range(0, len(view), _LONGEST):
            self._buffer += view[start : start + _LONGEST]
            found += self._take_whole()
        return found

    def quiet(self) -> list[Reply]:
        """The line has fallen silent: what has begun will not be completed. Return packets found behind it."""
        found: list[Reply] = []
        while self._buffer:
            self.damaged += self._buffer.startswith(HEAD)
            self._drop(1)
            found += self._take_whole()
        return found

    def wipe(self) -> None:
        """Forget everything, overwriting it."""
        self._drop(len(self._buffer))

    def _take_whole(self) -> list[Reply]:
        found: list[Reply] = []
        while True:
            self._drop(self._noise())
            if len(self._buffer) < _BODY_AT:
                return found
            length = int.from_bytes(self._buffer[_LENGTH_AT:_BODY_AT], "big")
            end = _BODY_AT + length
            if not _SHORTEST <= length <= _LONGEST:
                self.damaged += 1
                self._drop(1)
            elif len(self._buffer) < end:
                return found
            elif checksum(self._buffer[_LENGTH_AT:end]):
                self.damaged += 1
                self._drop(1)
            else:
                sw1, sw2, sw3 = self._buffer[_BODY_AT : _BODY_AT + 3]
                found.append(Reply((sw1, sw2, sw3), self._buffer[_BODY_AT + 3 : end - 1]))
                self._drop(end)

    def _noise(self) -> int:
        """How many bytes lie before the first head, or before what may become one."""
        at = self._buffer.find(HEAD)
        if at >= 0:
            return at
        for kept in range(min(len(HEAD) - 1, len(self._buffer)), 0, -1):
            if self._buffer.endswith(HEAD[:kept]):
                return len(self._buffer) - kept
        return len(self._buffer)

    def _drop(self, count: int) -> None:
        self._buffer[:count] = bytes(count)
        del self._buffer[:count]
