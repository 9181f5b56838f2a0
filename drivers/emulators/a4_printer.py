"""An A4 printer that speaks IPP on a port of its own, with verbs for everything that people and fate do to a printer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from drivers.emulators import a4_ipp_wire as wire
from drivers.emulators.a4_faults import FAULTS, WIRE_FAULTS, Armed, WireFaults
from drivers.emulators.a4_ipp_service import OPERATION_NAMES, Abilities, IppService
from drivers.emulators.a4_machine import Machine
from drivers.emulators.a4_port import PATH, Handler, Port
from drivers.emulators.base import Emulator, verb

_JOBS_SHOWN = 50
"""Of the state: CUPS makes hundreds of empty jobs when it meets an error."""

_FEW_SHEETS = 3
"""Of the fault paper_low."""


class IppEmulator(Emulator):
    """The printer. Settings for the driver come from `start()`: {"uri": "ipp://127.0.0.1:PORT/ipp/print"}.

    `counter`, `tray_sensor`, `input_tray`, `create_job`, `markers` set to False make a simpler printer, which can prove less.
    With `capture`: job-<id>.pdf and job-<id>.json for each job, paper.jsonl with a line for each sheet and each taking.
    """

    kind: ClassVar[str] = "ipp"
    FAULTS: ClassVar[Mapping[str, str]] = FAULTS

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
        markers: bool = True,
        exit_capacity: int = 100,
        formats: Sequence[str] = ("application/pdf",),
        media: Sequence[str] = ("iso_a4_210x297mm",),
        ignores: Sequence[str] = (),
        seed: int | None = None,
    ) -> None:
        super().__init__(capture)
        self._port = port
        self._wire_faults = WireFaults(seed)
        self._cures: list[Callable[[], object]] = []
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
            markers=markers,
        )
        self._service = IppService(self._machine, abilities)
        self._server: Port | None = None
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
                "toner_percent": machine.toner_level(),
                "seconds_per_page": machine.seconds_per_page,
                "faults": self._wire_faults.kinds,
                "jobs": [
                    {"id": job.id, "name": job.name, "state": job.state, "sheets_out": job.sheets_out}
                    for job in list(machine.jobs.values())[-_JOBS_SHOWN:]
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
    def toner_percent(self, percent: int = 80) -> None:
        """Let so much of the toner be left: a new cartridge has 100."""
        if not 0 <= percent <= 100:
            raise ValueError("percent: 0 to 100")
        self._machine.change(toner_percent=percent)

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
        """Put the cable back; a printer that lost its power has it again."""
        if self._machine.powered:
            self._open_port()
        else:
            self.revive()

    @verb
    def withdraw(self) -> bool:
        """Take the paper out of the exit tray. False: none lay there."""
        return self.take_paper() > 0

    @verb
    def fault(
        self, kind: str, operation: str = "", times: int | None = None, seconds: float = 1.0, at_page: int = 1
    ) -> None:
        """Let something of `FAULTS` go wrong; `operation` and `times` are for answers only."""
        if kind not in FAULTS:
            raise ValueError(f"kind: one of {', '.join(FAULTS)}, not {kind!r}")
        if operation and operation not in OPERATION_NAMES.values():
            raise ValueError(f"operation: one of {', '.join(OPERATION_NAMES.values())}, not {operation!r}")
        if kind in WIRE_FAULTS:
            self._wire_faults.arm(Armed(kind, operation, times, seconds))
        else:
            self._break(kind, at_page)

    def _break(self, kind: str, at_page: int) -> None:
        sheets = self._machine.sheets
        match kind:
            case "jam":
                self.jam(at_page)
                self._cures.append(self.clear_jam)
            case "paper_low" | "paper_out":
                self._machine.change(sheets=_FEW_SHEETS if kind == "paper_low" else 0)
                self._cures.append(lambda: self._machine.change(sheets=sheets))
            case "cover":
                self.cover(open=True)
                self._cures.append(lambda: self.cover(open=False))
            case "die_mid_command":
                self.die_mid_job()

    @verb
    def clear_faults(self) -> None:
        """Answer properly again, and mend what `fault` broke."""
        self._wire_faults.clear()
        while self._cures:
            self._cures.pop()()

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
        fault = self._wire_faults.use(OPERATION_NAMES.get(request.operation, ""))
        if fault is None:
            handler.reply(200, self._service.answer(request))
        elif fault.kind == "http500":
            handler.reply(500, b"")
        else:
            self._wire_faults.damage(fault, self._service.answer(request), handler)
