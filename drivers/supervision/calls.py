"""The commands that wait for their outcome. Numbers are never used twice, so a late answer finds nobody and does no harm."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec

from drivers.contract.classes import ClassTypes
from drivers.contract.faults import DeviceFault, Fault, FaultCode, fault
from drivers.contract.messages import Accepted, Canceled, Failed, FromHost, Happened, Succeeded
from drivers.link import wire
from drivers.link.channel import close_all
from drivers.supervision.private_log import log_defect

_log = logging.getLogger("drivers.client")

EventHandler = Callable[[Any, list[int]], None]
"""Called with an event and its descriptors; it must close (or keep and later close) each descriptor, also when it raises.
What it raises costs its call: that fails with INTERNAL, and the command is cancelled on the device."""

Outcome = Accepted | Happened | Succeeded | Failed | Canceled


class Running:
    """One command on its way."""

    def __init__(self, number: int, on_event: EventHandler | None) -> None:
        self.number = number
        self.on_event = on_event
        self.begun = False
        self.done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def fail(self, reason: Fault) -> None:
        """End it with a fault, unless it has ended."""
        if not self.done.done():
            self.done.set_exception(DeviceFault(reason))

    def forget(self) -> None:
        """Nobody waits for it any more."""
        if self.done.done() and not self.done.cancelled():
            self.done.exception()  # seen: asyncio does not complain of it


class Calls:
    """The running commands of one client, by number."""

    def __init__(self, types: ClassTypes) -> None:
        self._types = types
        self._running: dict[int, Running] = {}
        self._next = 1

    def __bool__(self) -> bool:
        return bool(self._running)

    def begin(self, on_event: EventHandler | None) -> Running:
        """Make a new one."""
        running = self._running[self._next] = Running(self._next, on_event)
        self._next += 1
        return running

    def end(self, running: Running) -> None:
        """Its caller has what it wanted, or has given up."""
        self._running.pop(running.number, None)
        running.forget()

    def fail_all(self, reason: Fault) -> None:
        """The host is gone: every command ends."""
        for running in list(self._running.values()):
            running.fail(reason)

    def waits_for(self, message: FromHost) -> bool:
        """Whether this answers a command, and is no repetition."""
        match message:
            case Accepted(id=number):
                return number in self._running and not self._running[number].begun
            case Succeeded(id=number) | Failed(id=number) | Canceled(id=number):
                return number in self._running and not self._running[number].done.done()
            case _:
                return False

    def hear(self, message: Outcome, fds: list[int]) -> bool:
        """Take what the host says of a command. False: an event could not be taken, the command has to be cancelled."""
        running = self._running.get(message.id)
        if running is None or running.done.done():
            close_all(fds)
            return True
        match message:
            case Happened(body=body):
                return self._event(running, body, fds)
            case Accepted():
                running.begun = True
            case Succeeded(body=body):
                try:
                    running.done.set_result(wire.decode(body, self._types.result))
                except msgspec.MsgspecError:
                    running.fail(fault(FaultCode.INTERNAL, "the driver's result is none of its class"))
            case Failed(fault=reason):
                running.fail(reason)
            case Canceled():
                running.fail(fault(FaultCode.JOB_CANCELED))
        close_all(fds)
        return True

    def _event(self, running: Running, body: bytes, fds: list[int]) -> bool:
        try:
            event = wire.decode(body, self._types.event)
        except msgspec.MsgspecError:
            close_all(fds)
            running.fail(fault(FaultCode.INTERNAL, "the driver's event is none of its class"))
            return False
        if running.on_event is None:
            close_all(fds)
            return True
        try:
            running.on_event(event, fds)
        except Exception as error:
            # The caller's code, in the keeper's task: whatever it raises is the caller's, and must not end the keeper.
            log_defect(_log, "an event handler", error)
            running.fail(fault(FaultCode.INTERNAL, f"event handler: {type(error).__name__}"))
            return False
        return True
