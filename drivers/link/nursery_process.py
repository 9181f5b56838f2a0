"""Forks children that find their modules loaded: `python -m drivers.link.nursery_process MODULE`, started by drivers.link.nursery.

It imports MODULE once and forks a child for each request; the child calls `MODULE.main()`. It has one thread and runs nobody's
code but ours, so that nothing can hang it or be half done in the moment of a fork. It is its children's parent: it waits for
them, ends what they left behind in their process group, and they die with it as it dies with the core.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import logging
import os
import select
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from drivers.link import wire
from drivers.link.channel import Channel, close_all
from drivers.link.memory import be_frugal
from drivers.link.nursery_words import Ended, Fork, Forked, FromNursery, Kill, NotForked, ToNursery
from drivers.link.parent import CHANNEL_FD_VARIABLE, parent_channel

_PR_SET_NAME = 15
_EX_SOFTWARE = 70  # sysexits.h: an internal error


class Nursery:
    """Serves Fork and Kill until the core closes the channel."""

    def __init__(self, link: Channel, entry: Callable[[], int]) -> None:
        self._link = link
        self._entry = entry
        self._children: set[int] = set()
        self._wake, wake_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._own_fds = [self._wake, wake_end, link.fileno()]
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        """Run until the channel is closed; the children that are left die with this process."""
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        poll.register(self._link.fileno(), select.POLLIN)
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                for fd, _ in poll.poll():
                    if fd == self._wake:
                        self._reap()
                    else:
                        self._hear()

    def _hear(self) -> None:
        packet = self._link.receive()
        assert packet is not None
        data, fds = packet
        try:
            message = wire.decode(data, ToNursery)
            match message:
                case Fork():
                    self._fork(message, fds)
                case Kill(pid=pid) if pid in self._children:
                    os.kill(pid, signal.SIGKILL)
        finally:
            close_all(fds)

    def _fork(self, request: Fork, fds: list[int]) -> None:
        channel_fd, output_fd = fds
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            self._say(NotForked(number=request.number, errno=error.errno or 0))
            return
        if pid == 0:
            self._be_born(request.title, parent, channel_fd, output_fd)
        self._children.add(pid)
        self._say(Forked(number=request.number, pid=pid))

    def _be_born(self, title: str, parent: int, channel_fd: int, output_fd: int) -> NoReturn:
        """In the child: become a process of its own, run, and never return into the nursery's loop."""
        code = _EX_SOFTWARE
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()  # a group of its own: what it starts can be ended with it, and no Ctrl-C reaches it
            close_all(self._own_fds)
            os.dup2(output_fd, 1)
            os.dup2(output_fd, 2)
            os.close(output_fd)
            os.environ[CHANNEL_FD_VARIABLE] = str(channel_fd)
            _name_process(title)
            if os.getppid() == parent:
                code = self._entry()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException as error:
            # Nobody above but the nursery's loop, which a child must never enter. No text: it may hold personal data.
            os.write(2, f"CRITICAL {type(error).__name__} ended this process\n".encode())
        finally:
            logging.shutdown()
            os._exit(code)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 512)
        for pid in list(self._children):
            # Not waited for yet, so its id and its group's cannot be another's: what it left behind is ended first.
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                continue
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            self._children.discard(pid)
            self._say(Ended(pid=pid, code=os.waitstatus_to_exitcode(status)))

    def _say(self, message: FromNursery) -> None:
        self._link.send(wire.encode(message))


def _name_process(title: str) -> None:
    """Set the name that ps and top show (prctl(2) PR_SET_NAME, 15 bytes)."""
    ctypes.CDLL(None).prctl(_PR_SET_NAME, title.encode()[:15])


def main() -> int:
    """Entry point of the nursery."""
    module = importlib.import_module(sys.argv[1])
    link = parent_channel()
    be_frugal()
    gc.collect()
    gc.freeze()  # the collector of a child leaves these objects, and so the pages that all share, alone
    Nursery(link, module.main).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
