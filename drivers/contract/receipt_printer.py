"""ReceiptPrinter: a strip of paper, 58 or 80 mm wide, for slips."""

from __future__ import annotations

import msgspec

from drivers.contract.common import Cover, DeviceStatus, Done, Identity, Supply, Supported


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """`columns`: narrow characters a line in the normal size; `dots`: printable width for pictures, 203 dpi."""

    identity: Identity
    columns: int
    dots: int
    status_reply: Supported = Supported.UNKNOWN
    cutter: Supported = Supported.UNKNOWN


class Status(DeviceStatus, frozen=True, kw_only=True, tag="receipt_printer"):
    """As answered to DLE EOT; a silent printer is a fault, never "plenty of paper"."""

    paper: Supply = Supply.UNKNOWN
    cover: Cover = Cover.UNKNOWN


class Line(msgspec.Struct, frozen=True, kw_only=True, tag="line"):
    """A line of text, Chinese allowed; `wide` doubles both directions; `centre` centres it."""

    text: str
    wide: bool = False
    bold: bool = False
    centre: bool = False


class Rule(msgspec.Struct, frozen=True, tag="rule"):
    """A dashed line across the paper."""


class QrCode(msgspec.Struct, frozen=True, tag="qr"):
    """A QR code, centred. `text` is at most 1,000 characters."""

    text: str


class Feed(msgspec.Struct, frozen=True, tag="feed"):
    """Empty lines."""

    lines: int = 1


Part = Line | Rule | QrCode | Feed


class PrintSlip(msgspec.Struct, frozen=True, kw_only=True, tag="print_slip"):
    """Print the parts and cut. Status is asked before and after; result Done only if the printer answered well both times."""

    parts: tuple[Part, ...]


class Cut(msgspec.Struct, frozen=True, tag="cut"):
    """Everything was sent and the cutter was told to cut; the status that follows decides whether it went well."""


Command = PrintSlip
Event = Cut
Result = Done
