"""One supervised process a device: `python -m drivers.host`, started by `drivers.client`.

Two threads. The main thread reads the channel, so that a cancel or a ping is heard while the driver works. The worker owns
the driver: it opens it, performs one command at a time, and probes the status in between. Whatever goes wrong, `close()` runs.
"""

from __future__ import annotations

import logging
import queue
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from drivers import registry
from drivers.contract.classes import CLASS_TYPES
from drivers.contract.driver import Call, CommandCanceled, Driver
from drivers.contract.faults import DeviceFault, FaultCode, fault
from drivers.contract.messages import (
    Accepted,
    Cancel,
    Canceled,
    Failed,
    FromHost,
    Happened,
    NotOpened,
    Open,
    Opened,
    Perform,
    Ping,
    Pong,
    StatusIs,
    Succeeded,
    ToHost,
    Unwell,
)
from drivers.link import wire
from drivers.link.channel import Channel, close_all
from drivers.link.memory import be_frugal
from drivers.link.parent import parent_channel

_log = logging.getLogger("drivers.host")


class _CoreGone(Exception):
    """The channel to the core is broken: nobody is left to work for."""


class Host:
    """Serves one driver to the core at the other end of `channel`."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._work: queue.SimpleQueue[tuple[Perform, list[int]] | None] = queue.SimpleQueue()
        self._calls: dict[int, Call] = {}
        self._calls_lock = threading.Lock()
        self._last_status: bytes = b""

    def serve(self) -> int:
        """Run until the core closes the channel; return the exit code."""
        first = self._channel.receive()
        assert first is not None
        opening = wire.decode(first[0], ToHost)
        if not isinstance(opening, Open):
            raise SystemExit("the first message must be Open")
        worker = threading.Thread(target=self._own_driver, args=(opening,), name="driver", daemon=True)
        worker.start()
        try:
            while True:
                self._hear()
        except EOFError:
            self._cancel_everything()
            self._work.put(None)
            worker.join(_CLOSE_SECONDS)
            return 0

    # --- main thread

    def _hear(self) -> None:
        packet = self._channel.receive()
        assert packet is not None
        message = wire.decode(packet[0], ToHost)
        match message:
            case Perform():
                self._register(message, packet[1])
                self._work.put((message, packet[1]))
            case Cancel(id=number):
                with self._calls_lock:
                    call = self._calls.get(number)
                if call is not None:
                    call.cancel()
            case Ping(number=number):
                self._say(Pong(number))
            case Open():
                close_all(packet[1])
                raise SystemExit("Open came twice")

    def _register(self, message: Perform, fds: list[int]) -> None:
        def emit(event: object, event_fds: Sequence[int]) -> None:
            self._say(Happened(id=message.id, body=wire.encode(event)), event_fds)

        with self._calls_lock:
            self._calls[message.id] = Call(message.seconds, emit, fds)

    def _cancel_everything(self) -> None:
        with self._calls_lock:
            for call in self._calls.values():
                call.cancel()

    def _say(self, message: FromHost, fds: Sequence[int] = ()) -> None:
        raw = wire.encode(message)
        try:
            self._channel.send(raw, fds)
        except OSError as error:
            raise _CoreGone from error

    # --- worker thread

    def _own_driver(self, opening: Open) -> None:
        try:
            driver = registry.make(opening.driver, opening.settings, production=opening.production)
        except DeviceFault as error:
            self._say(NotOpened(error.fault))
            return
        try:
            try:
                capabilities = driver.open()
            except DeviceFault as error:
                self._say(NotOpened(error.fault))
                return
            self._say(Opened(capabilities=wire.encode(capabilities)))
            self._tell_status(driver)
            self._work_until_closed(driver)
        except _CoreGone:
            _log.info("the core is gone")
        finally:
            driver.close()

    def _work_until_closed(self, driver: Driver) -> None:
        command_type = CLASS_TYPES[driver.device_class].command
        next_probe = time.monotonic() + driver.status_every
        while True:
            try:
                item = self._work.get(timeout=max(0.0, next_probe - time.monotonic()))
            except queue.Empty:
                self._tell_status(driver)
                next_probe = time.monotonic() + driver.status_every
                continue
            if item is None:
                return
            message, fds = item
            try:
                self._say(Accepted(message.id))
                self._say(self._perform(driver, message, command_type))
            finally:
                close_all(fds)
                with self._calls_lock:
                    del self._calls[message.id]
            # A command changes things (the tray is empty now): the next visitor must not meet the status of before.
            self._tell_status(driver)
            next_probe = time.monotonic() + driver.status_every

    def _perform(self, driver: Driver, message: Perform, command_type: Any) -> FromHost:
        call = self._calls[message.id]
        try:
            command = wire.decode(message.body, command_type)
            call.check()
            return Succeeded(id=message.id, body=wire.encode(driver.perform(command, call)))
        except CommandCanceled:
            return Canceled(message.id)
        except DeviceFault as error:
            return Failed(message.id, error.fault)
        except _CoreGone:
            raise
        except Exception as error:
            # A defect in the driver: it costs this command, not the host; the class name holds no personal data.
            _log.exception("driver defect in %s", type(driver).__name__)
            return Failed(message.id, fault(FaultCode.INTERNAL, type(error).__name__))

    def _tell_status(self, driver: Driver) -> None:
        """Send the status when it differs from the last one; a probe that fails is a status of its own."""
        try:
            status = driver.status()
        except DeviceFault as error:
            self._say(Unwell(error.fault))
            self._last_status = b""
            return
        body = wire.encode(status)
        if body != self._last_status:
            self._last_status = body
            self._say(StatusIs(body=body))


_CLOSE_SECONDS = 1.5
"""How long a good end may take after the core closed the channel; the client kills after that."""


def main() -> int:
    """Entry point of the device host process."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    logging.getLogger("drivers").setLevel(logging.INFO)
    be_frugal()
    return Host(parent_channel()).serve()


if __name__ == "__main__":
    sys.exit(main())
