"""One PC/SC context, and the one thread in which every call on it is made.

PC/SC knows no time-outs: a card that falls silent, or a daemon that hangs on another reader, would hold the caller for ever,
and with it the cancel button and the watchdog. Here the caller waits with a limit; a line that did not come back in time is
given up and ends by itself when the daemon lets go. pyscard's own monitoring threads are not used: they end silently at the
first error. Calls go to `smartcard.scard`, which gives up the interpreter's lock while it waits (tried with pyscard 2.3.1).
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from smartcard import scard

from drivers.contract.faults import FaultCode, failing
from drivers.smart_card.pcsc_codes import PcscError

T = TypeVar("T")

_SLICE = 0.1  # seconds between two looks at cancel and deadline: the contract asks for 0.2 at most
_FEATURES = scard.SCARD_CTL_CODE(3400)  # PC/SC part 10 clause 2.2: CM_IOCTL_GET_FEATURE_REQUEST
_TLV_PROPERTIES = 0x12  # clause 2.3: FEATURE_GET_TLV_PROPERTIES
_MAX_APDU_DATA = 10  # clause 2.6.14: dwMaxAPDUDataSize
_SHORT_DATA = 256  # what the property says for "short APDU only"


class Stuck(Exception):
    """The call did not come back in time; its line is given up."""


class Seen(NamedTuple):
    """The reader as the daemon sees it. `raw`: the state to wait on. `moves`: how often a card came or went so far."""

    raw: int
    card: bool
    mute: bool
    moves: int


class ReaderSays(NamedTuple):
    """What a reader tells of itself; empty strings and None where it does not."""

    maker: str
    model: str
    serial: str
    extended: bool | None


def use_socket(path: str) -> None:
    """Make libpcsclite talk to pcscd at this socket. Raise DeviceFault(SETTING_INVALID) when this process uses another already.

    The library reads PCSCLITE_CSOCK_NAME once, at the first context of a process (pcsc-lite, winscard_msg.c).
    """
    if _used and path not in _used:
        raise failing(FaultCode.SETTING_INVALID, "socket: this process talks to pcscd at another socket already")
    if path and not _used:
        os.environ["PCSCLITE_CSOCK_NAME"] = path
    _used.add(path)


_used: set[str] = set()


class PcscLine:
    """A context of its own. Each method waits at most `seconds` and calls `check` meanwhile; it raises Stuck, PcscError."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._context = 0
        self._card = 0
        self._pci: Any = None
        self._left = False
        """A caller left without an answer: the thread is held by the daemon."""
        self._thread = threading.Thread(target=self._work, name="pcsc-line", daemon=True)
        self._thread.start()

    def end(self, seconds: float) -> None:
        """Reset the card, so that nothing stays unlocked on it, and let go of everything; wait for that at most `seconds`."""
        self._jobs.put(None)
        if not self._left:
            self._thread.join(seconds)

    def establish(self, seconds: float, check: Callable[[], None]) -> None:
        """Get a context from the daemon."""
        self._run(self._establish, seconds, check)

    def readers(self, seconds: float, check: Callable[[], None]) -> list[str]:
        """Return the names of the readers."""
        return self._run(lambda: _checked(scard.SCardListReaders(self._context, []))[0], seconds, check)

    def look(self, reader: str, known: int, wait: float, seconds: float, check: Callable[[], None]) -> Seen:
        """Return the reader's state; wait for at most `wait` seconds for one that differs from the state `known`."""
        return self._run(lambda: self._look(reader, known, wait), seconds + wait, check)

    def describe(self, reader: str, seconds: float, check: Callable[[], None]) -> ReaderSays:
        """Ask the reader about itself; needs no card."""
        return self._run(lambda: self._describe(reader), seconds, check)

    def power(self, reader: str, seconds: float, check: Callable[[], None]) -> tuple[bytes, bool]:
        """Power the card, for ourselves alone; return its ATR and whether it speaks T=0."""
        return self._run(lambda: self._power(reader), seconds, check)

    def transmit(self, command: bytes, seconds: float, check: Callable[[], None]) -> bytes:
        """Send one command to the card; return what came back."""
        return self._run(lambda: self._transmit(command), seconds, check)

    # --- the caller's side

    def _run(self, work: Callable[[], T], seconds: float, check: Callable[[], None]) -> T:
        answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

        def job() -> None:
            try:
                answers.put((work(), None))
            except Exception as error:
                answers.put((None, error))

        self._jobs.put(job)
        self._left = True
        until = time.monotonic() + seconds
        while True:
            try:
                result, error = answers.get(timeout=min(_SLICE, max(0.0, until - time.monotonic())))
            except queue.Empty:
                check()
                if time.monotonic() >= until:
                    raise Stuck from None
                continue
            self._left = False
            if error is not None:
                raise error
            return result  # type: ignore[return-value]  # no error: it is the work's own result

    # --- in the thread

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            del job  # holds the command and the answer
        # The daemon may be gone by now, and the card with it.
        with contextlib.suppress(PcscError):
            if self._card:
                _checked(scard.SCardDisconnect(self._card, scard.SCARD_RESET_CARD))
        with contextlib.suppress(PcscError):
            if self._context:
                _checked(scard.SCardReleaseContext(self._context))

    def _establish(self) -> None:
        (self._context,) = _checked(scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM))

    def _look(self, reader: str, known: int, wait: float) -> Seen:
        answer = scard.SCardGetStatusChange(self._context, int(wait * 1000), [(reader, known)])
        states = _checked(answer, scard.SCARD_E_TIMEOUT)[0]
        state = states[0][1]
        if not state & (scard.SCARD_STATE_EMPTY | scard.SCARD_STATE_PRESENT):
            # UNKNOWN, UNAVAILABLE, or nothing at all: pcscd goes on listing a reader that it could not open.
            raise PcscError(scard.SCARD_E_READER_UNAVAILABLE)
        mute = bool(state & scard.SCARD_STATE_MUTE)
        # pcsclite counts insertions and removals in the upper half of the state.
        return Seen(state & ~scard.SCARD_STATE_CHANGED, bool(state & scard.SCARD_STATE_PRESENT), mute, state >> 16)

    def _describe(self, reader: str) -> ReaderSays:
        handle, _ = _checked(scard.SCardConnect(self._context, reader, scard.SCARD_SHARE_DIRECT, 0))
        try:
            texts = [_attribute(handle, name) for name in _ATTRIBUTES]
            return ReaderSays(texts[0], texts[1], texts[2], _takes_extended(handle))
        finally:
            scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)

    def _power(self, reader: str) -> tuple[bytes, bool]:
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        answer = scard.SCardConnect(self._context, reader, scard.SCARD_SHARE_EXCLUSIVE, protocols)
        self._card, protocol = _checked(answer)
        self._pci = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
        atr = _checked(scard.SCardStatus(self._card))[3]
        return bytes(atr), bool(protocol == scard.SCARD_PROTOCOL_T0)

    def _transmit(self, command: bytes) -> bytes:
        try:
            (answer,) = _checked(scard.SCardTransmit(self._card, self._pci, list(command)))
        except SystemError:
            # pyscard 2.3.1 forgets to set an exception when the handle is none of the library's any more.
            raise PcscError(scard.SCARD_E_INVALID_HANDLE) from None
        return bytes(answer)


