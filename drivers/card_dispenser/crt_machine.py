"""The dispenser behind its port: greeted when the port is opened, asked what its sensors see, let go when the port vanishes."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec

from drivers.card_dispenser import crt_frames as crt
from drivers.card_dispenser.crt_link import Check, CrtLink
from drivers.card_dispenser.crt_settings import CrtSettings
from drivers.contract.card_dispenser import Place
from drivers.contract.common import Identity, Room, Supply
from drivers.contract.driver import CommandCanceled
from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.lines.serial_line import SerialLine

T = TypeVar("T")

_NOT_INITIALIZED = b"B0"
_PLACES = {ord("0"): Place.NOWHERE, ord("1"): Place.GATE, ord("2"): Place.INSIDE}
_CARDS = {ord("0"): Supply.OUT, ord("1"): Supply.LOW, ord("2"): Supply.OK}
_BINS = {ord("0"): Room.FREE, ord("1"): Room.FULL}


class Reading(msgspec.Struct, frozen=True):
    """st0, st1 and st2 (clause 2.1.2): where the card is, what the stacker holds, whether the error bin is full.

    The sensors do not tell the IC from the RF position: both are INSIDE.
    """

    place: Place
    cards: Supply
    bin: Room

    @classmethod
    def of(cls, reply: crt.Reply) -> Reading:
        """Read a good reply; a value that the protocol does not list is UNKNOWN."""
        st0, st1, st2 = reply.code
        return cls(_PLACES.get(st0, Place.UNKNOWN), _CARDS.get(st1, Supply.UNKNOWN), _BINS.get(st2, Room.UNKNOWN))


class _Error(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fault: FaultCode
    text: str


@cache
def errors() -> dict[str, _Error]:
    """Return the machine's error codes. Raise msgspec.ValidationError when `crt_errors.toml` names an unknown fault."""
    text = files("drivers.card_dispenser").joinpath("crt_errors.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), type=dict[str, _Error])


class CrtMachine:
    """One dispenser on one port. Not connected until `connect()`, and no longer once the port is gone."""

    def __init__(self, settings: CrtSettings) -> None:
        self._set = settings
        self._link: CrtLink | None = None

    @property
    def connected(self) -> bool:
        """Whether the port is open."""
        return self._link is not None

    def connect(self, check: Check, *, init_seconds: float) -> None:
        """Open the port and hear the machine. No card is moved. Raise DeviceFault, leaving no half-open port behind.

        After power-on the machine knows neither the line's speed nor any command but "initialize" (3.1.1): one that does
        not answer is initialized, and only then given up.
        """
        self._link = CrtLink(SerialLine(self._set.port, self._set.baud), self._set)
        try:
            try:
                self.read(check, attempts=1, init_seconds=init_seconds)
            except DeviceFault as error:
                if error.fault.code is not FaultCode.LINK_SILENT:
                    raise
                self._initialize(check, init_seconds)
        except (DeviceFault, CommandCanceled):
            self.close()
            raise

    def identity(self) -> Identity:
        """Ask for serial number and firmware; a machine that does not know a question leaves it empty."""
        return Identity(
            maker="CREATOR",
            serial=_counted_text(self._optional(crt.SERIAL_NUMBER)),
            firmware=_text(self._optional(crt.VERSION)),
        )

    def read(self, check: Check, *, attempts: int | None = None, init_seconds: float | None = None) -> Reading:
        """Ask the sensors. A machine that was switched off and on meanwhile is initialized, which moves no card.

        Raise DeviceFault: what the machine complains of, or what is wrong with the line.
        """
        reply = self._ask(crt.STATUS, check, attempts=attempts)
        if reply.code == _NOT_INITIALIZED:
            self._initialize(check, init_seconds or self._set.init_seconds)
            reply = self._ask(crt.STATUS, check, attempts=attempts)
        return Reading.of(_demand(crt.STATUS, reply))

    def counter(self, check: Check) -> int | None:
        """Cards in the error bin as the machine counts them, None where it does not count."""
        data = self._optional(crt.BIN_COUNTER, check)
        return int(data) if len(data) == 3 and data.isdigit() else None

    def move(self, command: crt.Command, check: Check, taken: Callable[[], None]) -> Reading:
        """Carry out one move, sent once. Raise ReplyLost when nobody knows whether it was, DeviceFault when it was not."""
        reply = self._ask(command, check, seconds=self._set.move_seconds, taken=taken)
        return Reading.of(_demand(command, reply))

    def settled(self, seconds: float) -> bool:
        """Whether no command that was given up is under way any more; waits for its end for so long."""
        return self._link is None or self._through(lambda link: link.settle(no_check, within=seconds))

    def close(self) -> None:
        """Close the port."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _initialize(self, check: Check, seconds: float) -> None:
        _demand(crt.INITIALIZE, self._ask(crt.INITIALIZE, check, seconds=seconds, attempts=1))

    def _optional(self, command: crt.Command, check: Check | None = None) -> bytes:
        """The data of a good reply, b"" of a refusal: not every model knows the command."""
        reply = self._ask(command, check or no_check, attempts=1)
        return reply.data if reply.good else b""

    def _ask(
        self,
        command: crt.Command,
        check: Check,
        *,
        seconds: float | None = None,
        attempts: int | None = None,
        taken: Callable[[], None] | None = None,
    ) -> crt.Reply:
        limit = seconds or self._set.answer_seconds
        return self._through(lambda link: link.ask(command, check, seconds=limit, attempts=attempts, taken=taken))

    def _through(self, use: Callable[[CrtLink], T]) -> T:
        """Use the link; a port that is gone is closed."""
        if self._link is None:
            raise failing(FaultCode.DEVICE_GONE, "the serial port is closed")
        try:
            return use(self._link)
        except DeviceFault as error:
            if error.fault.code is FaultCode.DEVICE_GONE:
                self.close()
            raise


def no_check() -> None:
    """For probes, which have their own short time limits and no caller to cancel them."""


def _demand(command: crt.Command, reply: crt.Reply) -> crt.Reply:
    if reply.good:
        return reply
    code = reply.code.decode("ascii", "replace")
    known = errors().get(code)
    if known is None:
        raise failing(FaultCode.DISPENSER_FAILED, f"{command.name}: error {reply.code.hex()} is not in the protocol")
    raise failing(known.fault, f"{command.name}: error {code}, {known.text}")


def _text(raw: bytes) -> str:
    """Printable ASCII only: what a technician reads must not be line noise."""
    return bytes(byte for byte in raw if 0x20 < byte < 0x7F).decode("ascii")


def _counted_text(raw: bytes) -> str:
    """Clause 3.6.7: a length byte, then so many characters."""
    return _text(raw[1 : 1 + raw[0]]) if raw and raw[0] <= 18 else _text(raw)
