"""The driver `cups`: an A4 printer behind a queue of the system's CUPS, for printers that need CUPS' own drivers.

**Prefer `ipp` where the printer speaks IPP** (over the network, or over USB by ipp-usb): then no queue writes a page to a disk.
A queue is a spool. What cupsd keeps, and what this driver does about it:

- Each page lies in RequestRoot (/var/spool/cups/d*) from the moment it is handed over, unencrypted. CUPS 2.4 takes no wish in a
  job to keep nothing (job-retain-until came later), and by default it keeps documents for a day (PreserveJobFiles 86400) and names
  and times for good. So each job is purged as soon as it is over and its end is known. What was in the spool when the machine
  lost power lies there until the Trace of that serial or the next print. Set `PreserveJobFiles No` and put RequestRoot on a tmpfs
  (then give `Trace` less to find after a power cut: the counter decides) or on an encrypted disk.
- AccessLog and PageLog keep job names, which hold the serial and never a person's name, and the user `kiosk`.
- The digest of a page is checked over the bytes that CUPS is given. What its filters make of them is CUPS' matter.
- Evidence is what the printer itself says where it can be asked; with a backend that does not wait for the printer no page gets
  further than SENT, and `Capabilities.evidence` is empty.

A queue that would print a page again by itself (printer-error-policy retry-job, Debian's default) is refused, and so is one
with banner pages; the fault says which command cures it.
"""

from __future__ import annotations

import logging
import os
import pwd
from collections.abc import Callable
from typing import ClassVar

import msgspec

from drivers.a4_printer import cups_queue
from drivers.a4_printer.cups_queue import QueueClient
from drivers.a4_printer.cups_settings import CupsSettings
from drivers.a4_printer.cups_upkeep import Upkeep
from drivers.a4_printer.ipp import IppPrinter
from drivers.a4_printer.ipp_client import IppClient
from drivers.a4_printer.ipp_codec import Attributes
from drivers.a4_printer.ipp_pages import job_name
from drivers.a4_printer.ipp_status import capabilities, meanings, understand
from drivers.contract.a4_printer import Capabilities, Evidence, Print, Printed, Status, Trace, Traced
from drivers.contract.driver import Call
from drivers.contract.faults import DeviceFault, FaultCode, failing

_log = logging.getLogger("drivers.cups")

_REPEATING = ("retry-job", "retry-current-job")
"""printer-error-policy with which CUPS sends a job again after an error: a page could come out twice."""

_KEPT = "cups-jobs-kept"
"""In Status.reasons: the scheduler does not let us delete what was printed."""


class CupsPrinter(IppPrinter):
    """One queue. The rules of a print are those of `ipp`; around them the queue is kept clean and going."""

    Settings: ClassVar[type[msgspec.Struct]] = CupsSettings

    def __init__(self, settings: CupsSettings) -> None:
        super().__init__(settings)
        self._upkeep = Upkeep(settings)

    def open(self) -> Capabilities:
        """Ask what it is. Raise DeviceFault: DEVICE_GONE, LINK_*, PORT_DENIED, SETTING_INVALID (no such queue, or its policy)."""
        meanings()
        queue = self._queue()
        attributes = queue.printer()
        self._check(attributes)
        _refuse_if_away(attributes)
        told = capabilities(attributes)
        evidence = told.evidence if cups_queue.waits(attributes) else _without_job_state(told.evidence)
        return msgspec.structs.replace(told, evidence=evidence, spooled=True)

    def status(self) -> Status:
        """Ask how queue and printer are; raise DEVICE_GONE when the printer itself is away.

        Calls off what was left over in the queue, and starts one whose reason to stop is gone.
        """
        queue = self._queue()
        attributes = queue.printer()
        if self._upkeep.look_after(queue, attributes):
            attributes = queue.printer()
        _refuse_if_away(attributes)
        status = self._faults.status(understand(attributes))
        return msgspec.structs.replace(status, reasons=(*status.reasons, _KEPT)) if self._upkeep.kept else status

    def _client(self, stopped: Callable[[], bool] = lambda: False) -> IppClient:
        return self._queue(stopped)

    def _queue(self, stopped: Callable[[], bool] = lambda: False) -> QueueClient:
        own: CupsSettings = self.settings
        return QueueClient(
            own.uri,
            own.request_seconds,
            stopped,
            cups_queue.local(own.socket),
            own.user,
            account=_account(),
            here=own.here,
        )

    def _print(self, client: IppClient, command: Print, call: Call) -> Printed:
        """Print into a clean queue, then delete what went through it. Raise JOB_REFUSED when something of ours stays in it."""
        queue = self._queue()
        try:
            self._upkeep.look_after(queue, queue.printer())
            clean = self._upkeep.withdraw(queue)
            self._upkeep.clear_out(queue)
        except DeviceFault as error:
            _log.info("queue %s before a print: %s", self.settings.name, error.fault.code)
            clean = True  # it cannot be asked; the print itself will meet that, and tell it
        if not clean:
            raise failing(FaultCode.JOB_REFUSED, "an earlier job is still in the queue and could come out")
        try:
            return super()._print(client, command, call)
        finally:
            self._upkeep.forget(queue, _names(command.serial, len(command.digests)))

    def _trace(self, client: IppClient, command: Trace, call: Call) -> Traced:
        """As `ipp` does it; what was found is deleted from the spool, since it is known now."""
        traced = super()._trace(client, command, call)
        self._upkeep.forget(self._queue(), _names(command.serial, command.pages))
        return traced

    def _check(self, attributes: Attributes) -> None:
        """Raise DeviceFault(SETTING_INVALID) for a queue that would print what nobody asked for."""
        name = self.settings.name
        policy = attributes.text("printer-error-policy")
        if policy in _REPEATING:
            cure = f"lpadmin -p {name} -o printer-error-policy=stop-printer"
            raise failing(FaultCode.SETTING_INVALID, f"queue: {policy} may print a page twice; cure: {cure}")
        banners = [sheet for sheet in attributes.texts("job-sheets-default") if sheet != "none"]
        if banners:
            cure = f"lpadmin -p {name} -o job-sheets-default=none,none"
            raise failing(FaultCode.SETTING_INVALID, f"queue: it prints banner pages ({banners[0]}); cure: {cure}")


def _refuse_if_away(attributes: Attributes) -> None:
    """The scheduler answers for a printer that is not there; the device is the printer."""
    if cups_queue.AWAY in attributes.texts("printer-state-reasons"):
        raise failing(FaultCode.DEVICE_GONE, attributes.text(cups_queue.MESSAGE) or "the printer behind the queue")


def _names(serial: str, pages: int) -> list[str]:
    return [job_name(serial, page, pages) for page in range(1, pages + 1)]


def _without_job_state(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(kind for kind in evidence if kind is not Evidence.JOB_STATE)


def _account() -> str:
    """The account of this process; "" when it has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return ""
