"""Command and response APDUs: their shapes, and how a T=0 card takes them. No I/O.

Sources: ISO/IEC 7816-3:2006 clause 12.1 (the cases of a command APDU, short and extended) and 12.2.1.2 (case 4 under T=0 goes
out without Le, its data are fetched by GET RESPONSE); ISO/IEC 7816-4:2013 clauses 5.1 (status bytes) and 11.4.4 (GET RESPONSE).
Details of errors hold lengths only: what is in an APDU is personal data.
"""

from __future__ import annotations

from typing import NamedTuple

_HEADER = 4  # CLA INS P1 P2
_SHORT_NE = 256  # what Le = 00 asks for
_EXTENDED_NE = 65_536  # what Le = 0000 asks for
_LOGICAL_CHANNEL = 0x03  # bits of CLA that GET RESPONSE must repeat
_SELECT_BY_NAME = bytes((0x00, 0xA4, 0x04, 0x00))
AID_LENGTHS = range(5, 17)
"""ISO/IEC 7816-4 clause 12.2.3: a registered provider (5 bytes) and up to 11 more."""


class BadCommand(ValueError):
    """These bytes are no command APDU."""


class BadAnswer(ValueError):
    """These bytes cannot be the answer to that command."""


class NoAnswer(BadAnswer):
    """The answer is empty, as when the card is being pulled."""


class CommandShape(NamedTuple):
    """`nc`: bytes of data sent. `ne`: most bytes of data that may come back. `le_bytes`: length of Le at the end, 0 when absent."""

    nc: int
    ne: int
    extended: bool
    le_bytes: int


def shape(command: bytes) -> CommandShape:
    """Return the shape of a command APDU. Raise BadCommand saying which length does not fit."""
    if len(command) < _HEADER:
        raise BadCommand(f"apdu: {len(command)} bytes; at least CLA INS P1 P2 are needed")
    body = command[_HEADER:]
    if not body:
        return CommandShape(0, 0, False, 0)
    if len(body) == 1:
        return CommandShape(0, body[0] or _SHORT_NE, False, 1)
    if body[0] or len(body) == 2:
        return _short(body)
    return _extended(body)


def _short(body: bytes) -> CommandShape:
    nc = body[0]
    if nc == 0:
        raise BadCommand("apdu: Lc is 0; leave it out where no data are sent")
    match len(body) - 1 - nc:
        case 0:
            return CommandShape(nc, 0, False, 0)
        case 1:
            return CommandShape(nc, body[-1] or _SHORT_NE, False, 1)
    raise BadCommand(f"apdu: Lc says {nc} bytes, {len(body) - 1} follow (Le among them, if any)")


def _extended(body: bytes) -> CommandShape:
    number = int.from_bytes(body[1:3], "big")
    if len(body) == 3:
        return CommandShape(0, number or _EXTENDED_NE, True, 3)
    match len(body) - 3 - number:
        case 0 if number:
            return CommandShape(number, 0, True, 0)
        case 2 if number:
            return CommandShape(number, int.from_bytes(body[-2:], "big") or _EXTENDED_NE, True, 2)
    raise BadCommand(f"apdu: extended Lc says {number} bytes, {len(body) - 3} follow (Le among them, if any)")


def select(aid: bytes) -> bytes:
    """Return the command that selects an application. Raise BadCommand for an identifier that is not 5 to 16 bytes."""
    if len(aid) not in AID_LENGTHS:
        raise BadCommand(f"aid: {len(aid)} bytes; an application identifier has 5 to 16")
    return _SELECT_BY_NAME + bytes((len(aid),)) + aid + b"\0"


def for_t0(command: bytes) -> bytes:
    """Return a short command as a T=0 card takes it: one that sends data must not say what it expects back."""
    form = shape(command)
    return command[: -form.le_bytes] if form.nc and form.le_bytes else command


def get_response(command: bytes, count: int) -> bytes:
    """Return the command that fetches what `61 count` promised (0: 256 bytes) on the command's logical channel."""
    return bytes((command[0] & _LOGICAL_CHANNEL, 0xC0, 0, 0, count))


def with_le(command: bytes, count: int) -> bytes:
    """Return the short command again with the Le that `6C count` asked for."""
    form = shape(command)
    return (command[: -form.le_bytes] if form.le_bytes else command) + bytes((count,))


def split(answer: bytes, most: int) -> tuple[bytes, int]:
    """Return data and status word of a response APDU. Raise BadAnswer: too short, too long, or no status of ISO/IEC 7816.

    `most`: bytes of data that were asked for.
    """
    if not answer:
        raise NoAnswer("the answer is empty")
    if len(answer) < 2:
        raise BadAnswer(f"{len(answer)} bytes are no answer; a card ends each with two status bytes")
    sw1 = answer[-2]
    if sw1 >> 4 not in (6, 9) or sw1 == 0x60:
        raise BadAnswer("the answer ends in no status of ISO/IEC 7816")
    if len(answer) - 2 > most:
        raise BadAnswer(f"{len(answer) - 2} bytes of data came, at most {most} were asked for")
    return answer[:-2], int.from_bytes(answer[-2:], "big")
