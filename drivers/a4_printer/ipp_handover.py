"""Handing one page to the printer, at most once. An answer that is lost is looked for by the job's name, never sent again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from drivers.a4_printer.ipp_client import TEMPORARY, IppClient, IppRefusal, Operation
from drivers.a4_printer.ipp_codec import Attributes, Line, Tag
from drivers.a4_printer.ipp_settings import Patience
from drivers.contract.driver import Call, CommandCanceled
from drivers.contract.faults import DeviceFault, Fault, FaultCode, failing, fault

_NOTHING_TAKEN = (
    FaultCode.DEVICE_GONE,
    FaultCode.PORT_DENIED,
    FaultCode.JOB_REFUSED,
    FaultCode.SETTING_INVALID,
)
"""Link faults after which the printer surely has nothing (see ipp_http)."""

_CLEAR_REFUSALS = (*range(0x0400, 0x0500), 0x0501, 0x0502, 0x0503, 0x0506, 0x0509, *TEMPORARY)
"""Statuses that say "not taken". Not among them: internal-error, device-error and job-canceled (RFC 8011 B.1.5.1, .5, .9),
which a printer may send after it has begun to print."""

_TEMPLATE: tuple[Line, ...] = (
    (Tag.INTEGER, "copies", 1),
    (Tag.KEYWORD, "sides", "one-sided"),
    # The issuer's page is printed as large as the issuer made it (PWG 5100.16); "fit" would shrink its code and its seal.
    (Tag.KEYWORD, "print-scaling", "none"),
)
"""How each page is printed, as far as the printer has the attribute: its own defaults may be two copies or duplex."""


@dataclass(frozen=True)
class Taken:
    """The printer has the page; its job."""

    job_id: int


@dataclass(frozen=True)
class NotTaken:
    """The printer surely has nothing that could come out."""

    fault: Fault


@dataclass(frozen=True)
class InDoubt:
    """Bytes were sent, no answer came, and the printer does not say that it has the job."""

    fault: Fault


def template(attributes: Attributes, media: str) -> tuple[Line, ...]:
    """Return the job attributes for this printer. Raise DeviceFault(JOB_REFUSED) when it does not have this paper size."""
    sizes = attributes.texts("media-supported")
    if sizes and media not in sizes:
        raise failing(FaultCode.JOB_REFUSED, f"media-supported does not list {media}")
    lines = [line for line in _TEMPLATE if _keeps(attributes, line)]
    return (*lines, (Tag.KEYWORD, "media", media)) if sizes else tuple(lines)


def _keeps(attributes: Attributes, line: Line) -> bool:
    tag, name, value = line
    supported = attributes.get(f"{name}-supported", [])
    return value in supported if tag is Tag.KEYWORD else bool(supported)


class HandOver:
    """Hands pages over to one printer. With Create-Job the job's number is known before the page leaves; Print-Job otherwise."""

    def __init__(self, client: IppClient, settings: Patience, call: Call, attributes: Attributes) -> None:
        self._client = client
        self._settings = settings
        self._call = call
        operations = attributes.integers("operations-supported")
        self._two_steps = Operation.CREATE_JOB in operations and Operation.SEND_DOCUMENT in operations

    def page(self, name: str, lines: Sequence[Line], page: bytes) -> Taken | NotTaken | InDoubt:
        """Hand one page over. "Not now" (busy) is asked again for `stop_seconds`: nothing was taken, so nothing is repeated."""
        until = time.monotonic() + self._settings.stop_seconds
        while True:
            try:
                return self._in_two_steps(name, lines, page) if self._two_steps else self._in_one(name, lines, page)
            except IppRefusal as refusal:
                if refusal.status not in _CLEAR_REFUSALS:
                    return self._lost(name, refusal.fault(FaultCode.JOB_LOST))
                if refusal.status not in TEMPORARY or time.monotonic() > until or not self._wait():
                    return NotTaken(refusal.fault(FaultCode.JOB_REFUSED).fault)

    def _in_one(self, name: str, lines: Sequence[Line], page: bytes) -> Taken | NotTaken | InDoubt:
        try:
            return Taken(self._for_page().print_job(name, lines, page).id)
        except DeviceFault as error:
            return self._lost(name, error)

    def _in_two_steps(self, name: str, lines: Sequence[Line], page: bytes) -> Taken | NotTaken:
        try:
            job_id = self._client.create_job(name, lines).id
        except IppRefusal as refusal:
            if refusal.status in TEMPORARY:
                raise
            return NotTaken(refusal.fault(FaultCode.JOB_REFUSED).fault)
        except DeviceFault as error:
            # Whether or not an empty job was made: without its document no paper comes of it.
            return self._dropped(name, error)
        try:
            self._for_page().send_document(job_id, page)
        except IppRefusal as refusal:
            if refusal.status in _CLEAR_REFUSALS:
                return self._dropped(name, refusal.fault(FaultCode.JOB_REFUSED))
        except DeviceFault as error:
            if error.fault.code in _NOTHING_TAKEN:
                return self._dropped(name, error)
        # Also after a lost answer: the number is known, and following the job tells whether the document arrived.
        return Taken(job_id)

    def _for_page(self) -> IppClient:
        left = self._call.remaining() - self._settings.reserve
        return self._client.patient(max(self._settings.poll_seconds, min(self._settings.document_seconds, left)))

    def _lost(self, name: str, error: DeviceFault) -> Taken | NotTaken | InDoubt:
        """Ask by name what became of a request without an answer, for `lost_seconds`, or once more after a cancel."""
        if error.fault.code in _NOTHING_TAKEN:
            return NotTaken(error.fault)
        until = time.monotonic() + min(self._settings.lost_seconds, self._call.remaining() - self._settings.reserve)
        while True:
            last = self._call.canceled or time.monotonic() > until
            client = self._client.unstoppable(self._settings.cancel_seconds / 2)
            try:
                if jobs := client.jobs_named([name]):
                    return Taken(max(job.id for job in jobs))
            except (DeviceFault, IppRefusal):
                pass  # it may be back by the next question
            if last:
                return InDoubt(
                    fault(FaultCode.JOB_LOST, f"no job {name} after {error.fault.code}: {error.fault.detail}")
                )
            self._wait()

    def _dropped(self, name: str, error: DeviceFault) -> NotTaken:
        """Take an empty job out of the printer's list, if the printer can be asked; else its own time-out does."""
        client = self._client.unstoppable(self._settings.cancel_seconds / 4)
        try:
            for job in client.jobs_named([name]):
                client.cancel_job(job.id)
        except (DeviceFault, IppRefusal):
            pass
        return NotTaken(error.fault)

    def _wait(self) -> bool:
        """Pause between two questions; False when there is no time left for another."""
        try:
            self._call.sleep(self._settings.poll_seconds)
        except (CommandCanceled, DeviceFault):
            return False
        return True
