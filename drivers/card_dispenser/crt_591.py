"""Card dispensers of the CRT-591 family on a serial line.

**The right card, once.** A move is sent once. When its reply is lost the sensors decide: a card that is sensed at the gate
was brought there; in every other case the command fails and `Status.card` tells where the card is. Opening moves nothing: a
card found inside or at the gate is told, what becomes of it is the caller's to say.

**To the visitor** goes a card by the holding position (32 30), half out of the gate: "out of gate" (32 39) threw the card
into the error bin of a CRT-591-R02, and a card that was thrown out cannot be taken back. **Was it taken?** The gate's sensor
sees it leave; that it did not leave inwards, drawn in by the machine's own timer, is told by the error bin's counter.
Sources: see `crt_frames`, and docs/crt-591/README.md of BMA-Dassle/Tools-Website-FT (a CRT-591-R02 on a desk).
"""

from __future__ import annotations

from typing import ClassVar

from drivers.card_dispenser import crt_frames as crt
from drivers.card_dispenser.crt_link import Check, ReplyLost
from drivers.card_dispenser.crt_machine import CrtMachine, Reading, no_check
from drivers.card_dispenser.crt_settings import CrtSettings
from drivers.contract.card_dispenser import (
    Capabilities,
    Capture,
    Command,
    Move,
    Moved,
    Moving,
    Place,
    Status,
    WaitTaken,
)
from drivers.contract.common import DeviceClass, Done, Readiness, Room, Supply, Supported
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, Domain, Fault, FaultCode, failing, fault

_MOVES = {Place.GATE: crt.TO_GATE, Place.CONTACT: crt.TO_CONTACT, Place.CONTACTLESS: crt.TO_CONTACTLESS}
_ALWAYS_HARMLESS = (FaultCode.CARDS_LOW, FaultCode.BIN_FULL)
"""With these a card can still be handed out."""

_PROBE_ATTEMPTS = 2
_PROBE_INIT_SECONDS = 0.8
_PROBE_SETTLE_SECONDS = 0.5
"""What `status()` can spare of its 2 s for a machine that was just switched on, or that still moves a card."""


