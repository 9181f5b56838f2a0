"""The reader behind its line: greeted when the line is opened, asked, and let go when the line is lost."""

from __future__ import annotations

import struct
from collections.abc import Callable

from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.id_card import sdt_frames as sdt
from drivers.id_card.sdt_link import Line, SdtLink, Timing
from drivers.id_card.sdt_settings import SdtSettings

PROBE_SECONDS = 0.5
"""Time to answer a probe: a driver's `status()` must end within 2 s and may have to wait for a late answer and ask twice."""

Check = Callable[[], None]


class SdtReader:
    """One reader on the line that `open_line` opens. Not connected until `connect()`, and no longer once the line is lost."""

    def __init__(self, open_line: Callable[[], Line], timing: Timing, settings: SdtSettings) -> None:
        self._open_line = open_line
        self._timing = timing
        self._set = settings
        self._link: SdtLink | None = None

    @property
    def connected(self) -> bool:
        """Whether the line is open."""
        return self._link is not None

    def connect(self) -> str:
        """Open the line and greet the SAM; return its number. Raise DeviceFault, leaving no half-open line behind."""
        self._link = SdtLink(self._open_line(), self._timing)
        try:
            self.demand(sdt.SAM_STATUS, no_check, attempts=2, seconds=PROBE_SECONDS)
            return _sam_id(self.demand(sdt.SAM_ID, no_check, attempts=1, seconds=PROBE_SECONDS).data)
        except DeviceFault:
            self.close()
            raise

    def ask(
        self, command: sdt.Command, check: Check, *, attempts: int | None = None, seconds: float | None = None
    ) -> sdt.Reply:
        """Return the reply, whatever its status; see `SdtLink.ask`. A line that is gone is closed."""
        if self._link is None:
            raise failing(FaultCode.DEVICE_GONE, "the line to the reader is closed")
        try:
            return self._link.ask(command, seconds=seconds or self._set.answer_seconds, check=check, attempts=attempts)
        except DeviceFault as error:
            if error.fault.code is FaultCode.DEVICE_GONE:
                self.close()
            raise

    def demand(
        self, command: sdt.Command, check: Check, *, attempts: int | None = None, seconds: float | None = None
    ) -> sdt.Reply:
        """As `ask`, but raise DeviceFault for every answer that is not a good one to this command."""
        reply = self.ask(command, check, attempts=attempts, seconds=seconds)
        if reply.status in command.answers:
            return reply
        raise _refused(command, reply)

    def close(self) -> None:
        """Close the line."""
        if self._link is not None:
            self._link.close()
            self._link = None


def no_check() -> None:
    """For probes, which have their own short time limits and no caller to cancel them."""


def _refused(command: sdt.Command, reply: sdt.Reply) -> DeviceFault:
    """The fault for a reply that is not a good answer. The SAM's own commands never blame the card."""
    status = reply.status
    if status is None:
        return failing(FaultCode.LINK_GARBLED, f"{command.name}: status {reply.sw[2]:02X} is not in the protocol")
    code = sdt.FAULT_OF[status] or FaultCode.LINK_GARBLED
    if not command.of_card and code in (FaultCode.CARD_UNREADABLE, FaultCode.CARD_ABSENT, FaultCode.CARD_UNKNOWN_TYPE):
        code = FaultCode.SAM_FAILED
    return failing(code, f"{command.name}: status {status.value:02X} {status.name}")


def _sam_id(raw: bytearray) -> str:
    """Format the SAM's number as the readers' makers print it: little-endian u16, u16, u32, u32, u32."""
    return "{:02d}.{:02d}-{:08d}-{:010d}-{:010d}".format(*struct.unpack("<HHIII", raw))
