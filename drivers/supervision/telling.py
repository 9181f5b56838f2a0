"""How much a device's hosts say: more for a technician, for a limited time, whatever host lives meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from drivers.contract.messages import Detail


class Telling:
    """`tell` takes a change to the host that lives now; one that is started later is opened with `detail`."""

    def __init__(self, tell: Callable[[Detail], None]) -> None:
        self._tell = tell
        self._debug_until = 0.0
        self._back: asyncio.TimerHandle | None = None

    @property
    def detail(self) -> Detail:
        """How much they say now."""
        return Detail.DEBUG if time.monotonic() < self._debug_until else Detail.NORMAL

    def debug_for(self, seconds: float) -> None:
        """Say more for so long, then as always. 0: as always from now on."""
        self.stop()
        self._debug_until = time.monotonic() + seconds
        self._tell(self.detail)
        if seconds > 0:
            self._back = asyncio.get_running_loop().call_later(seconds, self._tell, Detail.NORMAL)

    def stop(self) -> None:
        """Nobody is to be told any more."""
        if self._back is not None:
            self._back.cancel()
            self._back = None