_ATTRIBUTES = (scard.SCARD_ATTR_VENDOR_NAME, scard.SCARD_ATTR_VENDOR_IFD_TYPE, scard.SCARD_ATTR_VENDOR_IFD_SERIAL_NO)


def _checked(answer: Any, also: int = scard.SCARD_S_SUCCESS) -> list[Any]:
    """Return what a call gave beside its code. Raise PcscError unless the code is success, or `also`."""
    code, *rest = answer if isinstance(answer, (list, tuple)) else (answer,)
    code &= 0xFFFFFFFF  # a signed number on some platforms
    if code not in (scard.SCARD_S_SUCCESS, also):
        raise PcscError(code)
    return rest


def _attribute(handle: int, name: int) -> str:
    try:
        (value,) = _checked(scard.SCardGetAttrib(handle, name))
    except PcscError:
        return ""  # most readers know only some of them
    return bytes(value).split(b"\0")[0].decode("ascii", "replace").strip()


def _takes_extended(handle: int) -> bool | None:
    """Whether the reader takes extended APDUs; None when it does not say (PC/SC part 10, clauses 2.2 and 2.6)."""
    try:
        (features,) = _checked(scard.SCardControl(handle, _FEATURES, []))
        codes = {tag: int.from_bytes(bytes(value), "big") for tag, value in _tlv(features)}
        if _TLV_PROPERTIES not in codes:
            return None
        (properties,) = _checked(scard.SCardControl(handle, codes[_TLV_PROPERTIES], []))
    except PcscError:
        return None
    sizes = {tag: int.from_bytes(bytes(value), "little") for tag, value in _tlv(properties)}
    return sizes[_MAX_APDU_DATA] > _SHORT_DATA if _MAX_APDU_DATA in sizes else None


def _tlv(data: list[int]) -> list[tuple[int, list[int]]]:
    """Cut tag, length, value; what is torn at the end is left out."""
    found = []
    at = 0
    while at + 2 <= len(data) and at + 2 + data[at + 1] <= len(data):
        found.append((data[at], data[at + 2 : at + 2 + data[at + 1]]))
        at += 2 + data[at + 1]
    return found
