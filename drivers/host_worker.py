"""The host's worker thread: it opens the driver, performs one command at a time, and probes the status in between.

A driver may raise anything and return anything. What is not a DeviceFault, or not a value of its class, is a defect: it costs
the command, the probe or the opening in which it happened, and is told as INTERNAL with the exception's type alone.
"""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from drivers import registry
from drivers.contract.classes import CLASS_TYPES
from drivers.contract.driver import Call, CommandCanceled, Driver
from drivers.contract.faults import DeviceFault, Fault, FaultCode, fault
from drivers.contract.messages import (
    Accepted,
    Canceled,
    Failed,
    FromHost,
    NotOpened,
    Open,
    Opened,
    Perform,
    Stage,
    StatusIs,
    Succeeded,
    Unwell,
)
from drivers.link import wire
from drivers.link.channel import close_all
from drivers.supervision.private_log import log_defect

_log = logging.getLogger("drivers.host")

_EX_SOFTWARE = 70  # sysexits.h: an internal error


class CoreGone(Exception):
    """The channel to the core is broken: nobody is left to work for."""


class Say(Protocol):
    """Sends a message to the core; see `drivers.host.Host`."""

    def __call__(self, message: FromHost, fds: Sequence[int] = ()) -> None:
        """Raise CoreGone, ValueError when it is too large."""


class Task:
    """A command in the queue. Its deadline runs from here, not from its turn."""

    def __init__(self, message: Perform, emit: Callable[[object, Sequence[int]], None], fds: list[int]) -> None:
        self.message = message
        self.call = Call(message.seconds, emit, fds)
        self.begun = False


class Worker:
    """Owns the driver. `begin(task, True)` asks whether a task still stands; `begin(task, False)` says that it has ended."""

    def __init__(self, opening: Open, say: Say, begin: Callable[[Task, bool], bool]) -> None:
        self._opening = opening
        self._say = say
        self._begin = begin
        self._queue: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._stage = (Stage.OPENING, time.monotonic())
        self._last_status = b""
        self.exit_code = 0

    # --- for the main thread

    def add(self, task: Task) -> None:
        """Put a command at the end of the queue."""
        self._queue.put(task)

    def finish(self) -> None:
        """End after what runs now."""
        self._queue.put(None)

    def stage(self) -> tuple[Stage, float]:
        """Return what the driver is in, and for how many seconds."""
        stage, since = self._stage
        return stage, time.monotonic() - since

    # --- the thread

    def run(self) -> None:
        """From open to close."""
        try:
            driver = registry.make(self._opening.driver, self._opening.settings, production=self._opening.production)
        except Exception as error:
            self._not_opened(error)
            return
        try:
            if self._open(driver):
                self._tell_status(driver)
                self._serve(driver)
        except CoreGone:
            _log.info("the core is gone")
        except BaseException as error:
            self.exit_code = _EX_SOFTWARE
            log_defect(_log, type(driver).__name__, error)
        finally:
            self._close(driver)

    def _open(self, driver: Driver) -> bool:
        try:
            capabilities = _checked(driver.open(), CLASS_TYPES[driver.device_class].capabilities)
        except Exception as error:
            self._not_opened(error)
            return False
        self._say(Opened(capabilities=capabilities))
        _log.debug("opened in %.2f s", self.stage()[1])
        return True

    def _not_opened(self, error: Exception) -> None:
        try:
            self._say(NotOpened(_fault_of(error, "open()")))
        except CoreGone:
            _log.info("the core is gone")

    def _close(self, driver: Driver) -> None:
        try:
            driver.close()
        except Exception as error:
            log_defect(_log, f"{type(driver).__name__}.close()", error)
            self.exit_code = _EX_SOFTWARE

    def _serve(self, driver: Driver) -> None:
        next_probe = time.monotonic() + driver.status_every
        while True:
            self._stage = (Stage.IDLE, time.monotonic())
            try:
                task = self._queue.get(timeout=max(0.0, next_probe - time.monotonic()))
            except queue.Empty:
                self._tell_status(driver)
                next_probe = time.monotonic() + driver.status_every
                continue
            if task is None:
                return
            try:
                if not self._begin(task, True):
                    continue
                self._stage = (Stage.PERFORMING, time.monotonic())
                self._say(Accepted(task.message.id))
                self._answer(self._perform(driver, task))
            finally:
                self._begin(task, False)
                close_all(task.call.fds)
            # A command changes things (the tray is empty now): the next visitor must not meet the status of before.
            self._tell_status(driver)
            next_probe = time.monotonic() + driver.status_every

    def _perform(self, driver: Driver, task: Task) -> Succeeded | Failed | Canceled:
        number = task.message.id
        try:
            command = wire.decode(task.message.body, CLASS_TYPES[driver.device_class].command)
            # Its type alone: a command holds what is to be printed, or what a card is asked.
            _log.debug("command %d: %s, %.1f s", number, type(command).__name__, task.message.seconds)
            task.call.check()
            # Not decoded again to check it, as a status is: that would copy what a card told. The core checks it.
            return Succeeded(id=number, body=wire.encode(driver.perform(command, task.call)))
        except CommandCanceled:
            return Canceled(number)
        except CoreGone:
            raise
        except Exception as error:
            return Failed(number, _fault_of(error, type(driver).__name__))

    def _answer(self, outcome: Succeeded | Failed | Canceled) -> None:
        why = f" ({DeviceFault(outcome.fault)})" if isinstance(outcome, Failed) else ""
        _log.debug("command %d: %s after %.2f s%s", outcome.id, type(outcome).__name__, self.stage()[1], why)
        try:
            self._say(outcome)
        except ValueError:
            _log.error("an answer was too large for a message")
            self._say(Failed(outcome.id, fault(FaultCode.INTERNAL, "the answer was too large for a message")))

    def _tell_status(self, driver: Driver) -> None:
        """Send the status when it differs from the last one; a probe that fails is a status of its own."""
        self._stage = (Stage.PROBING, time.monotonic())
        try:
            body = _checked(driver.status(), CLASS_TYPES[driver.device_class].status)
            _log.debug("status in %.2f s%s", self.stage()[1], "" if body == self._last_status else ", changed")
            if body != self._last_status:
                self._say(StatusIs(body=body))
                self._last_status = body
        except CoreGone:
            raise
        except Exception as error:
            self._last_status = b""
            self._say(Unwell(_fault_of(error, "status()")))


def _fault_of(error: Exception, where: str) -> Fault:
    """What a driver raised, as a fault."""
    if isinstance(error, DeviceFault):
        return error.fault
    log_defect(_log, where, error)
    return fault(FaultCode.INTERNAL, f"{where}: {type(error).__name__}")


def _checked(value: Any, kind: Any) -> bytes:
    """Encode what a driver returned. Raise TypeError when it is not of its class: the core would give up the whole host."""
    raw = wire.encode(value)
    try:
        wire.decode(raw, kind)
    except msgspec.MsgspecError as error:
        raise TypeError(f"not of its class: {type(value).__name__}") from error
    return raw
