"""Input and output modules that speak Modbus: relay boards and contact boards, on the network or on a serial line.

**A lock is never left open.** A momentary output is ON only inside `Pulse`; it goes OFF when the pulse ends in any way, and
whatever reads ON outside a pulse (the host was killed, the line was dead when OFF was due, another master wrote it) is
switched off by the next `status()`, five times a second, and at every open. What no program can do: switch a relay off over a
cable that is cut, or from a machine that lost its power. That needs hardware, see the manifest's `wanted`.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from typing import ClassVar

from drivers.contract.common import DeviceClass, Done, Identity, Readiness
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, Fault, FaultCode, failing, fault
from drivers.contract.inputs_outputs import (
    AllOff,
    Capabilities,
    Input,
    InputIs,
    Level,
    Output,
    OutputIs,
    Pulse,
    Sensed,
    Status,
    Switch,
    Switched,
)
from drivers.inputs_outputs.modbus_link import Check, ModbusLink, no_check
from drivers.inputs_outputs.modbus_settings import ModbusSettings
from drivers.inputs_outputs.modbus_wires import Run, Wire, runs_of, wires_of

_RETRY_SECONDS = 0.1
"""Between two tries to switch a lock off on a bad line."""

_Levels = dict[Input | Output, bool]


class ModbusIo(Driver):
    """One module. A line that was lost is opened again by the next probe or command."""

    device_class: ClassVar[DeviceClass] = DeviceClass.INPUTS_OUTPUTS
    Settings = ModbusSettings
    status_every: ClassVar[float] = 0.2  # the contract: a change is told within 0.3 s

    def __init__(self, settings: ModbusSettings) -> None:
        super().__init__(settings)
        self._set = settings
        self._link = ModbusLink(settings)
        self._wires = wires_of(settings)
        self._outputs = {wire.name: wire for wire in self._wires if isinstance(wire.name, Output)}
        self._runs = runs_of(self._wires)
        self._wanted: dict[Output, bool] = {}
        """What each output was told last. One that nobody told anything since the line was opened is not in it."""
        self._stuck: dict[Output, Fault] = {}

    # --- the driver's duties

    def open(self) -> Capabilities:
        """Connect, read every wire once, and switch off what must not be on."""
        self._connect()
        return Capabilities(
            identity=Identity(),  # function 43/14 would tell, but many modules fall silent on functions they do not know
            inputs=tuple(self._set.inputs),
            outputs=tuple(self._set.outputs),
            momentary=self._set.momentary,
        )

    def status(self) -> Status:
        """Read every wire; switch a lock off that is on."""
        self._reconnected()
        levels = self._levels(no_check)
        for output in self._set.momentary:
            if levels[output]:
                with _stuck_is_told_later():
                    self._put(output, False, no_check)
                    levels[output] = False
        self._note_stuck(levels)
        return Status(
            readiness=Readiness.READY,  # also with a relay that sticks: the others serve, and only an order can free it
            faults=tuple(self._stuck.values()),
            inputs=tuple(InputIs(name, _level(levels[name])) for name in self._set.inputs),
            outputs=tuple(OutputIs(name, _level(levels[name])) for name in self._set.outputs),
        )

    def perform(self, command: Switch | Pulse | AllOff, call: Call) -> Done:
        """Switch, pulse, or switch everything off."""
        self._reconnected()
        match command:
            case Switch():
                self._switch(command, call)
            case Pulse():
                self._pulse(command, call)
            case AllOff():
                self._all_off(call)
        return Done()

    def close(self) -> None:
        """Switch the locks off that could not be before, and hang up."""
        if self._link.connected:
            with contextlib.suppress(DeviceFault):  # the line is bad; the next open() switches them off
                for output in self._set.momentary:
                    if self._wanted.get(output) is not False or output in self._stuck:
                        self._put(output, False, no_check)
        self._link.close()

    # --- connecting

    def _connect(self) -> None:
        self._link.connect()
        self._wanted.clear()
        self._stuck.clear()
        self._wanted.update(dict.fromkeys(self._set.momentary, False))
        try:
            levels = self._levels(no_check)
            for output in self._set.momentary:
                if levels[output]:
                    with _stuck_is_told_later():
                        self._put(output, False, no_check)
        except DeviceFault:
            self._link.close()
            raise

    def _reconnected(self) -> None:
        if not self._link.connected:
            self._connect()

    # --- commands

    def _switch(self, command: Switch, call: Call) -> None:
        self._known(command.output)
        if command.output in self._set.momentary:
            raise failing(FaultCode.UNSUPPORTED, f"{command.output} is momentary: pulse it")
        self._put(command.output, command.on, call.check)
        call.emit(Switched(command.output, command.on))

    def _pulse(self, command: Pulse, call: Call) -> None:
        self._known(command.output)
        try:
            self._put(command.output, True, call.check)
            call.emit(Switched(command.output, True))
            self._hold(command.seconds, call)
        finally:
            self._let_go(command.output)
        call.emit(Switched(command.output, False))

    def _hold(self, seconds: float, call: Call) -> None:
        """Wait, and go on sensing: no status is told while a command runs. A dead line ends the pulse at once."""
        end = time.monotonic() + seconds
        before: tuple[InputIs, ...] = ()
        while (left := end - time.monotonic()) > 0:
            levels = self._levels(call.check)
            sensed = tuple(InputIs(name, _level(levels[name])) for name in self._set.inputs)
            changed = tuple(now for now in sensed if before and now not in before)
            if changed:
                call.emit(Sensed(changed))
            before = sensed
            call.sleep(min(left, self.status_every))

    def _let_go(self, output: Output) -> None:
        """Switch off, whatever happened, over a new line if need be. Raise DeviceFault when it cannot be for now."""
        self._wanted[output] = False
        until = time.monotonic() + self._set.release_seconds
        while True:
            try:
                self._reconnected()
                self._put(output, False, no_check)
                return
            except DeviceFault:
                if time.monotonic() >= until:
                    raise
                time.sleep(_RETRY_SECONDS)

    def _all_off(self, call: Call) -> None:
        """Switch every output off before the first that resists is told."""
        resisting: DeviceFault | None = None
        for output in self._outputs:
            try:
                self._put(output, False, call.check)
            except DeviceFault as error:
                if error.fault.code is not FaultCode.OUTPUT_STUCK:
                    raise
                resisting = resisting or error
            else:
                call.emit(Switched(output, False))
        if resisting is not None:
            raise resisting

    def _known(self, output: Output) -> None:
        if output not in self._outputs:
            raise failing(FaultCode.UNSUPPORTED, f"outputs.{output} is not in the settings")

    # --- wires

    def _put(self, output: Output, on: bool, check: Check) -> None:
        """Switch an output and read it back. Raise DeviceFault(OUTPUT_STUCK) when it reads otherwise."""
        wire = self._outputs[output]
        self._wanted[output] = on
        try:
            self._link.write(wire.address, on != wire.inverted, check, key=wire.key)
        except DeviceFault:
            # Refused, or nobody knows: the caller is told, and nothing is held against the output later. Locks are wanted shut.
            self._wanted.pop(output)
            if output in self._set.momentary:
                self._wanted[output] = False
            raise
        reads = self._link.read("coils", wire.address, 1, check, key=wire.key)[0] != wire.inverted
        if reads is not on:
            raise failing(FaultCode.OUTPUT_STUCK, f"{output} was switched {_level(on)} and reads {_level(reads)}")

    def _levels(self, check: Check) -> _Levels:
        levels: _Levels = {}
        for run in self._runs:
            levels.update(self._read_run(run, check))
        return levels

    def _read_run(self, run: Run, check: Check) -> _Levels:
        count = len(run.wires)
        try:
            bits = self._link.read(run.table, run.first, count, check, key=run.wires[0].key)
        except DeviceFault as error:
            if error.fault.code is not FaultCode.SETTING_INVALID or count == 1:
                raise
            # Which of the addresses the module refuses is learned by asking for each alone.
            bits = [self._link.read(run.table, wire.address, 1, check, key=wire.key)[0] for wire in run.wires]
        return _named(run.wires, bits)

    def _note_stuck(self, levels: _Levels) -> None:
        """Keep one fault for each output that reads other than it was told, from when that was first seen."""
        for output in self._stuck.keys() - self._wanted.keys():
            del self._stuck[output]
        for output, on in self._wanted.items():
            if levels[output] is on:
                self._stuck.pop(output, None)
            elif output not in self._stuck:
                detail = f"{output} was switched {_level(on)} and reads {_level(levels[output])}"
                self._stuck[output] = fault(FaultCode.OUTPUT_STUCK, detail)


@contextlib.contextmanager
def _stuck_is_told_later() -> Iterator[None]:
    """One relay that sticks does not take the rest of the module out of service: `status()` tells of it and goes on trying."""
    try:
        yield
    except DeviceFault as error:
        if error.fault.code is not FaultCode.OUTPUT_STUCK:
            raise


def _named(wires: Iterable[Wire], bits: Iterable[bool]) -> _Levels:
    return {wire.name: bit != wire.inverted for wire, bit in zip(wires, bits, strict=True)}


def _level(on: bool) -> Level:
    return Level.ON if on else Level.OFF
