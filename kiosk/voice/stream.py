"""What the sound card pulls, block after block, in the sound card's own thread."""

from __future__ import annotations

import time
from collections.abc import Generator
from threading import Lock

import numpy as np

from kiosk.voice.join import Samples

_NOTHING = np.zeros(0, np.int16)


class Stream:
    """One voice at a time: silence, something being said, or its last milliseconds as it is stopped."""

    def __init__(self, fade: int) -> None:
        """`fade`: samples in which a stopped voice ends."""
        self._fade = fade
        self._lock = Lock()
        self._left: Samples = _NOTHING
        self._keeps = False
        self._played: list[Samples] = []
        self.pulled_at = time.monotonic()

    def play(self, samples: Samples, volume: float, *, wait: bool = False) -> None:
        """Say this now; what was being said is cut off with a fade, unless this is to wait for its end."""
        scaled = (samples * np.float32(volume)).astype(np.int16)
        with self._lock:
            self._left = np.concatenate([self._left if wait else self._ending(), scaled])

    def stop(self) -> None:
        """Be silent in a few milliseconds."""
        with self._lock:
            self._left = self._ending()

    def _ending(self) -> Samples:
        rest = self._left[: self._fade]
        return (rest * np.linspace(1.0, 0.0, len(rest), dtype=np.float32)).astype(np.int16)

    @property
    def silent(self) -> bool:
        """Whether everything has been pulled."""
        return not len(self._left)

    def keep(self, wanted: bool) -> None:
        """Keep what is played, for `played()`."""
        with self._lock:
            self._keeps = wanted
            self._played.clear()

    def played(self) -> list[Samples]:
        """Return what was pulled since it was asked last."""
        with self._lock:
            taken, self._played = self._played, []
        return taken

    def blocks(self) -> Generator[Samples, int, None]:
        """What the sound card's thread asks, with the number of samples that it wants."""
        wanted = yield _NOTHING
        while True:
            wanted = yield self._pull(wanted)

    def _pull(self, wanted: int) -> Samples:
        block = np.zeros(wanted, np.int16)
        with self._lock:
            now, self._left = self._left[:wanted], self._left[wanted:]
            block[: len(now)] = now
            if self._keeps:
                self._played.append(block)
        self.pulled_at = time.monotonic()
        return block
