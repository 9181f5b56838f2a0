"""A camera as a code scanner: zxing-cpp looks at its pictures, only while ReadCode runs.

A code counts once: the same bytes count again when the code was out of sight for `again_seconds` (scanners call this the time-out
between reads of the same symbol). What such a code said is remembered as a keyed digest, and for that long only.

Source: zxing-cpp (Apache-2.0), python wrapper; ISO/IEC 18004 for the capacity of a QR code.
"""

from __future__ import annotations

import hashlib
import os
import time
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import zxingcpp

from drivers.camera import source
from drivers.contract.code_scanner import Capabilities, Code, ReadCode, Status, TryAgain
from drivers.contract.common import DeviceClass, Readiness, Supported
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import FaultCode
from drivers.contract.secret import SecretBytes

Symbology = Literal[
    "QRCode", "MicroQRCode", "RMQRCode", "PDF417", "DataMatrix", "Aztec", "MaxiCode", "Code128", "Code39", "Code93",
    "EAN13", "EAN8", "ITF", "Codabar",
]  # fmt: skip


class CameraCodesSettings(source.SourceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The camera (see SourceSettings), and what is looked for in its pictures."""

    formats: Annotated[tuple[Symbology, ...], msgspec.Meta(min_length=1)] = (
        "QRCode",
    )  # each costs time on every picture
    looks_per_second: Annotated[float, msgspec.Meta(gt=0, le=30)] = 8.0  # a hand holds still for 0.3 s
    longest: Annotated[int, msgspec.Meta(ge=1, le=65536)] = 2953  # bytes of the largest QR code (ISO/IEC 18004, 40-L)
    again_seconds: Annotated[float, msgspec.Meta(ge=0, le=10)] = 1.0
    damaged_looks: Annotated[int, msgspec.Meta(ge=1, le=100)] = 8  # in a row, until the visitor is told: a second


class CameraCodes(Driver):
    """One camera. It is off between commands; a camera that vanished is found again by the next probe or command."""

    device_class: ClassVar[DeviceClass] = DeviceClass.CODE_SCANNER
    Settings = CameraCodesSettings

    def __init__(self, settings: CameraCodesSettings) -> None:
        super().__init__(settings)
        self._set = settings
        self._formats = zxingcpp.barcode_formats_from_str(",".join(settings.formats))
        self._key = os.urandom(32)
        self._last: bytes = b""
        self._last_seen = 0.0

    def open(self) -> Capabilities:
        """Look for the camera. Raise PORT_ABSENT, PORT_DENIED, LINK_SILENT, DEVICE_GONE, NO_FRAMES, SETTING_INVALID."""
        return Capabilities(
            identity=source.probe(self._set),
            longest=self._set.longest,
            binary_safe=Supported.YES,
            symbology=Supported.YES,
            trigger=Supported.YES,
        )

    def status(self) -> Status:
        """Look for the camera; raise as `open` does."""
        if time.monotonic() - self._last_seen >= self._set.again_seconds:
            self._last = b""
        source.probe(self._set)
        return Status(readiness=Readiness.READY)

    def perform(self, command: ReadCode, call: Call) -> Code:
        """Look until one code is seen. Raise NO_FRAMES, DEVICE_GONE when the camera dies, and what `open` raises."""
        told, damaged = "", 0
        with source.watching(self._set, self._set.looks_per_second, grey=True) as watch:
            while True:
                seen, torn = self._look(watch.next(call).pixels)
                damaged = damaged + 1 if torn and not seen else 0
                code = self._sole_new(seen)
                problem = self._problem(seen, damaged)
                if code is not None and not problem:
                    return Code(data=SecretBytes(code), symbology=seen[code])
                if problem and problem != told:
                    call.emit(TryAgain(problem))
                told = problem if seen or torn else ""

    def close(self) -> None:
        """Forget the last code; the camera is off already."""
        self._last = b""

    def _look(self, pixels: Any) -> tuple[dict[bytes, str], bool]:
        """The codes in one picture with their symbologies, and whether something was a code but for its check sums."""
        seen: dict[bytes, str] = {}
        torn = False
        for found in zxingcpp.read_barcodes(pixels, formats=self._formats, return_errors=True):
            if found.format.name not in self._set.formats:
                continue
            if found.valid:
                seen[found.bytes] = found.format.name
            else:
                torn = True
        return seen, torn

    def _problem(self, seen: dict[bytes, str], damaged: int) -> str:
        if len(seen) > 1:
            return FaultCode.CODE_SEVERAL
        if any(len(code) > self._set.longest for code in seen):
            return FaultCode.CODE_TOO_LONG
        return FaultCode.CODE_UNREADABLE if damaged >= self._set.damaged_looks else ""

    def _sole_new(self, seen: dict[bytes, str]) -> bytes | None:
        """The only code in sight, None when there is none, several, or one that was read before and never left."""
        if len(seen) != 1:
            return None
        (code,) = seen
        now = time.monotonic()
        digest = hashlib.blake2b(code, key=self._key, digest_size=16).digest()
        known = digest == self._last and now - self._last_seen < self._set.again_seconds
        self._last, self._last_seen = digest, now
        return None if known else code
