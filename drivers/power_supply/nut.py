"""Uninterruptible power supplies behind Network UPS Tools: NUT's own drivers speak to some thousand models, upsd speaks to us.

Self-test: `ups.test.result` still shows the last test when a new one was just begun. A result counts once something showed
that it is new (other words, "in progress", a status of discharging or calibrating that is over), or once it stayed as it is
for longer than NUT's drivers take to ask for it (`result_seconds`).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import ClassVar, TypeVar

from drivers.contract.common import DeviceClass, Done, Identity, Supported
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, Fault, FaultCode, failing, fault
from drivers.contract.power_supply import (
    CancelTurnOff,
    Capabilities,
    SelfTest,
    Status,
    Tested,
    Testing,
    TurnOff,
)
from drivers.power_supply import nut_status
from drivers.power_supply.nut_link import Check, NutLink
from drivers.power_supply.nut_settings import NutSettings

T = TypeVar("T")

_TEST = "test.battery.start.quick"
_TURN_OFF = "shutdown.return"
_CANCEL = "shutdown.stop"
_RESULT = "ups.test.result"
_DELAY = "ups.delay.shutdown"

_PASSED = frozenset(("done and passed", "passed", "test passed", "ok", "battery ok"))
"""Words of NUT's drivers for a good end (usbhid-ups and snmp-ups; apcsmart; others). Any others are not a pass."""

_NO_RESULT_YET = ("in progress", "no test initiated", "test scheduled", "none")
_AT_WORK = frozenset(("CAL", "TEST", "DISCHRG"))
_POLL_SECONDS = 0.2

_NOT_TEXT = "\N{REPLACEMENT CHARACTER}"

_LINK_TROUBLE = frozenset((FaultCode.LINK_SILENT, FaultCode.LINK_GARBLED, FaultCode.DEVICE_GONE))


