"""Scanners that type: to the machine they are a keyboard (keyboard wedge), the commonest kind and the poorest.

Only signs of the US layout arrive; a byte that no key types (0, é, 国) makes the scanner type something else or nothing, so
`binary_safe` is NO. A scanner that types control signs as Alt or Ctrl combinations gives CODE_UNREADABLE for such codes.
`path` should be a stable one: /dev/input/by-id/…-event-kbd or by-path/….
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec

from drivers.code_scanner.framing import Framing
from drivers.code_scanner.keyboard_device import KeyboardDevice
from drivers.code_scanner.keys import KeyReader, us_keys
from drivers.code_scanner.waiting import Heard, wait_for_code
from drivers.contract.code_scanner import Capabilities, Code, ReadCode, Status
from drivers.contract.common import DeviceClass, Identity, Readiness, Supported
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, FaultCode

_ENDS = {"enter": b"\r", "tab": b"\t", "none": b""}


class KeyboardWedgeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a device profile may write."""

    path: str
    suffix: Literal["enter", "tab", "none"] = "enter"  # as the scanner was set up; "none": a pause ends the code
    longest: Annotated[int, msgspec.Meta(ge=1, le=65536)] = 4296  # letters of the largest QR code (ISO/IEC 18004, 40-L)
    key_gap_seconds: Annotated[float, msgspec.Meta(ge=0.02, le=1)] = (
        0.12  # between two keys; USB scanners take 1 to 16 ms
    )
    settle_seconds: Annotated[float, msgspec.Meta(ge=0.02, le=3)] = 0.3  # a visitor takes longer to show the next

    def __post_init__(self) -> None:
        if not self.path.startswith("/"):
            raise ValueError("path must be absolute, such as /dev/input/by-id/…-event-kbd")
        if self.settle_seconds < self.key_gap_seconds:
            raise ValueError("settle_seconds: must not be shorter than key_gap_seconds")


class KeyboardWedge(Driver):
    """One typing scanner. A device that vanished is opened again by the next probe or command."""

    device_class: ClassVar[DeviceClass] = DeviceClass.CODE_SCANNER
    Settings = KeyboardWedgeSettings

    def __init__(self, settings: KeyboardWedgeSettings) -> None:
        super().__init__(settings)
        self._set = settings
        self._device: KeyboardDevice | None = None
        self._framing = Framing(
            prefix=b"",
            suffix=_ENDS[settings.suffix],
            ends_by="silence" if settings.suffix == "none" else "suffix",
            longest=settings.longest,
            gap=settings.key_gap_seconds,
            settle=settings.settle_seconds,
        )

    def open(self) -> Capabilities:
        """Take the keyboard. Raise PORT_ABSENT, PORT_DENIED, SETTING_INVALID for what is no input device."""
        with self._keyboard() as device:
            return Capabilities(
                identity=Identity(model=device.name),
                longest=self._set.longest,
                binary_safe=Supported.NO,
                symbology=Supported.NO,
                trigger=Supported.NO,
            )

    def status(self) -> Status:
        """Look whether the device is there, and forget what it typed while nobody asked. Raise as `open` does, DEVICE_GONE."""
        with self._keyboard() as device:
            device.discard()
        return Status(readiness=Readiness.READY)

    def perform(self, command: ReadCode, call: Call) -> Code:
        """Wait for one code. Raise DEVICE_GONE when the device vanishes."""
        with self._keyboard() as device:
            device.discard()
            keys = KeyReader(us_keys())

            typed_at = time.monotonic()

            def hear(seconds: float) -> list[Heard]:
                nonlocal typed_at
                raw = device.read(seconds)
                if raw:
                    typed_at = time.monotonic()
                    return keys.feed(raw)
                if time.monotonic() - typed_at >= self._set.key_gap_seconds:
                    keys.start_afresh()
                return []

            return wait_for_code(hear, self._framing, call)

    def close(self) -> None:
        """Let go of the keyboard."""
        if self._device is not None:
            self._device.close()
            self._device = None

    @contextlib.contextmanager
    def _keyboard(self) -> Iterator[KeyboardDevice]:
        """The open device; closed when it turns out to be gone, so that the next to ask opens it afresh."""
        if self._device is None:
            self._device = KeyboardDevice(self._set.path)
        try:
            yield self._device
        except DeviceFault as error:
            if error.fault.code is FaultCode.DEVICE_GONE:
                self.close()
            raise
        finally:
            if self._device is not None:
                self._device.wipe()
