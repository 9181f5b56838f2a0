"""The limits of supervision, as data."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Limits of one device host, in seconds unless named otherwise. Rules behind them: back within 2 s of a crash, "gone" after
    three misses, in service within 10 s of being plugged in again (design.md); a driver opens in 5 s and tells its status
    in 2 s (drivers.contract.driver)."""

    open: float = 10.0
    """To import the driver and open the device: the contract's 5 s, and as much for a large library on a cold disk."""

    status: float = 4.0
    """To probe the status; twice the contract's."""

    ping_every: float = 1.0
    ping_answer: float = 3.0
    """A host that answers no ping for so long (a call into C that holds the interpreter, a stopped process) is killed."""

    late: float = 1.0
    """Grace after a command's deadline, which is the driver's to keep; then the host is killed."""

    cancel: float = 3.0
    """A driver looks at its cancel flag every 0.2 s; one that has not ended after this is killed."""

    close: float = 2.0
    """A good end of a host: the driver's close()."""

    comes_back: float = 2.5
    """How long a call waits for a host that was there a moment ago and is being started again."""

    first_pause: float = 0.2
    longest_pause: float = 5.0
    """Pauses between starts: doubled each time, with jitter, from the first again once the device was well for the longest.
    The longest keeps "in service 10 s after it was plugged in" with a slow open."""

    longest_after_opening: float = 1.2
    """The longest pause after a host whose device did open: however often it crashes then, it is back within 2 s."""

    misses_until_gone: int = 3

    memory_mb: float = 512.0
    """Memory of its own that a host may hold when no command runs; a document camera with three 13-megapixel pages holds 200.
    The kernel refuses it more than twice as much at any time (RLIMIT_DATA)."""

    memory_every: float = 5.0

    burst: int = 200
    burst_seconds: float = 0.1
    """Messages taken from one host in so many seconds (one of 4 KB counts as two, and so on), answers not counted; then it
    waits. A camera sends 30 frames a second; what sends 2,000 is broken, and must not have the core's processor to itself."""


STANDARD = Timing()


class Backoff:
    """The pause before each start."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._pause = timing.first_pause

    def fresh(self) -> None:
        """Begin with the shortest pause again."""
        self._pause = self._timing.first_pause

    def next(self, *, opened: bool) -> float:
        """Return the pause to take now, in seconds; the next will be twice as long. `opened`: the device was there."""
        pause = min(self._pause, self._timing.longest_after_opening) if opened else self._pause
        self._pause = min(pause * 2, self._timing.longest_pause)
        # Jitter: devices behind one hub that fail together shall not all start again together.
        return pause * random.uniform(0.75, 1.25)  # noqa: S311  not a secret
