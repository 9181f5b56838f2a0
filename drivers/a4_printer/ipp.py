"""The driver `ipp`: an A4 printer that speaks IPP (RFC 8010, RFC 8011), asked directly, so that no spooler keeps a page."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, ClassVar

import msgspec

from drivers.a4_printer import ipp_settings
from drivers.a4_printer.ipp_client import IppClient, IppRefusal, Job, JobState
from drivers.a4_printer.ipp_pages import check_pages, job_name
from drivers.a4_printer.ipp_printing import PrintRun
from drivers.a4_printer.ipp_status import FaultMemory, Snapshot, capabilities, meanings, tray_presence, understand
from drivers.contract.a4_printer import (
    Capabilities,
    Floor,
    PageOut,
    Print,
    Printed,
    RaiseFence,
    Status,
    Taken,
    Trace,
    Traced,
    WaitTaken,
)
from drivers.contract.common import DeviceClass, Presence
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, FaultCode, failing

_FURTHEST = (PageOut.COMPLETED, PageOut.UNKNOWN, PageOut.ABORTED, PageOut.CANCELED)
"""Of several jobs with one name, the one that may have used paper counts."""

_WITHOUT_PAPER = {JobState.ABORTED: PageOut.ABORTED, JobState.CANCELED: PageOut.CANCELED}
"""Endings after which no paper is expected, if none was counted."""


class IppPrinter(Driver):
    """One printer. Keeps no connection: each question is one exchange, so a printer that was away needs no re-opening."""

    device_class: ClassVar[DeviceClass] = DeviceClass.A4_PRINTER
    Settings: ClassVar[type[msgspec.Struct]] = ipp_settings.Settings

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self._faults = FaultMemory()
        self._floor = 0

    def open(self) -> Capabilities:
        """Ask what it is. Raise DeviceFault: DEVICE_GONE, LINK_SILENT, LINK_GARBLED, PORT_DENIED, SETTING_INVALID (path)."""
        meanings()  # a table that cannot be read must fail here, not in the middle of a page
        return capabilities(self._client().printer())

    def status(self) -> Status:
        """Ask how it is."""
        return self._faults.status(understand(self._client().printer()))

    def perform(self, command: Any, call: Call) -> Printed | Taken | Traced | Floor:
        """Do one of the class's commands.

        Print raises STALE_FENCE, PAGE_DIGEST and JOB_REFUSED before anything was sent; any other ending is a Printed.
        """
        client = self._client(lambda: call.canceled)
        match command:
            case Print():
                self._admit(command)
                check_pages(command, call.fds)
                return self._print(client, command, call)
            case WaitTaken():
                return self._wait_taken(client, call)
            case Trace():
                return self._trace(client, command, call)
            case RaiseFence(floor=floor):
                self._floor = max(self._floor, floor)
                return Floor(self._floor)
        raise failing(FaultCode.UNSUPPORTED, type(command).__name__)

    def close(self) -> None:
        """Nothing is held between two exchanges."""

    def _client(self, stopped: Callable[[], bool] = lambda: False) -> IppClient:
        """What asks the printer; `stopped` ends an exchange early."""
        return IppClient(self.settings.uri, self.settings.request_seconds, stopped)

    def _print(self, client: IppClient, command: Print, call: Call) -> Printed:
        return PrintRun(client, self.settings, command, call).run()

    def _admit(self, command: Print) -> None:
        """Let through only the newest owner; an older one may be a command that was stuck somewhere on its way."""
        if command.fence < self._floor:
            raise failing(FaultCode.STALE_FENCE, f"fence {command.fence}, floor {self._floor}")
        self._floor = command.fence

    def _wait_taken(self, client: IppClient, call: Call) -> Taken:
        """Look at the exit tray until it is empty; a printer that is away for `lost_seconds` ends it with its fault."""
        answered = time.monotonic()
        while True:
            try:
                tray = tray_presence(understand(client.printer()))
            except DeviceFault:
                call.check()
                if time.monotonic() - answered > self.settings.lost_seconds:
                    raise
            else:
                answered = time.monotonic()
                if tray is Presence.NOT_SUPPORTED:
                    raise failing(FaultCode.UNSUPPORTED, "the printer does not tell what lies in its exit tray")
                if tray is Presence.ABSENT:
                    return Taken()
            call.sleep(self.settings.poll_seconds)

    def _trace(self, client: IppClient, command: Trace, call: Call) -> Traced:
        """Ask for the jobs of a serial by name; cancel what is under way and wait for its end.

        Raise DeviceFault when the printer cannot be asked: then nothing is known, and nothing is claimed.
        """
        names = [job_name(command.serial, page, command.pages) for page in range(1, command.pages + 1)]
        try:
            jobs = client.jobs_named(names)
            for job in jobs:
                if not job.state.final:
                    client.cancel_job(job.id)
            jobs = self._until_final(client, names, jobs, call)
        except IppRefusal as refusal:
            raise refusal.fault(FaultCode.UNSUPPORTED) from refusal
        snapshot: Snapshot = understand(client.printer())
        return Traced(
            pages=tuple(_furthest([job for job in jobs if job.name == name]) for name in names),
            tray=tray_presence(snapshot),
            counter=snapshot.counter,
        )

    def _until_final(self, client: IppClient, names: list[str], jobs: list[Job], call: Call) -> list[Job]:
        until = time.monotonic() + self.settings.cancel_seconds
        while not all(job.state.final for job in jobs) and time.monotonic() < until:
            call.sleep(self.settings.poll_seconds)
            # Seen before and gone now is not "never there": what was seen stays in the list.
            again = {job.id: job for job in client.jobs_named(names)}
            jobs = [*again.values(), *(job for job in jobs if job.id not in again)]
        return jobs


def _furthest(jobs: list[Job]) -> PageOut:
    """What is known of a page by its jobs; UNKNOWN when there is none, or none that is over."""
    outs = [_how_far(job) for job in jobs]
    return next((out for out in _FURTHEST if out in outs), PageOut.UNKNOWN)


def _how_far(job: Job) -> PageOut:
    if job.printed and job.sure:
        return PageOut.COMPLETED
    if job.sheets_out or not job.sure or job.state not in _WITHOUT_PAPER:
        return PageOut.UNKNOWN
    return _WITHOUT_PAPER[job.state]
