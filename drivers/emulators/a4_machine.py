"""The mechanics of the emulated A4 printer: paper, jam, cover, toner, exit tray, life-time counter, and one job after the other.

A thread feeds the sheets. Whatever is done to the machine (a job sent or cancelled, paper taken, the cover opened) wakes it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PENDING, PROCESSING, STOPPED, CANCELED, ABORTED, COMPLETED = 3, 5, 6, 7, 8, 9
"""job-state (RFC 8011 5.3.7)."""


@dataclass
class Job:
    """One job. `pages` is 0 until its document has arrived and been looked at; `template`: how it is asked to be printed."""

    id: int
    name: str
    template: dict[str, object] = field(default_factory=dict)
    format: str = ""
    pages: int = 0
    state: int = PENDING
    reasons: tuple[str, ...] = ("job-incoming",)
    sheets_out: int = 0
    received_at: float = field(default_factory=time.time)
    completed_at: float | None = None
    cancel_asked: bool = False

    @property
    def over(self) -> bool:
        """Whether it has a final state."""
        return self.state >= CANCELED

    def end(self, state: int, reason: str) -> None:
        """Give it its final state."""
        self.state, self.reasons, self.completed_at = state, (reason,), time.time()


class Machine:
    """The printer without its network. Every public method may be called from any thread."""

    def __init__(
        self, *, sheets: int, exit_capacity: int, seconds_per_page: float, counter: int, capture: Path | None
    ) -> None:
        self.sheets = sheets
        self.in_exit = 0
        self.exit_capacity = exit_capacity
        self.seconds_per_page = seconds_per_page
        self.counter = counter
        self.cover_open = False
        self.jammed = False
        self.toner = "ok"
        self.toner_percent = 80
        self.extra_reasons: tuple[str, ...] = ()
        self.jobs: dict[int, Job] = {}
        self.powered = False
        self.on_death: Callable[[], None] = lambda: None
        self._capture = capture
        self._next_id = 1
        self._jam_in: int | None = None
        self._die: str = ""
        self._thread: threading.Thread | None = None
        self.changed = threading.Condition(threading.RLock())

    # --- power

    def power_on(self) -> None:
        """Start; the jobs of an earlier life are forgotten, counter and paper are as they were."""
        with self.changed:
            self.jobs.clear()
            self._die = ""
            self.powered = True
        self._thread = threading.Thread(target=self._work, name="a4-machine", daemon=True)
        self._thread.start()

    def power_off(self) -> None:
        """Stop at once, in the middle of whatever runs."""
        with self.changed:
            self.powered = False
            self.changed.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def die_with_next(self, moment: str) -> None:
        """Arm: power is lost while the current or next job runs, "before" or "after" its next sheet comes out."""
        with self.changed:
            self._die = moment
            self.changed.notify_all()

    # --- jobs

    def new_job(self, name: str, template: dict[str, object]) -> Job:
        """Make a job without a document."""
        with self.changed:
            job = Job(self._next_id, name, template)
            self._next_id += 1
            self.jobs[job.id] = job
            return job

    def give_document(self, job: Job, document: bytes, format: str, pages: int) -> None:
        """The document has arrived whole: keep it, queue the job."""
        with self.changed:
            job.format, job.pages, job.reasons, job.received_at = format, pages, ("none",), time.time()
            if self._capture is not None:
                (self._capture / f"job-{job.id}.pdf").write_bytes(document)
            self._note(job)
            self.changed.notify_all()

    def abort(self, job: Job, reason: str) -> None:
        """End a job whose document cannot be printed."""
        with self.changed:
            job.end(ABORTED, reason)
            self._note(job)

    def cancel(self, job: Job) -> bool:
        """Ask a job to stop; False when it is over. The sheet under way is not finished."""
        with self.changed:
            if job.over:
                return False
            if job.state == PENDING:
                job.end(CANCELED, "job-canceled-by-user")
                self._note(job)
            else:
                job.cancel_asked = True
                job.reasons = ("processing-to-stop-point",)
            self.changed.notify_all()
            return True

    # --- paper and other things that people do to it

    def take_paper(self) -> int:
        """Empty the exit tray; return how many sheets lay there."""
        with self.changed:
            taken, self.in_exit = self.in_exit, 0
            if taken:
                self._line({"at": time.time(), "event": "taken", "sheets": taken})
            self.changed.notify_all()
            return taken

    def jam_at(self, sheet: int) -> None:
        """Jam at the `sheet`-th sheet from now; it does not come out."""
        with self.changed:
            self._jam_in = sheet

    def change(self, **values: Any) -> None:
        """Set any of the plain properties and wake the machine."""
        with self.changed:
            for name, value in values.items():
                setattr(self, name, value)
            if values.get("jammed") is False:
                self._jam_in = None
            self.changed.notify_all()

    def reasons(self) -> tuple[str, ...]:
        """printer-state-reasons; ("none",) when all is well."""
        with self.changed:
            found = {
                "media-empty-error": self.sheets == 0,
                "media-needed-error": self.sheets == 0 and self._busy(),
                "media-low-warning": 0 < self.sheets <= _LOW_SHEETS,
                "media-jam-error": self.jammed,
                "cover-open-error": self.cover_open,
                "toner-empty-error": self.toner == "empty",
                "toner-low-warning": self.toner == "low",
                "output-area-full-error": self.in_exit >= self.exit_capacity,
            }
            return (*(reason for reason, here in found.items() if here), *self.extra_reasons) or ("none",)

    def toner_level(self) -> int:
        """What is left of the toner in per cent; what is told to be low or empty is counted so too."""
        most = {"ok": 100, "low": _LOW_TONER, "empty": 0}[self.toner]
        return min(self.toner_percent, most)

    def state(self) -> int:
        """printer-state: 3 idle, 4 processing, 5 stopped."""
        with self.changed:
            if self._blocked():
                return 5
            return 4 if self._busy() else 3

    def _busy(self) -> bool:
        return any(not job.over and job.pages for job in self.jobs.values())

    def _blocked(self) -> bool:
        return self.jammed or self.cover_open or self.toner == "empty" or self._no_room()

    def _no_room(self) -> bool:
        return self.in_exit >= self.exit_capacity or (self.sheets == 0 and self._busy())

    # --- the thread that feeds

    def _work(self) -> None:
        with self.changed:
            while self.powered:
                job = next((job for job in self.jobs.values() if job.state == PENDING and job.pages), None)
                if job is None:
                    self.changed.wait()
                else:
                    self._print(job)

    def _print(self, job: Job) -> None:
        """Print one job to its end, or until the power goes."""
        job.state, job.reasons = PROCESSING, ("job-printing",)
        while job.sheets_out < job.pages and not job.cancel_asked:
            self._feed(job)
            if not self.powered:
                return
        if job.sheets_out == job.pages:
            job.end(COMPLETED, "job-completed-successfully")
        else:
            job.end(CANCELED, "job-canceled-by-user")
        self._note(job)

    def _feed(self, job: Job) -> None:
        """One sheet: its time, what stands in its way, and out it comes. Returns early on cancel and power loss."""
        self._pass(self.seconds_per_page, job)
        while self.powered and not job.cancel_asked and self._obstructed():
            job.state, job.reasons = STOPPED, ("printer-stopped",)
            self.changed.wait()
        if job.cancel_asked or not self.powered or self._dies("before"):
            return
        job.state, job.reasons = PROCESSING, ("job-printing",)
        self.sheets -= 1
        self.counter += 1
        self.in_exit += 1
        job.sheets_out += 1
        self._line({"at": time.time(), "event": "sheet", "job_id": job.id, "name": job.name,
                    "page": job.sheets_out, "counter": self.counter})  # fmt: skip
        self._note(job)
        self._dies("after")

    def _obstructed(self) -> bool:
        """Whether the sheet cannot go through; here is where an armed jam happens."""
        if self._blocked() or self.sheets == 0:
            return True
        if self._jam_in is not None:
            self._jam_in -= 1
            if self._jam_in == 0:
                self._jam_in, self.jammed = None, True
                self.sheets -= 1  # the sheet is in the machine, and will be pulled out of it in pieces
        return self.jammed

    def _dies(self, moment: str) -> bool:
        if self._die != moment:
            return False
        self.powered = False
        self.on_death()
        return True

    def _pass(self, seconds: float, job: Job) -> None:
        until = time.monotonic() + seconds
        while self.powered and not job.cancel_asked and (left := until - time.monotonic()) > 0:
            self.changed.wait(left)

    # --- what is kept of it

    def _note(self, job: Job) -> None:
        """Write job-<id>.json, whole at any moment."""
        if self._capture is None:
            return
        row = {
            "job_id": job.id,
            "name": job.name,
            "template": job.template,
            "format": job.format,
            "pages": job.pages,
            "received_at": job.received_at,
            "completed_at": job.completed_at,
            "state": job.state,
            "sheets_out": job.sheets_out,
        }
        part = self._capture / f"job-{job.id}.json.part"
        part.write_text(json.dumps(row), "utf-8")
        part.replace(self._capture / f"job-{job.id}.json")

    def _line(self, row: dict[str, object]) -> None:
        if self._capture is not None:
            with (self._capture / "paper.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")


_LOW_SHEETS = 10
"""Below this a desktop printer's lever tells "low"."""

_LOW_TONER = 10
"""Below this per cent printers tell "low"."""
