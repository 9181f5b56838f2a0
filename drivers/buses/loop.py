"""One bus is asked again and again, in a thread of its own, so that a bus that hangs harms no other.

Nothing that a listing does ends the loop: what it raises is the bus's answer, and a listing that never comes back is left to
itself while another thread asks again. A thread cannot be killed; it may come back (a daemon that was ended wakes whoever waited
for it), and what it then brings is thrown away.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from drivers.buses.messages import Pace, Paces
from drivers.buses.presence import Presence
from drivers.buses.table import BusState
from drivers.contract.bus import Attached
from drivers.contract.faults import DeviceFault, Fault, FaultCode, fault

_log = logging.getLogger("drivers.buses")

Listing = Callable[[], tuple[Attached, ...]]
"""Lists a bus; raises DeviceFault when it cannot be asked."""

_MOST_HANGING = 4
"""Threads that may hang on one bus at a time; then nobody asks until one comes back."""

_LONGEST_DETAIL = 200
"""Characters of an unforeseen error that a technician is shown."""


class BusLoop:
    """Keeps the state of one bus. `tell` is called from any of its threads, one at a time, with each change."""

    def __init__(
        self, known: BusState, listing: Listing, pace: Pace, paces: Paces, tell: Callable[[BusState], None]
    ) -> None:
        self.pace = pace
        self._listing = listing
        self._tell = tell
        self._paces = paces
        self._presence = Presence(known, misses_until_gone=paces.misses_until_gone)
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._removed = False
        self._stopped = False
        self._turn = 0
        self._hanging: list[threading.Thread] = []
        self._thread: threading.Thread | None = None
        self._asking_since: float | None = None
        self._begun = time.monotonic()
        self._last_defect = ""

    def start(self) -> None:
        """Begin to ask."""
        with self._lock:
            self._spawn()

    def stop(self) -> None:
        """Ask no more; does not wait for a listing that is under way."""
        self._stopped = True
        self._wake.set()

    def nudge(self, *, removed: bool = False) -> None:
        """Ask soon. `removed`: the kernel says that something was taken away, so what is missing now is gone."""
        with self._lock:
            self._removed = self._removed or removed
        self._wake.set()

    def look_after(self) -> None:
        """To be called every second or so from a thread that never hangs: notice a listing that does, or a thread that died."""
        with self._lock:
            if self._thread is not None and not self._thread.is_alive() and not self._stopped:
                _log.error("%s: the thread died; another asks", self._presence.state.bus)
                self._spawn()
            if self._asking_since is None or time.monotonic() - self._asking_since < self._paces.hang:
                return
            if self._thread is not None and self._thread not in self._hanging:
                self._hanging.append(self._thread)
                reason = fault(FaultCode.LINK_SILENT, f"no answer for {self._paces.hang:g} s")
                if self._presence.failed(reason, misses=self._paces.misses_until_gone):
                    self._tell(self._presence.state)
            self._hanging = [thread for thread in self._hanging if thread.is_alive()]
            if len(self._hanging) < _MOST_HANGING:
                self._spawn()

    def _spawn(self) -> None:
        self._turn += 1
        self._asking_since = None
        name = f"bus-{self._presence.state.bus}"
        self._thread = threading.Thread(target=self._run, args=(self._turn,), name=name, daemon=True)
        self._thread.start()

    def _run(self, turn: int) -> None:
        while not self._stopped:
            with self._lock:
                if turn != self._turn:
                    return
                removed, self._removed = self._removed, False
                self._asking_since = time.monotonic()
            answer = self._ask()
            with self._lock:
                if turn != self._turn:
                    return  # it took too long, another asks now
                self._asking_since = None
                self._hanging = [thread for thread in self._hanging if thread is not threading.current_thread()]
                self._answer(answer, removed)
                pause = self._pause()
            if self._wake.wait(pause):
                time.sleep(self._paces.settle)
                self._wake.clear()

    def _ask(self) -> tuple[Attached, ...] | Fault:
        try:
            found = self._listing()
        except DeviceFault as error:
            return error.fault
        except Exception as error:
            return self._defect(error)
        self._last_defect = ""
        return found

    def _defect(self, error: Exception) -> Fault:
        """A defect of ours or of a library costs this listing, never the loop. Logged once, not with every round."""
        detail = f"{type(error).__name__}: {error}"[:_LONGEST_DETAIL]
        if detail != self._last_defect:
            _log.error("%s: the listing failed", self._presence.state.bus, exc_info=error)
        self._last_defect = detail
        return fault(FaultCode.INTERNAL, detail)

    def _answer(self, answer: tuple[Attached, ...] | Fault, removed: bool) -> None:
        seen = self._presence
        if seen.failed(answer) if isinstance(answer, Fault) else seen.listed(answer, removed=removed):
            self._tell(seen.state)

    def _pause(self) -> float:
        if self._presence.doubtful:
            return self.pace.again
        return self.pace.every if time.monotonic() - self._begun < self.pace.early else self.pace.later
