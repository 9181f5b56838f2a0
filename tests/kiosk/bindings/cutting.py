"""A power cut at a chosen moment of writing: a process of its own that ends itself (SIGKILL), and what was not synced is lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

_CALLS = ("open", "write", "fsync", "rename", "unlink", "mkdir", "close")


_power: list[_Power] = []
"""That of this process, in a child of `cut_at`."""


def step() -> None:
    """Where nothing is written the power can go too: one more moment at which it may."""
    for each in _power:
        each.boundary()


class _Power:
    """Counts the boundaries, and cuts the power at the chosen one."""

    def __init__(self, at: int) -> None:
        self._at = at
        self.crossed = 0
        self._unsynced: dict[int, int] = {}
        """Descriptors that were written to and not synced, each with a duplicate by which its bytes are lost."""

    def wrap(self, name: str) -> None:
        original = getattr(os, name)

        def called(*given: Any, **named: Any) -> Any:
            self.boundary()
            if name == "write":
                self._half(original, *given)
            result = original(*given, **named)
            self._note(name, given)
            self.boundary()
            return result

        setattr(os, name, called)

    def boundary(self) -> None:
        self.crossed += 1
        if self.crossed == self._at:
            self._cut()

    def _half(self, write: Callable[[int, Any], int], fd: int, content: Any) -> None:
        """Between the two halves of what is being written."""
        self.crossed += 1
        if self.crossed == self._at:
            write(fd, bytes(content)[: len(content) // 2])
            os.kill(os.getpid(), signal.SIGKILL)

    def _note(self, name: str, given: tuple[Any, ...]) -> None:
        if name == "write":
            self._unsynced.setdefault(given[0], os.dup(given[0]))
        elif name == "fsync":
            self._unsynced.pop(given[0], None)

    def _cut(self) -> None:
        for kept in self._unsynced.values():
            os.ftruncate(kept, 0)  # as ext4 leaves a file that was renamed before its data was on the disk
        os.kill(os.getpid(), signal.SIGKILL)


def cut_at(at: int, work: Callable[[], None]) -> bool:
    """Do the work in a process that is killed at its boundary number `at`. False: it came to its end before that."""
    child = os.fork()
    if child == 0:
        power = _Power(at)
        _power.append(power)
        for name in _CALLS:
            power.wrap(name)
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the work failed by itself"
    return False
