"""Back-pressure: messages are taken from one host only so fast; beyond that its own sends wait."""

from __future__ import annotations

import asyncio
import time

from drivers.supervision.timing import Timing

_BYTES = 4096


class Pace:
    """Counts what was taken in a window of `burst_seconds`."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._window = time.monotonic()
        self._taken = 0

    async def take(self, size: int) -> None:
        """Count a message of `size` bytes; wait for the next window when this one is used up."""
        self._taken += 1 + size // _BYTES
        if self._taken < self._timing.burst:
            return
        left = self._window + self._timing.burst_seconds - time.monotonic()
        if left > 0:
            await asyncio.sleep(left)
        self._window, self._taken = time.monotonic(), 0
