"""What a device profile may write for the SDT readers: what they share, and what belongs to each line."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from drivers.contract.faults import FaultCode, failing


class SdtSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every SDT reader takes. Figures: GA 450 readers as public sources drive them, see each."""

    photo_decoder: Literal["none", "stand_in", "vendor"] = "none"
    photo_library: str = ""
    photo_symbol: str = ""
    photo_mode: int = 0

    presence_by: Literal["newest_address", "chip_number", "none"] = "newest_address"
    poll_ms: Annotated[int, msgspec.Meta(ge=200, le=2000)] = 300  # sources poll every 200 to 300 ms
    gone_misses: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3  # house rule: "gone" needs three misses

    answer_seconds: Annotated[float, msgspec.Meta(gt=0, le=5)] = 0.8  # SAM, find and select take 0.01 to 0.2 s
    read_seconds: Annotated[float, msgspec.Meta(gt=0, le=10)] = 2.5  # text and photo take 0.6 to 1.5 s
    gap_seconds: Annotated[float, msgspec.Meta(gt=0, le=2)] = 0.15  # USB-serial adapters pause up to 16 ms in a packet
    attempts: Annotated[int, msgspec.Meta(ge=1, le=5)] = 3

    def check(self) -> None:
        """Raise DeviceFault(SETTING_INVALID) for keys that do not go together."""
        if self.photo_decoder == "vendor":
            for key in ("photo_library", "photo_symbol"):
                if not getattr(self, key):
                    raise failing(FaultCode.SETTING_INVALID, f'{key} is needed with photo_decoder = "vendor"')


class SerialSettings(SdtSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`sdt_serial`: a port, best by its stable name (/dev/serial/by-path/…)."""

    port: str
    baud: Literal[115200, 57600, 38400, 19200, 9600] = 115200  # the protocol's factory setting


class UsbSettings(SdtSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`sdt_usb`: the reader's node.

    `connection`: "hid" for reports of 64 bytes, on /dev/hidraw0 (or a stable name that a udev rule gives it); "bulk" for a pair of
    bulk endpoints of a USB device, /dev/bus/usb/001/004.
    """

    device: str
    connection: Literal["hid", "bulk"] = "hid"

    def __post_init__(self) -> None:
        if not self.device.startswith("/"):
            raise ValueError("device must be a path such as /dev/hidraw0 or /dev/bus/usb/001/004")
        if (self.connection == "bulk") != self.device.startswith("/dev/bus/usb/"):
            raise ValueError('device is /dev/bus/usb/001/004 with connection = "bulk", and /dev/hidraw0 with "hid"')
