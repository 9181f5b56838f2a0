"""Readers that the PC/SC daemon serves. Its names end in a counter, which is no part of the identity.

pcsc-lite names a reader "ACME Reader [contactless interface] (SERIAL) 01 00": maker and model, interface and serial number where
the device has them, the order of plugging in, the slot (PCSC/src/readerfactory.c). What remains without the order is the path; two
readers of one model without serial numbers therefore share an identity, and whoever asks for one learns that there are several.

The listing asks afresh each time, in one context that it closes again: a daemon that ended and came back is simply asked again.
(pyscard's own monitor thread ends for good at the first error, without a word.)
"""

from __future__ import annotations

import re

from drivers.buses.sysfs import clean
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import DeviceFault, FaultCode, failing

_NAME = re.compile(
    r"(?P<model>.*?)(?P<interface> \[[^][]*\])?(?: \((?P<serial>[^()]*)\))? (?P<order>[0-9A-F]{2}) (?P<slot>[0-9A-F]{2})"
)


def attached() -> tuple[Attached, ...]:
    """List the readers; () when the daemon says that there are none.

    Raise DeviceFault: SERVICE_DOWN (no daemon, or no pyscard), PORT_DENIED (polkit), INTERNAL naming any other code of the daemon.
    """
    try:
        from smartcard import scard
    except ImportError as error:
        raise failing(FaultCode.SERVICE_DOWN, f"pyscard is not usable: {error}") from error
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if result != scard.SCARD_S_SUCCESS:
        raise _fault(result)
    try:
        result, names = scard.SCardListReaders(context, [])
    finally:
        scard.SCardReleaseContext(context)
    if result == scard.SCARD_E_NO_READERS_AVAILABLE:
        return ()
    if result != scard.SCARD_S_SUCCESS:
        raise _fault(result)
    return tuple(reader(name) for name in names)


def reader(name: str) -> Attached:
    """Take a reader's name apart. One that is not in pcsc-lite's form is its own path."""
    parts = _NAME.fullmatch(name)
    if parts is None:
        return Attached(bus=Bus.PCSC, path=clean(name), node=name, model=clean(name))
    path = f"{parts['model']}{parts['interface'] or ''} slot {parts['slot']}"
    return Attached(
        bus=Bus.PCSC, path=clean(path), node=name, serial=clean(parts["serial"] or ""), model=clean(parts["model"])
    )


_DOWN = (0x8010001D, 0x8010001E)  # SCARD_E_NO_SERVICE, SCARD_E_SERVICE_STOPPED
_DENIED = 0x8010006A  # SCARD_W_SECURITY_VIOLATION: polkit refused


def _fault(result: int) -> DeviceFault:
    code = result & 0xFFFFFFFF
    if code in _DOWN:
        return failing(FaultCode.SERVICE_DOWN, "pcscd")
    if code == _DENIED:
        return failing(FaultCode.PORT_DENIED, "pcscd: polkit refuses this account")
    return failing(FaultCode.INTERNAL, f"pcscd: {code:#010x}")
