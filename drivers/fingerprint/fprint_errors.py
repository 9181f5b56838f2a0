"""What libfprint's errors mean to the kiosk. Source: libfprint reference manual, FpDeviceError and FpDeviceRetry; GIOErrorEnum."""

from __future__ import annotations

from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.fingerprint.fprint_library import LibraryError

RETRY = "fp - device - retry - quark"
_DEVICE = "fp - device - error - quark"
_IO = "g-io-error-quark"
_USB = "g-usb-device-error-quark"

CODES: dict[tuple[str, int], FaultCode] = {
    (_DEVICE, 0): FaultCode.READER_FAILED,  # GENERAL
    (_DEVICE, 1): FaultCode.UNSUPPORTED,  # NOT_SUPPORTED
    (_DEVICE, 4): FaultCode.DEVICE_BUSY,  # BUSY
    (_DEVICE, 5): FaultCode.LINK_GARBLED,  # PROTO
    (_DEVICE, 6): FaultCode.TEMPLATE_INVALID,  # DATA_INVALID
    (_DEVICE, 7): FaultCode.TEMPLATE_INVALID,  # DATA_NOT_FOUND: the reader keeps prints itself, and has not this one
    (_DEVICE, 8): FaultCode.READER_FAILED,  # DATA_FULL
    (_DEVICE, 9): FaultCode.READER_FAILED,  # DATA_DUPLICATE
    (_DEVICE, 0x100): FaultCode.DEVICE_GONE,  # REMOVED
    (_DEVICE, 0x101): FaultCode.DEVICE_BUSY,  # TOO_HOT
    (_IO, 1): FaultCode.PORT_ABSENT,  # NOT_FOUND
    (_IO, 14): FaultCode.PORT_DENIED,  # PERMISSION_DENIED
    (_IO, 24): FaultCode.LINK_SILENT,  # TIMED_OUT
    (_USB, 4): FaultCode.DEVICE_GONE,  # NO_DEVICE
    (_USB, 9): FaultCode.PORT_DENIED,  # PERMISSION_DENIED
}
"""NOT_OPEN and ALREADY_OPEN (2, 3) are defects of this driver; they and all others become READER_FAILED with the text."""


def fault_of(error: LibraryError) -> DeviceFault:
    """The fault for an error that laying the finger down again cannot mend."""
    return failing(CODES.get((error.domain, error.code), FaultCode.READER_FAILED), str(error))