class Nut(Driver):
    """One UPS of one upsd. A connection that was lost is made again by the next probe or command."""

    device_class: ClassVar[DeviceClass] = DeviceClass.POWER_SUPPLY
    Settings = NutSettings
    status_every: ClassVar[float] = 1.0  # upsd answers from memory; a power cut should be told at once

    def __init__(self, settings: NutSettings) -> None:
        super().__init__(settings)
        self._set = settings
        self._link = NutLink(settings)
        self._ups = settings.ups
        self._commands: frozenset[str] = frozenset()
        self._writable: frozenset[str] = frozenset()
        self._variables: frozenset[str] = frozenset()
        self._since: dict[FaultCode, float] = {}

    # --- the driver's duties

    def open(self) -> Capabilities:
        """Connect, find the UPS, and learn what it can do."""
        self._ups = self._set.ups or self._only_one()
        self._learn()
        # A NUT driver that has just begun does not tell all yet.
        missing = Supported.UNKNOWN if "WAIT" in (self._told("ups.status") or "").split() else Supported.NO
        return Capabilities(
            identity=Identity(
                maker=self._text("device.mfr", "ups.mfr"),
                model=self._text("device.model", "ups.model"),
                serial=self._text("device.serial", "ups.serial"),
                firmware=self._text("ups.firmware"),
            ),
            charge=Supported.YES if "battery.charge" in self._variables else missing,
            runtime=Supported.YES if "battery.runtime" in self._variables else missing,
            self_test=missing if self._why_no_test() else Supported.YES,
            delayed_off=missing if self._why_no_turn_off() else Supported.YES,
        )

    def status(self) -> Status:
        """Ask for status, charge and runtime."""
        words = self._variable("ups.status", _no_check)
        if words is None:
            raise failing(FaultCode.UNSUPPORTED, "ups.status: this UPS does not tell it")
        if _NOT_TEXT in words:
            raise failing(FaultCode.LINK_GARBLED, "ups.status: not text")
        reading = nut_status.understand(words)
        return Status(
            readiness=reading.readiness,
            faults=self._dated(reading.faults),
            source=reading.source,
            battery=reading.battery,
            charge=nut_status.figure(self._told("battery.charge"), highest=100),
            runtime=nut_status.figure(self._told("battery.runtime")),
        )

    def perform(self, command: SelfTest | TurnOff | CancelTurnOff, call: Call) -> Tested | Done:
        """Test the battery, cut the output later, or take that back."""
        self._learn()  # anew: and a connection that broke since is noticed before a command is sent over it
        match command:
            case SelfTest():
                return self._test(call)
            case TurnOff():
                return self._turn_off(command, call)
            case CancelTurnOff():
                _demand(self._why_no_command(_CANCEL))
                self._link.command(self._ups, _CANCEL, call.check)
                return Done()

    def close(self) -> None:
        """Hang up."""
        self._link.close()

    # --- finding the UPS

    def _only_one(self) -> str:
        names = self._asked(lambda: self._link.listed("UPS", _no_check))
        if len(names) != 1:
            raise failing(
                FaultCode.SETTING_INVALID, f"nut: ups: upsd has {', '.join(names) or 'none'}; name one of them"
            )
        return names[0]

    def _learn(self) -> None:
        self._variables = self._listed("VAR")
        self._commands = self._listed("CMD")
        self._writable = self._listed("RW")

    def _listed(self, what: str) -> frozenset[str]:
        return frozenset(self._asked(lambda: self._link.listed(what, _no_check, self._ups)))

    def _text(self, *names: str) -> str:
        """The first of these variables that says something; bytes that are no text are left out."""
        return next((value for name in names if (value := (self._told(name) or "").replace(_NOT_TEXT, "").strip())), "")

    # --- commands

    def _test(self, call: Call) -> Tested:
        _demand(self._why_no_test())
        before = self._result(call.check)
        self._link.command(self._ups, _TEST, call.check)
        call.emit(Testing())
        begun, worked = time.monotonic(), False
        while True:
            working = bool(_AT_WORK & set((self._variable("ups.status", call.check) or "").split()))
            words = self._result(call.check)
            unfinished = working or words.casefold().startswith(_NO_RESULT_YET)
            worked = worked or working or words != before
            if not unfinished and (worked or time.monotonic() - begun >= self._set.result_seconds):
                return Tested(passed=words.casefold() in _PASSED, words=words)
            call.sleep(_POLL_SECONDS)

    def _result(self, check: Check) -> str:
        return (self._variable(_RESULT, check) or "").strip()

    def _turn_off(self, command: TurnOff, call: Call) -> Done:
        _demand(self._why_no_turn_off())
        seconds = math.ceil(command.after)
        self._link.set_variable(self._ups, _DELAY, str(seconds), call.check)
        self._confirm_delay(seconds, call)
        self._link.command(self._ups, _TURN_OFF, call.check)
        return Done()

    def _confirm_delay(self, seconds: int, call: Call) -> None:
        """A UPS may round up to its own steps. One that would cut the power sooner must not be told to."""
        until = time.monotonic() + self._set.confirm_seconds
        while (delay := nut_status.figure(self._variable(_DELAY, call.check))) is None or delay < seconds:
            if time.monotonic() >= until:
                raise failing(FaultCode.UNSUPPORTED, f"{_DELAY} stays {delay}, {seconds} was asked for")
            call.sleep(_POLL_SECONDS)

    def _why_no_command(self, name: str) -> str | None:
        """Why a command cannot be given, None when it can."""
        if name not in self._commands:
            return f"{name}: the UPS has no such command"
        return None if self._set.user else f"{name}: user and password_file are not set"

    def _why_no_test(self) -> str | None:
        if _RESULT not in self._variables:
            return f"{_RESULT}: the UPS does not tell how a test ended"
        return self._why_no_command(_TEST)

    def _why_no_turn_off(self) -> str | None:
        if _DELAY not in self._writable:
            return f"{_DELAY}: the UPS cannot be told when"
        return self._why_no_command(_TURN_OFF)

    # --- asking

    def _variable(self, name: str, check: Check) -> str | None:
        return self._asked(lambda: self._link.variable(self._ups, name, check))

    def _told(self, name: str) -> str | None:
        return self._variable(name, _no_check)

    def _asked(self, question: Callable[[], T]) -> T:
        """Ask over a connection that is made when it is not there, and once more over a new one: questions may be repeated."""
        self._connected(_no_check)
        try:
            return question()
        except DeviceFault as error:
            if error.fault.code not in _LINK_TROUBLE or self._link.connected:
                raise
        self._connected(_no_check)
        return question()

    def _connected(self, check: Check) -> None:
        if not self._link.connected:
            self._link.connect(check)

    def _dated(self, found: tuple[tuple[FaultCode, str], ...]) -> tuple[Fault, ...]:
        """The faults, each with the time at which it was first seen."""
        now = time.time()
        self._since = {code: self._since.get(code, now) for code, _ in found}
        return tuple(fault(code, detail, since=self._since[code]) for code, detail in found)


def _no_check() -> None:
    """For probes, which have their own short time limits and no caller to cancel them."""


def _demand(why_not: str | None) -> None:
    if why_not is not None:
        raise failing(FaultCode.UNSUPPORTED, why_not)
