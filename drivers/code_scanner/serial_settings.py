"""What a device profile may write for `serial_scanner`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from drivers.code_scanner.framing import Framing

_MOST_SIGNS = 32  # bytes of a prefix, suffix or order; makers' manuals allow 10 to 20

Bytes = Annotated[str, msgspec.Meta(pattern=r"^\s*([0-9A-Fa-f]{2}\s*)*$")]
"""Bytes in hexadecimal, spaces allowed: "0D", "16 54 0D"."""


class SerialScannerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the scanner was set up by its own setting codes. Framing: see `framing.py` for what each way can and cannot tell."""

    port: str
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 9600  # scanners with USB (CDC) take any

    prefix: Bytes = ""
    suffix: Bytes = "0D"  # carriage return; a scanner without a suffix wants ""
    ends_by: Literal["silence", "suffix"] = "silence"  # the way that carries every byte
    longest: Annotated[int, msgspec.Meta(ge=1, le=65536)] = 7089  # digits of the largest QR code (ISO/IEC 18004, 40-L)
    gap_seconds: Annotated[float, msgspec.Meta(ge=0.02, le=1)] = (
        0.08  # USB-serial adapters pause up to 16 ms within a code
    )
    settle_seconds: Annotated[float, msgspec.Meta(ge=0.02, le=3)] = 0.3  # a visitor takes longer to show the next

    trigger_on: Bytes = ""  # sent when reading begins, such as "16 54 0D" (SYN T CR, Honeywell); "": reads all the time
    trigger_off: Bytes = ""  # sent when it ends, such as "16 55 0D" (SYN U CR)

    probe: Bytes = ""  # asked to learn whether the scanner listens; "": the port alone is probed
    probe_answer: Bytes = ""
    probe_seconds: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.5

    def __post_init__(self) -> None:
        for name in ("prefix", "suffix", "trigger_on", "trigger_off", "probe", "probe_answer"):
            if len(bytes.fromhex(getattr(self, name))) > _MOST_SIGNS:
                raise ValueError(f"{name}: at most {_MOST_SIGNS} bytes")
        if self.ends_by == "suffix" and not self.suffix.strip():
            raise ValueError('suffix: ends_by = "suffix" needs one; without a suffix set ends_by = "silence"')
        if bool(self.probe.strip()) != bool(self.probe_answer.strip()):
            raise ValueError("probe, probe_answer: set both or neither")
        if self.settle_seconds < self.gap_seconds:
            raise ValueError("settle_seconds: must not be shorter than gap_seconds")

    def framing(self) -> Framing:
        """The framing that these settings say."""
        return Framing(
            prefix=bytes.fromhex(self.prefix),
            suffix=bytes.fromhex(self.suffix),
            ends_by=self.ends_by,
            longest=self.longest,
            gap=self.gap_seconds,
            settle=self.settle_seconds,
        )
