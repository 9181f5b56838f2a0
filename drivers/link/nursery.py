"""The core's side of the nursery: children that start in milliseconds and share what they have in common (docs/decisions/010).

    nursery = nursery_for("drivers.host")
    child = await nursery.start("id_reader", output=write_end)
    ...
    await nursery.leave()

One nursery serves all who ask in this event loop; it starts with the first child and ends when the last user has left.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from weakref import WeakKeyDictionary

import msgspec

from drivers.link import channel, child, wire
from drivers.link.async_channel import AsyncChannel
from drivers.link.nursery_words import Ended, Fork, Forked, FromNursery, Kill, NotForked
from drivers.link.within import within

_log = logging.getLogger("drivers.link")

_START_SECONDS = 10.0
"""To answer a request. A fork takes milliseconds; the first answer waits for the imports, on a cold disk for seconds."""

_END_SECONDS = 1.0


class _ForkedProcess:
    """A child of the nursery, as `drivers.link.child.Child` sees a process."""

    def __init__(self, pid: int, nursery: AsyncChannel) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._nursery = nursery
        self._ended = asyncio.Event()

    def kill(self) -> None:
        if self.returncode is None:
            # A nursery that is gone has taken its children along.
            with contextlib.suppress(OSError):
                self._nursery.send(wire.encode(Kill(self.pid)))

    async def wait(self) -> int:
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def ended(self, code: int) -> None:
        self.returncode = code
        self._ended.set()


class Nursery:
    """Forks children that run `module.main()`. Its own death ends them all; the next start begins a new one."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._users = 0
        self._starting = asyncio.Lock()
        self._process: child.Child | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._asked: dict[int, asyncio.Future[_ForkedProcess]] = {}
        self._children: dict[int, _ForkedProcess] = {}
        self._number = 0

    def join(self) -> None:
        """Be one of its users; each calls `leave()` once."""
        self._users += 1

    async def leave(self) -> None:
        """The last one to leave ends it."""
        self._users -= 1
        if self._users == 0:
            await self._end()

    async def start(self, title: str, *, output: int) -> child.Child:
        """Fork a child; `output` becomes its stdout and stderr and stays the caller's to close. Raise OSError."""
        async with self._starting:
            if self._process is None:
                await self._begin()
        process = self._process
        if process is None:
            raise ConnectionError("the nursery ended")
        ours, theirs = channel.pair()
        try:
            forked = await self._ask(process, title, theirs.fileno(), output)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return child.Child(forked, AsyncChannel(ours))

    async def _ask(self, process: child.Child, title: str, channel_fd: int, output: int) -> _ForkedProcess:
        self._number += 1
        number = self._number
        asked = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            process.channel.send(wire.encode(Fork(number=number, title=title)), [channel_fd, output])
            return await within(_START_SECONDS, asyncio.shield(asked))
        except TimeoutError as error:  # an OSError
            _log.warning("the nursery does not answer; it is killed with its children")
            await process.kill()
            raise error
        finally:
            # When nobody waits for it any more, the child meets a closed channel and ends by itself.
            self._asked.pop(number, None)

    async def _begin(self) -> None:
        self._process = await child.start("drivers.link.nursery_process", [self._module])
        self._hearing = asyncio.create_task(self._hear(self._process), name="nursery")

    async def _end(self) -> None:
        hearing, self._hearing = self._hearing, None
        if hearing is not None:
            hearing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await hearing

    async def _hear(self, process: child.Child) -> None:
        try:
            while True:
                raw, fds = await process.channel.receive()
                channel.close_all(fds)
                self._handle(process, wire.decode(raw, FromNursery))
        except (EOFError, OSError, msgspec.MsgspecError) as error:
            _log.warning("the nursery ended (%s); its children with it", type(error).__name__)
        finally:
            self._process = None
            for asked in self._asked.values():
                if not asked.done():
                    asked.set_exception(ConnectionError("the nursery ended"))
            for each in self._children.values():
                each.ended(-signal.SIGKILL)  # they asked the kernel to die with it
            self._children.clear()
            await process.end(grace=_END_SECONDS)

    def _handle(self, process: child.Child, message: FromNursery) -> None:
        match message:
            case Forked(number=number, pid=pid):
                forked = self._children[pid] = _ForkedProcess(pid, process.channel)
                asked = self._asked.get(number)
                if asked is not None and not asked.done():
                    asked.set_result(forked)
            case NotForked(number=number, errno=errno):
                asked = self._asked.get(number)
                if asked is not None and not asked.done():
                    asked.set_exception(OSError(errno, "the nursery cannot fork"))
            case Ended(pid=pid, code=code):
                if pid in self._children:
                    self._children.pop(pid).ended(code)


_nurseries: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Nursery]] = WeakKeyDictionary()


def nursery_for(module: str) -> Nursery:
    """Return this event loop's nursery for `module`, which has a `main() -> int`, and join it."""
    nurseries = _nurseries.setdefault(asyncio.get_running_loop(), {})
    nursery = nurseries.setdefault(module, Nursery(module))
    nursery.join()
    return nursery
