"""CodeScanner: reads a QR code or a barcode that a visitor holds before it. What a code says is personal until proven otherwise."""

from __future__ import annotations

import msgspec

from drivers.contract.common import DeviceStatus, Identity, Supported
from drivers.contract.secret import SecretBytes


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """`binary_safe`: every byte from 0 to 255 of a code arrives as it was printed; NO where letters are typed as keys.

    `symbology`: the scanner says which kind of code it was. `trigger`: it reads only while `ReadCode` runs, and is dark otherwise.
    """

    identity: Identity
    longest: int
    binary_safe: Supported = Supported.UNKNOWN
    symbology: Supported = Supported.UNKNOWN
    trigger: Supported = Supported.UNKNOWN


class Status(DeviceStatus, frozen=True, kw_only=True, tag="code_scanner"):
    """`reading` while a ReadCode command runs."""

    reading: bool = False


class ReadCode(msgspec.Struct, frozen=True, tag="read_code"):
    """Wait for one code. What was scanned before the command began does not count. Result: Code; fault DEADLINE when none came."""


class TryAgain(msgspec.Struct, frozen=True, tag="try_again"):
    """Something was seen that is no whole code; the command goes on waiting.

    CODE_UNREADABLE for what came torn, CODE_TOO_LONG for more than `Capabilities.longest` bytes, CODE_SEVERAL for two at once.
    """

    code: str


class Code(msgspec.Struct, frozen=True, kw_only=True, tag="code"):
    """The bytes of one code, without the scanner's own prefix and suffix. `symbology`: "QRCode", "PDF417", ...; "" if unsaid."""

    data: SecretBytes
    symbology: str = ""


Command = ReadCode
Event = TryAgain
Result = Code
