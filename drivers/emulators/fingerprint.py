"""A person's fingers before libfprint's virtual reader: the far end of the socket on which that reader listens.

The virtual reader is part of libfprint (FP_VIRTUAL_DEVICE; libfprint/drivers/virtual-device.c): from open to close it listens
on a Unix socket, in the process that uses the library. One connection carries one command: SCAN NAME (a finger is laid
down), RETRY N (badly), ERROR N, UNPLUG and some more. It is read, and the connection closed, only while
the library's main loop runs: that is how an emulated finger knows that somebody waits for it, and holds still until then.

It compares names: a template of "index" matches the finger "index". No picture of a finger exists anywhere.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from drivers.emulators.base import Emulator, verb

RETRIES = {"general": 0, "too_short": 1, "center_finger": 2, "remove_finger": 3}
"""FpDeviceRetry"""

_FAULTS = {
    "silent": "no touch is noticed",
    "drop": "every `every`th touch is not noticed",
    "slow": "a touch takes `seconds` longer",
    "unreadable": "a touch is read badly, in the way of `retry`",
    "error": "a touch ends in the error of number `code` (FpDeviceError)",
    "die_mid_command": "the reader is unplugged by a touch; `replug` brings it back",
}
_ARGUMENTS: dict[str, dict[str, Any]] = {
    "drop": {"every": 2},
    "slow": {"seconds": 0.5},
    "unreadable": {"retry": "general"},
    "error": {"code": 0},
}
_PROBE = "SET_KEEP_ALIVE 0"
"""A command that changes nothing, and that is carried out whenever the main loop runs."""

_HOLD = 0.3
"""Seconds for which a person who was not told to lay the finger down holds it there."""

_QUICK = 0.1
_PAUSE = 0.01
"""A waiting library reads at once, again and again. One whose status is being asked reads once, within a moment."""


@dataclass
class _Active:
    times: int | None = None
    every: int = 0
    seconds: float = 0.0
    retry: str = "general"
    code: int = 0


class FprintEmulator(Emulator):
    """A person with ten fingers, and a reader that can be unplugged."""

    kind: ClassVar[str] = "fprint"
    FAULTS: ClassVar[Mapping[str, str]] = _FAULTS

    def __init__(self, capture: Path | None = None) -> None:
        super().__init__(capture)
        self._folder = Path(tempfile.mkdtemp(prefix="fingerprint-"))
        self._plug = self._folder / "plug"
        self._lock = threading.Condition()
        self._fingers: deque[str] = deque()
        self._faults: dict[str, _Active] = {}
        self._touches = 0
        self._plugged = self._running = False
        self._thread = threading.Thread(target=self._live, name="fprint-emulator", daemon=True)

    # --- for the tests and the dock

    def start(self) -> dict[str, object]:
        """Plug in; return the settings that reach it."""
        self.replug()
        self._running = True
        self._thread.start()
        return {"virtual_socket": str(self._plug / "socket")}

    def stop(self) -> None:
        """Unplug for good."""
        with self._lock:
            was_running, self._running = self._running, False
            self._lock.notify_all()
        if was_running:
            self._thread.join(2.0)
        shutil.rmtree(self._folder, ignore_errors=True)

    def state(self) -> dict[str, Any]:
        """`waiting`: fingers that are held ready until somebody wants one; `touches`: those that were noticed."""
        with self._lock:
            return {
                "plugged": self._plugged,
                "waiting": len(self._fingers),
                "touches": self._touches,
                "faults": sorted(self._faults),
            }

    @verb
    def lay(self, finger: str = "index", times: int = 1) -> None:
        """Lay a finger down so often, as soon as it is wanted. Raise ValueError for a name with blanks or without letters."""
        if not finger.isidentifier():
            raise ValueError("finger: letters, digits and _ only")
        with self._lock:
            self._fingers.extend([f"SCAN {finger}"] * times)
            self._lock.notify_all()

    @verb
    def lay_badly(self, how: str = "too_short", times: int = 1) -> None:
        """Lay a finger down so that it is read badly; `how` is one of RETRIES. Raise ValueError for another word."""
        if how not in RETRIES:
            raise ValueError(f"how: one of {', '.join(RETRIES)}")
        with self._lock:
            self._fingers.extend([f"RETRY {RETRIES[how]}"] * times)
            self._lock.notify_all()

    @verb
    def present(self) -> bool:
        """Lay the index finger down once, and hold it there for a moment; it stays ready until it is noticed or `withdraw`n."""
        self.lay()
        with self._lock:
            self._lock.wait_for(lambda: not self._fingers, _HOLD)
        return True

    @verb
    def withdraw(self) -> bool:
        """Take the hand away; False when no finger was held ready."""
        with self._lock:
            had = bool(self._fingers)
            self._fingers.clear()
        return had

    @verb
    def unplug(self) -> None:
        """Pull the cable. Whoever has the reader open learns it when the library next looks."""
        with self._lock:
            if not self._plugged:
                return
            self._plugged = False
        with contextlib.suppress(OSError):  # nobody has it open
            self._say("UNPLUG", seconds=0.0)
        shutil.rmtree(self._plug, ignore_errors=True)

    @verb
    def replug(self) -> None:
        """Put the cable back."""
        self._plug.mkdir(parents=True, exist_ok=True)
        with self._lock:
            self._plugged = True
            self._lock.notify_all()

    @verb
    def fault(self, kind: str, **arguments: Any) -> None:
        """Misbehave from now on; see FAULTS. `times`: only for so many touches. Raise LookupError, TypeError, ValueError."""
        if kind not in _FAULTS:
            raise LookupError(f"no fault {kind!r}; there are {', '.join(_FAULTS)}")
        defaults = _ARGUMENTS.get(kind, {})
        if set(arguments) - set(defaults) - {"times"}:
            raise TypeError(f"{kind} takes times{''.join(', ' + key for key in defaults)}")
        if arguments.get("retry", "general") not in RETRIES:
            raise ValueError(f"retry: one of {', '.join(RETRIES)}")
        with self._lock:
            self._faults[kind] = _Active(**{**defaults, **arguments})

    @verb
    def clear_faults(self) -> None:
        """Behave again."""
        with self._lock:
            self._faults.clear()

    # --- the person

    def _live(self) -> None:
        while self._running:
            with self._lock:
                if not (self._plugged and self._fingers):
                    self._lock.wait(1.0)
                    continue
            if self._is_wanted():
                with self._lock:
                    touch = self._fingers.popleft() if self._fingers else ""
                if touch:
                    self._touch(touch)
                with self._lock:
                    self._lock.notify_all()
            time.sleep(_PAUSE)

    def _is_wanted(self) -> bool:
        """Whether the library waits for a finger now."""
        try:
            first = self._say(_PROBE, seconds=1.0)
            time.sleep(_PAUSE)
            return first and self._say(_PROBE, seconds=_QUICK)
        except OSError:
            return False  # nobody has the reader open

    def _touch(self, touch: str) -> None:
        """One finger, as the faults leave it."""
        with self._lock:
            self._touches += 1
            if self._use("silent") or self._dropped():
                return
            if active := self._use("unreadable"):
                touch = f"RETRY {RETRIES[active.retry]}"
            if active := self._use("error"):
                touch = f"ERROR {active.code}"
            slow = self._use("slow")
            dying = self._use("die_mid_command")
        if dying:
            self.unplug()
            return
        if slow:
            time.sleep(slow.seconds)
            if not self._is_wanted():
                return  # it was given up meanwhile
        with contextlib.suppress(OSError):  # it was closed just now
            self._say(touch, seconds=1.0)

    def _dropped(self) -> bool:
        active = self._faults.get("drop")
        return active is not None and self._touches % active.every == 0 and self._use("drop") is not None

    def _use(self, name: str) -> _Active | None:
        """The fault if it is on; counts it down."""
        active = self._faults.get(name)
        if active is not None and active.times is not None:
            active.times -= 1
            if active.times <= 0:
                del self._faults[name]
        return active

    def _say(self, line: str, *, seconds: float) -> bool:
        """Send one command; whether it was read within `seconds`. Raise OSError when nobody listens."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(max(seconds, 0.2))
            connection.connect(str(self._plug / "socket"))
            connection.sendall(line.encode("ascii"))
            self._keep(line)
            until = time.monotonic() + seconds
            while self._running and (left := until - time.monotonic()) > 0:
                connection.settimeout(min(left, 0.2))
                with contextlib.suppress(TimeoutError):
                    return connection.recv(1) == b""
        return False

    def _keep(self, line: str) -> None:
        if self.capture is not None and line != _PROBE:
            with (self.capture / "tx.txt").open("a", encoding="ascii") as tape:
                tape.write(line + "\n")