class Crt591(Driver):
    """One dispenser on one serial port. A port that vanished is opened again by the next probe or command."""

    device_class: ClassVar[DeviceClass] = DeviceClass.CARD_DISPENSER
    Settings = CrtSettings

    def __init__(self, settings: CrtSettings) -> None:
        super().__init__(settings)
        self._set = settings
        self._machine = CrtMachine(settings)
        self._counts = Supported.UNKNOWN
        self._inside = Place.INSIDE
        """Which inner position the card was brought to by a move that succeeded; the sensors do not tell."""
        self._stuck: Fault | None = None
        self._since: dict[FaultCode, Fault] = {}

    # --- the driver's duties

    def open(self) -> Capabilities:
        """Hear the machine, and learn whether it counts what it takes back. No card is moved."""
        self._machine.connect(no_check, init_seconds=self._set.init_seconds)
        identity = self._machine.identity()
        self._counts = Supported.NO if self._machine.counter(no_check) is None else Supported.YES
        return Capabilities(identity=identity, places=tuple(_MOVES), bin=Supported.YES, take_sensor=self._take_sensor)

    def status(self) -> Status:
        """Ask the sensors and the bin's counter. BUSY while a move goes on that its caller gave up."""
        self._reconnect(no_check, _PROBE_INIT_SECONDS)
        if not self._machine.settled(_PROBE_SETTLE_SECONDS):
            return Status(readiness=Readiness.BUSY)
        try:
            reading = self._machine.read(no_check, attempts=_PROBE_ATTEMPTS, init_seconds=_PROBE_INIT_SECONDS)
        except DeviceFault as error:
            if error.fault.code is FaultCode.LINK_SILENT:
                # It may have been switched off and on, and not know the line's speed any more: connecting teaches it.
                self._machine.close()
            if error.fault.domain is Domain.LINK or error.fault.code is FaultCode.DEVICE_GONE:
                raise
            return Status(readiness=Readiness.FAULT, faults=self._standing([error.fault]))
        captured = self._machine.counter(no_check) if self._counts is Supported.YES else None
        faults = self._standing(self._complaints(reading))
        stopped = any(each.code not in _ALWAYS_HARMLESS for each in faults)
        return Status(
            readiness=Readiness.FAULT if stopped else Readiness.READY,
            faults=faults,
            card=self._told(reading.place),
            cards=reading.cards,
            bin=reading.bin,
            captured=captured,
        )

    def perform(self, command: Command, call: Call) -> Moved | Done:
        """Move a card, wait until it is taken, or take it back."""
        self._reconnect(call.check, self._set.init_seconds)
        reading = self._machine.read(call.check)
        match command:
            case Move(to=to):
                return Moved(self._bring(to, reading, call))
            case WaitTaken():
                return self._wait_taken(reading, call)
            case Capture():
                return Moved(self._capture(reading, call))

    def close(self) -> None:
        """Close the port."""
        self._machine.close()

    def _reconnect(self, check: Check, init_seconds: float) -> None:
        """Open a port again that was lost; what was known of the card inside is no longer."""
        if not self._machine.connected:
            self._machine.connect(check, init_seconds=init_seconds)
            self._inside = Place.INSIDE
            self._stuck = None

    # --- moving

    def _bring(self, to: Place, reading: Reading, call: Call) -> Place:
        """From the stacker a card comes to the IC position first: for no other move does the protocol promise that it feeds."""
        if to not in _MOVES:
            raise failing(FaultCode.UNSUPPORTED, f"move to {to}: there are {', '.join(_MOVES)}")
        match reading.place:
            case Place.GATE:
                raise failing(FaultCode.SLOT_OCCUPIED)
            case Place.UNKNOWN:
                raise failing(FaultCode.DISPENSER_FAILED, "the machine does not say where a card is")
            case Place.NOWHERE if reading.cards is Supply.OUT:
                raise failing(FaultCode.CARDS_OUT)
            case Place.NOWHERE:
                fed = self._step(crt.TO_CONTACT, Place.CONTACT, call)
                if fed is Place.NOWHERE:
                    raise failing(FaultCode.CARD_JAM, "the machine says that it fed a card; its sensors see none")
                # A CRT-591-R02 stops a fed card at the gate.
                if to in (fed, Place.CONTACT):
                    return fed
                return self._step(_MOVES[to], to, call, under_way=True)
        return self._step(_MOVES[to], to, call)

    def _step(self, command: crt.Command, to: Place, call: Call, *, under_way: bool = False) -> Place:
        """One move; where the card is sensed after it. CONTACT and CONTACTLESS: sensed inside, after a good reply."""
        self._inside = Place.INSIDE
        try:
            sensed = self._machine.move(command, call.check, lambda: None if under_way else call.emit(Moving())).place
        except ReplyLost as lost:
            sensed = self._find(call)
            if not (sensed is to is Place.GATE):
                raise failing(FaultCode.LINK_SILENT, f"{command.name}: {lost}; the card is: {sensed}") from lost
        except DeviceFault as error:
            self._remember(error.fault)
            raise
        if sensed is Place.INSIDE:
            self._inside = to
        self._stuck = None
        return self._told(sensed)

    def _find(self, call: Call) -> Place:
        """Where a card is after a reply was lost: asked until the machine answers, for a while; else UNKNOWN."""
        waited = 0.0
        pause = self._set.poll_ms / 1000
        while waited < self._set.settle_seconds:
            try:
                return self._machine.read(call.check).place
            except DeviceFault as error:
                if error.fault.code not in (FaultCode.LINK_SILENT, FaultCode.LINK_GARBLED):
                    raise
            call.sleep(pause)
            waited += pause + self._set.ack_seconds * self._set.attempts
        return Place.UNKNOWN

    def _remember(self, problem: Fault) -> None:
        """A jam stays in the status until a move succeeds: the sensors do not tell it."""
        if problem.code in (FaultCode.CARD_JAM, FaultCode.DISPENSER_FAILED):
            self._stuck = problem

    # --- taken, or taken back

    @property
    def _take_sensor(self) -> Supported:
        return Supported.YES if self._counts is Supported.YES or not self._set.takes_back else Supported.NO

    def _wait_taken(self, reading: Reading, call: Call) -> Done:
        if self._take_sensor is not Supported.YES:
            raise failing(FaultCode.UNSUPPORTED, "without a bin counter this machine cannot tell taken from taken back")
        if reading.place is not Place.GATE:
            raise failing(FaultCode.SLOT_EMPTY, f"the card is: {reading.place}")
        before = self._machine.counter(call.check)
        missed = 0
        while missed < self._set.gone_looks:
            call.sleep(self._set.poll_ms / 1000)
            reading = self._machine.read(call.check)
            if reading.place is Place.INSIDE:
                raise failing(FaultCode.SLOT_EMPTY, "the card went back inside")
            missed = missed + 1 if reading.place is Place.NOWHERE else 0
        if self._machine.counter(call.check) != before:
            raise failing(FaultCode.SLOT_EMPTY, "the machine took the card back by itself")
        return Done()

    def _capture(self, reading: Reading, call: Call) -> Place:
        if reading.place is Place.NOWHERE:
            raise failing(FaultCode.SLOT_EMPTY, "no card at the gate nor inside")
        if reading.bin is Room.FULL:
            raise failing(FaultCode.BIN_FULL)
        before = self._machine.counter(call.check)
        try:
            sensed = self._machine.move(crt.TO_BIN, call.check, lambda: call.emit(Moving())).place
        except ReplyLost as lost:
            sensed = self._find(call)
            after = self._machine.counter(call.check) if sensed is Place.NOWHERE else before
            if before is None or after != before + 1:
                raise failing(FaultCode.LINK_SILENT, f"{crt.TO_BIN.name}: {lost}; the card is: {sensed}") from lost
        except DeviceFault as error:
            self._remember(error.fault)
            raise
        self._stuck = None
        return self._told(sensed)

    # --- telling

    def _told(self, sensed: Place) -> Place:
        return self._inside if sensed is Place.INSIDE else sensed

    def _complaints(self, reading: Reading) -> list[Fault]:
        found = [self._stuck] if self._stuck is not None else []
        if reading.cards is Supply.OUT:
            found.append(fault(FaultCode.CARDS_OUT))
        if reading.cards is Supply.LOW:
            found.append(fault(FaultCode.CARDS_LOW))
        if reading.bin is Room.FULL:
            found.append(fault(FaultCode.BIN_FULL))
        return found

    def _standing(self, found: list[Fault]) -> tuple[Fault, ...]:
        """The faults, each since it was first seen."""
        self._since = {each.code: self._since.get(each.code, each) for each in found}
        return tuple(self._since.values())
