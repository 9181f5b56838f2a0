"""An A4 printer that speaks IPP on a port of its own, with verbs for everything that people and fate do to a printer."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from drivers.emulators import a4_ipp_wire as wire
from drivers.emulators.a4_ipp_service import OPERATION_NAMES, Abilities, IppService
from drivers.emulators.a4_machine import Machine
from drivers.emulators.a4_port import PATH, Handler, Port
from drivers.emulators.base import Emulator, verb

FAULTS = ("silent", "drop", "garble", "truncate", "http500")
"""silent, drop: it does what was asked, but no answer comes. garble, truncate: the answer is damaged. http500: it does nothing."""

_GARBLED_BYTES = 6
"""Bytes changed in a garbled answer."""


class IppEmulator(Emulator):
    """The printer. Settings for the driver come from `start()`: {"uri": "ipp://127.0.0.1:PORT/ipp/print"}.

    `counter`, `tray_sensor`, `input_tray`, `create_job` set to False make a simpler printer, which can prove less.
    With `capture`: job-<id>.pdf and job-<id>.json for each job, paper.jsonl with a line for each sheet and each taking.
    """

    kind: ClassVar[str] = "ipp"

    def __init__(
        self,
        capture: Path | None = None,
        *,
        port: int = 0,
        sheets: int = 100,
        seconds_per_page: float = 0.5,
        counter: bool = True,
        counter_start: int = 1000,
        tray_sensor: bool = True,
        input_tray: bool = True,
        create_job: bool = True,
        exit_capacity: int = 100,
        formats: Sequence[str] = ("application/pdf",),
        media: Sequence[str] = ("iso_a4_210x297mm",),
        ignores: Sequence[str] = (),
        seed: int | None = None,
    ) -> None:
        super().__init__(capture)
        self._port = port
        self._random = random.Random(seed)  # noqa: S311  which byte is garbled is no secret
        self._machine = Machine(
            sheets=sheets,
            exit_capacity=exit_capacity,
            seconds_per_page=seconds_per_page,
            counter=counter_start,
            capture=capture,
        )
        self._machine.on_death = self._close_port
        abilities = Abilities(
            formats=tuple(formats),
            media=tuple(media),
            ignores=tuple(ignores),
            counter=counter,
            exit_sensor=tray_sensor,
            tray_count=input_tray,
            create_job=create_job,
        )
        self._service = IppService(self._machine, abilities)
        self._server: Port | None = None
        self._faults: list[_Fault] = []
        self._lock = threading.RLock()

    def start(self) -> dict[str, object]:
        """Power on and listen."""
        self._machine.power_on()
        self._open_port()
        return {"uri": f"ipp://127.0.0.1:{self._port}{PATH}"}

    def stop(self) -> None:
        """Power off."""
        self.clear_faults()
        self._close_port()
        self._machine.power_off()

    def state(self) -> dict[str, Any]:
        """What one would see and read at the printer."""
        machine = self._machine
        with machine.changed:
            return {
                "powered": machine.powered,
                "listening": self._server is not None,
                "printer_state": machine.state(),
                "reasons": list(machine.reasons()),
                "sheets": machine.sheets,
                "in_exit": machine.in_exit,
                "counter": machine.counter,
                "cover_open": machine.cover_open,
                "jammed": machine.jammed,
                "toner": machine.toner,
                "seconds_per_page": machine.seconds_per_page,
                "faults": [fault.kind for fault in self._faults],
                "jobs": [
                    {"id": job.id, "name": job.name, "state": job.state, "sheets_out": job.sheets_out}
                    for job in machine.jobs.values()
                ],
            }

    # --- what a visitor and a keeper do

    @verb
    def take_paper(self) -> int:
        """Take what lies in the exit tray; return the number of sheets."""
        return self._machine.take_paper()

    @verb
    def load(self, sheets: int = 100) -> None:
        """Put sheets into the paper tray."""
        self._machine.change(sheets=self._machine.sheets + sheets)

    @verb
    def empty(self) -> None:
        """Take all paper out of the paper tray."""
        self._machine.change(sheets=0)

    @verb
    def cover(self, open: bool) -> None:
        """Open or close the cover."""
        self._machine.change(cover_open=open)

    @verb
    def toner(self, level: str) -> None:
        """Set the toner: "ok", "low" or "empty"."""
        if level not in ("ok", "low", "empty"):
            raise ValueError(f"level: ok, low or empty, not {level!r}")
        self._machine.change(toner=level)

    @verb
    def clear_jam(self) -> None:
        """Pull the jammed sheet out; a job that waits goes on."""
        self._machine.change(jammed=False)

    # --- what fate does

    @verb
    def jam(self, at_page: int = 1) -> None:
        """Jam at the `at_page`-th sheet from now, which does not come out."""
        if at_page < 1:
            raise ValueError("at_page: 1 is the next sheet")
        self._machine.jam_at(at_page)

    @verb
    def slow(self, seconds_per_page: float) -> None:
        """Take so long for each page from now on."""
        self._machine.change(seconds_per_page=seconds_per_page)

    @verb
    def busy(self, times: int = 1) -> None:
        """Answer the next `times` jobs with "busy"."""
        self._service.be_busy(times)

    @verb
    def reason(self, keyword: str = "") -> None:
        """Tell one more state reason, of whatever name; none with ""."""
        self._machine.change(extra_reasons=(keyword,) if keyword else ())

    @verb
    def die_mid_job(self, after_sheet: bool = False) -> None:
        """Lose power while the current or next job runs: all connections drop, jobs are forgotten, the counter stays."""
        self._machine.die_with_next("after" if after_sheet else "before")

    @verb
    def revive(self) -> None:
        """Power on again at the same port."""
        self._machine.power_off()
        self._machine.power_on()
        self._open_port()

    @verb
    def unplug(self) -> None:
        """Pull the network cable; what is being printed goes on."""
        self._close_port()

    @verb
    def replug(self) -> None:
        """Put the cable back."""
        self._open_port()

    @verb
    def fault(self, kind: str, operation: str = "", times: int | None = None) -> None:
        """Damage answers: `kind` is one of FAULTS; only those to `operation` ("print-job"), only `times` times."""
        if kind not in FAULTS:
            raise ValueError(f"kind: one of {', '.join(FAULTS)}, not {kind!r}")
        if operation and operation not in OPERATION_NAMES.values():
            raise ValueError(f"operation: one of {', '.join(OPERATION_NAMES.values())}, not {operation!r}")
        with self._lock:
            self._faults.append(_Fault(kind, operation, times))

    @verb
    def clear_faults(self) -> None:
        """Answer properly again."""
        with self._lock:
            self._faults.clear()

    # --- the port

    def _open_port(self) -> None:
        with self._lock:
            if self._server is None:
                self._server = Port(self._port, self.handle)
                self._port = self._server.server_port
                self._server.begin()

    def _close_port(self) -> None:
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.end()

    def handle(self, raw: bytes, handler: Handler) -> None:
        """Answer one POST, or do with the answer what an armed fault says."""
        try:
            request = wire.parse(raw)
        except wire.BadRequest:
            handler.reply(400, b"")
            return
        fault = self._armed(OPERATION_NAMES.get(request.operation, ""))
        if fault is None:
            handler.reply(200, self._service.answer(request))
        elif fault.kind == "http500":
            handler.reply(500, b"")
        else:
            self._damage(fault, self._service.answer(request), handler)

    def _damage(self, fault: _Fault, answer: bytes, handler: Handler) -> None:
        if fault.kind == "silent":
            handler.wait_for_hangup()
        elif fault.kind == "garble":
            garbled = bytearray(answer)
            for _ in range(_GARBLED_BYTES):
                garbled[self._random.randrange(8, len(garbled))] ^= self._random.randrange(1, 256)
            handler.reply(200, bytes(garbled))
        elif fault.kind == "truncate":
            handler.reply(200, answer, keep=len(answer) // 2)

    def _armed(self, operation: str) -> _Fault | None:
        with self._lock:
            fault = next((fault for fault in self._faults if fault.operation in ("", operation)), None)
            if fault is not None and fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
            return fault


@dataclass
class _Fault:
    """An armed fault verb; `times` is None for "until cleared"."""

    kind: str
    operation: str
    times: int | None
