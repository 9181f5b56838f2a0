"""What a PC/SC error code means for the people around the machine. Codes: PC/SC part 5, as `pcsclite.h` has them."""

from __future__ import annotations

from smartcard import scard

from drivers.contract.faults import DeviceFault, FaultCode, failing


class PcscError(Exception):
    """A PC/SC call failed; `code` is one of the SCARD_ numbers."""

    def __init__(self, code: int) -> None:
        super().__init__(f"PC/SC {code:#010x}")
        self.code = code


SERVICE_LOST = frozenset(
    (
        scard.SCARD_E_NO_SERVICE,
        scard.SCARD_E_SERVICE_STOPPED,
        scard.SCARD_E_INVALID_HANDLE,
        scard.SCARD_E_CANCELLED,
        scard.SCARD_E_SYSTEM_CANCELLED,
        scard.SCARD_F_INTERNAL_ERROR,
    )
)
"""After these a context is of no more use. A daemon that was restarted does not know the contexts of before (INVALID_HANDLE)."""

_READER_LOST = frozenset(
    (scard.SCARD_E_NO_READERS_AVAILABLE, scard.SCARD_E_UNKNOWN_READER, scard.SCARD_E_READER_UNAVAILABLE)
)
_CARD_LOST = frozenset((scard.SCARD_E_NO_SMARTCARD, scard.SCARD_W_REMOVED_CARD, scard.SCARD_W_RESET_CARD))
_CARD_MUTE = frozenset(
    (
        scard.SCARD_W_UNRESPONSIVE_CARD,
        scard.SCARD_W_UNPOWERED_CARD,
        scard.SCARD_W_UNSUPPORTED_CARD,
        scard.SCARD_E_CARD_UNSUPPORTED,
        scard.SCARD_E_PROTO_MISMATCH,
        scard.SCARD_E_NOT_READY,
    )
)


def as_fault(error: PcscError) -> DeviceFault:
    """Return the fault to raise for a failed call; its detail holds the code only."""
    code = error.code
    detail = f"PC/SC {code:#010x}"
    if code in SERVICE_LOST:
        return failing(FaultCode.SERVICE_DOWN, f"pcscd: {detail}")
    if code in _READER_LOST:
        return failing(FaultCode.READER_ABSENT, detail)
    if code in _CARD_LOST:
        return failing(FaultCode.CHIP_PULLED, detail)
    if code in _CARD_MUTE:
        return failing(FaultCode.CHIP_UNREADABLE, detail)
    if code == scard.SCARD_E_SHARING_VIOLATION:
        return failing(FaultCode.PORT_DENIED, "another program holds the card in this reader")
    return failing(FaultCode.LINK_GARBLED, detail)
