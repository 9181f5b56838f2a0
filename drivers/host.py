"""One supervised process a device: forked by the nursery (drivers.link.nursery) for `drivers.client`.

Two threads. The main thread, here, reads the channel, so that a cancel or a ping is heard while the driver works. The worker
(drivers.host_worker) owns the driver. Whatever goes wrong, `close()` runs; whichever ends first, the process ends.
"""

from __future__ import annotations

import logging
import resource
import sys
import threading
from collections.abc import Sequence

from drivers.contract.messages import (
    Cancel,
    Canceled,
    Detail,
    FromHost,
    Happened,
    Open,
    Perform,
    Ping,
    Pong,
    Say,
    ToHost,
)
from drivers.host_worker import CoreGone, Task, Worker
from drivers.link import wire
from drivers.link.channel import Channel, close_all
from drivers.link.memory import be_frugal
from drivers.link.parent import parent_channel

_CLOSE_SECONDS = 1.5
"""How long the driver's close() may take after the core closed the channel; the client kills after its own limit."""

_DESCRIPTORS = 256
"""A driver that leaks descriptors (each frame's memfd holds memory) meets this limit, not the machine's."""


class Host:
    """Serves one driver to the core at the other end of `channel`."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._tasks: dict[int, Task] = {}
        self._tasks_lock = threading.Lock()

    def serve(self) -> int:
        """Run until the core closes the channel or the worker ends; return the exit code."""
        packet = self._channel.receive()
        assert packet is not None
        opening = wire.decode(packet[0], ToHost)
        if not isinstance(opening, Open):
            raise SystemExit("the first message must be Open")
        _say_so_much(opening.detail)
        worker = Worker(opening, self._say, self._begin)
        thread = threading.Thread(target=self._work, args=(worker,), name="driver", daemon=True)
        thread.start()
        try:
            while True:
                self._hear(worker)
        except (EOFError, ConnectionError, CoreGone):
            with self._tasks_lock:
                for task in self._tasks.values():
                    task.call.cancel()
            worker.finish()
            thread.join(_CLOSE_SECONDS)
            return worker.exit_code

    def _work(self, worker: Worker) -> None:
        try:
            worker.run()
        finally:
            # Without its worker the host must not go on answering pings; the core still reads what was sent before.
            self._channel.shut()

    def _hear(self, worker: Worker) -> None:
        packet = self._channel.receive()
        assert packet is not None
        message = wire.decode(packet[0], ToHost)
        match message:
            case Perform():
                task = self._task(message, packet[1])
                with self._tasks_lock:
                    self._tasks[message.id] = task
                worker.add(task)
            case Cancel(id=number):
                self._cancel(number)
            case Ping(number=number):
                stage, seconds = worker.stage()
                self._say(Pong(number, stage, seconds))
            case Say(detail=detail):
                _say_so_much(detail)
            case Open():
                close_all(packet[1])
                raise SystemExit("Open came twice")

    def _task(self, message: Perform, fds: list[int]) -> Task:
        def emit(event: object, event_fds: Sequence[int]) -> None:
            self._say(Happened(id=message.id, body=wire.encode(event)), event_fds)

        return Task(message, emit, fds)

    def _cancel(self, number: int) -> None:
        """A command that has not begun is taken out of the queue at once; one that runs sees its flag."""
        with self._tasks_lock:
            task = self._tasks.get(number)
            waiting = task is not None and not task.begun
            if waiting:
                del self._tasks[number]
        if task is None:
            return
        task.call.cancel()
        if waiting:
            self._say(Canceled(number))

    def _begin(self, task: Task, begun: bool) -> bool:
        """The worker begins (or has ended) a command. False: it was cancelled while it waited."""
        with self._tasks_lock:
            if task.message.id not in self._tasks:
                return False
            task.begun = True
            if not begun:
                del self._tasks[task.message.id]
            return True

    def _say(self, message: FromHost, fds: Sequence[int] = ()) -> None:
        """Raise CoreGone when nobody is left to work for, ValueError when it is too large for a message."""
        raw = wire.encode(message)
        try:
            self._channel.send(raw, fds)
        except OSError as error:
            raise CoreGone from error


def _say_so_much(detail: Detail) -> None:
    """Only what this project's own code says: a library's debug output would hold what goes over the wire, card and all."""
    logging.getLogger("drivers").setLevel(logging.DEBUG if detail is Detail.DEBUG else logging.INFO)


def main() -> int:
    """Entry point of the device host process."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    _say_so_much(Detail.NORMAL)
    # 1, not 0: the kernel then also skips a core handler behind a pipe (core(5)); a dump would hold what a card told.
    resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_DESCRIPTORS, _DESCRIPTORS))
    be_frugal()
    return Host(parent_channel()).serve()


if __name__ == "__main__":
    sys.exit(main())
