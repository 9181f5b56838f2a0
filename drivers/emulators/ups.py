"""An uninterruptible power supply behind the real upsd and dummy-ups of Network UPS Tools.

    driver --TcpProxy--> upsd --DriverRelay--> dummy-ups

What happens to the UPS (mains, battery, load) and the commands that it takes are made at the relay; the wire's faults on the
cable before upsd; `unplug` ends upsd itself.
"""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from drivers.emulators.base import Emulator, verb
from drivers.emulators.nut_daemons import NutDaemons
from drivers.emulators.tcp_proxy import TcpProxy
from drivers.emulators.ups_relay import DriverRelay
from drivers.emulators.wire_faults import KINDS, WireFaults

UPS = "kioskups"
_USER = "kiosk"

_VARIABLES = {
    "ups.mfr": "Kiosk Runtime", "ups.model": "Emulated UPS", "ups.serial": "999999-0001", "ups.firmware": "1.0",
    "ups.status": "OL", "battery.charge": "100", "battery.runtime": "1800", "ups.delay.shutdown": "20",
    "ups.test.result": "No test initiated",
}  # fmt: skip

_TEST, _TURN_OFF, _CANCEL = "test.battery.start.quick", "shutdown.return", "shutdown.stop"
COMMANDS = (_TEST, _TURN_OFF, _CANCEL)
_TOLD_SECONDS = 8.0
_LOOK_SECONDS = 0.002
_ANSWER = 1024
_FULL, _LOW = ("100", "1800"), ("8", "90")

_OWN_FAULTS = {
    "stale": "the UPS does not answer its NUT driver: upsd says that its data are stale",
    "driver_dead": "the NUT driver of the UPS died: upsd has nobody to ask",
    "endless": "a line without end, `count` thousand bytes, before each answer",
    "worn": "the battery has to be replaced, and fails its test",
}


class UpsEmulator(Emulator):
    """`commands` is what the UPS can do of `COMMANDS`; `test_seconds` how long its self-test takes, `shows_after` after how many
    seconds it shows that it tests at all (NUT drivers look every 2 to 30 s; until then the last result stands there)."""

    kind: ClassVar[str] = "nut"
    FAULTS: ClassVar[Mapping[str, str]] = {**KINDS, **_OWN_FAULTS}

    def __init__(
        self,
        capture: Path | None = None,
        *,
        commands: tuple[str, ...] = COMMANDS,
        test_seconds: float = 0.5,
        shows_after: float = 0.1,
    ) -> None:
        super().__init__(capture)
        self._commands = tuple(commands)
        self._test_seconds = test_seconds
        self._shows_after = shows_after
        self._faults = WireFaults()
        self._lock = threading.Lock()
        self._mains = True
        self._low = False
        self._marks: set[str] = set()
        """Further words of ups.status: OVER, RB, CAL, OFF, ..."""
        self._own: set[str] = set()
        self._did: list[str] = []
        self._timer: threading.Timer | None = None
        self._daemons: NutDaemons | None = None
        self._cable = TcpProxy(self._on_the_way, capture, name="upsd-cable")

    def start(self) -> dict[str, object]:
        """Start both daemons (about 1 s); return the settings that reach them. Raise LookupError when NUT is not installed."""
        password = secrets.token_hex(8)
        self._daemons = NutDaemons(UPS, _VARIABLES, user=_USER, password=password)
        file = self._daemons.folder / "password"
        file.touch(mode=0o600)
        file.write_text(password + "\n")
        self._daemons.start_driver()
        self._relay = DriverRelay(
            self._daemons.server_socket, self._daemons.driver_socket, self._commands, self._on_command
        )
        self._relay.start(_TOLD_SECONDS)
        self._relay.open()
        self.replug()
        return {
            "host": "127.0.0.1", "port": self._cable.port, "ups": UPS, "user": _USER, "password_file": str(file),
        }  # fmt: skip

    def stop(self) -> None:
        """End the daemons, and leave nothing behind."""
        if self._daemons is None:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._cable.unplug()
        self._relay.stop()
        self._daemons.remove()
        self._daemons = None

    def state(self) -> dict[str, Any]:
        """What the UPS does, the commands that it was given, and what goes wrong."""
        with self._lock:
            return {
                "plugged": self._cable.plugged,
                "mains": self._mains,
                "status": self._words(),
                "commands": list(self._did),
                "faults": sorted([*self._faults.names(), *self._own]),
            }

    # --- what happens to the power

    @verb
    def mains_fail(self) -> None:
        """The mains are gone."""
        self._become(mains=False)

    @verb
    def mains_return(self) -> None:
        """The mains are back, and the battery is full."""
        self._become(mains=True, low=False)

    @verb
    def battery_low(self) -> None:
        """The battery is nearly empty, on mains or not."""
        self._become(low=True)

    @verb
    def overload(self, on: bool = True) -> None:
        """More hangs on it than it can carry."""
        self.mark("OVER", on)

    @verb
    def mark(self, word: str, on: bool = True) -> None:
        """Put any other word into ups.status, or take it out (BYPASS, OFF, CAL, FSD, TRIM, BOOST, ...)."""
        if not word.isalnum():
            raise ValueError("word: letters and digits only")
        with self._lock:
            (self._marks.add if on else self._marks.discard)(word)
        self._become()

    @verb
    def stale(self) -> None:
        """The UPS does not answer its NUT driver any more."""
        self.fault("stale")

    @verb
    def driver_dead(self) -> None:
        """The NUT driver of the UPS died."""
        self.fault("driver_dead")

    # --- what goes wrong

    @verb
    def fault(self, kind: str, **arguments: Any) -> None:
        """Misbehave from now on; kinds and their arguments are in `FAULTS`. `times` (wire only): for so many answers."""
        if kind not in self.FAULTS:
            raise LookupError(f"no fault {kind!r}; there are {', '.join(self.FAULTS)}")
        if kind in KINDS or kind == "endless":
            self._faults.put(kind, **arguments)
            return
        if arguments:
            raise TypeError(f"{kind} takes no arguments")
        self._own.add(kind)
        match kind:
            case "stale":
                self._relay.be_stale(True)
                self._await_upsd()
            case "driver_dead":
                self._relay.close()
                self._await_upsd()
            case "worn":
                self.mark("RB")

    @verb
    def clear_faults(self) -> None:
        """Behave again. After `driver_dead` upsd may need some seconds to find the driver."""
        self._faults.clear()
        own, self._own = self._own, set()
        if "stale" in own:
            self._relay.be_stale(False)
        if "driver_dead" in own:
            self._relay.open()
        self._await_upsd()
        if "worn" in own:
            self.mark("RB", on=False)

    def _upsd_asks(self) -> bool:
        """Start upsd; False when it does not turn to its driver, as one start in hundreds on a busy machine."""
        assert self._daemons is not None
        self._relay.dumped.clear()
        self._daemons.start_upsd()
        if "driver_dead" in self._own or self._relay.dumped.wait(_TOLD_SECONDS):
            return True
        self._daemons.stop_upsd()
        return False

    @verb
    def unplug(self) -> None:
        """upsd ends: whoever asks is refused."""
        self._cable.unplug()
        if self._daemons is not None:
            self._daemons.stop_upsd()

    @verb
    def replug(self) -> None:
        """upsd starts again, at the same address."""
        assert self._daemons is not None
        if not self._cable.plugged:
            if not self._upsd_asks() and not self._upsd_asks():
                raise RuntimeError("upsd does not ask its driver")
            self._cable.plug(self._daemons.port)
            self._await_upsd()

    # --- the UPS

    def _words(self) -> str:
        return " ".join(["OL" if self._mains else "OB", *(["LB"] if self._low else []), *sorted(self._marks)])

    def _become(self, *, mains: bool | None = None, low: bool | None = None) -> None:
        with self._lock:
            self._mains = self._mains if mains is None else mains
            self._low = self._low if low is None else low
            words, (charge, runtime) = self._words(), _LOW if self._low else _FULL
        for name, value in (("battery.charge", charge), ("battery.runtime", runtime), ("ups.status", words)):
            self._relay.tell(name, value)
        self._await_upsd()

    def _await_upsd(self) -> None:
        """Return once upsd tells it, too. Raise RuntimeError when it never does."""
        if self._daemons is None or not self._cable.plugged:
            return
        until = time.monotonic() + _TOLD_SECONDS
        with socket.create_connection(("127.0.0.1", self._daemons.port), timeout=_TOLD_SECONDS) as asking:
            while True:
                asking.sendall(b"GET VAR %s ups.status\n" % UPS.encode())
                if asking.recv(_ANSWER).decode().startswith(self._expected()):
                    return
                if time.monotonic() >= until:
                    raise RuntimeError("upsd does not hear of it")
                time.sleep(_LOOK_SECONDS)

    def _expected(self) -> str:
        if "driver_dead" in self._own:
            return "ERR DRIVER-NOT-CONNECTED"
        if "stale" in self._own:
            return "ERR DATA-STALE"
        with self._lock:
            return f'VAR {UPS} ups.status "{self._words()}"'

    def _on_command(self, name: str) -> None:
        with self._lock:
            self._did.append(name)
        if name == _TEST:
            self._later(self._shows_after, self._begin_test)

    def _later(self, seconds: float, work: Callable[[], None]) -> None:
        self._timer = threading.Timer(seconds, work)
        self._timer.daemon = True
        self._timer.start()

    def _begin_test(self) -> None:
        self._relay.tell("ups.test.result", "In progress")
        self.mark("CAL")
        self._later(self._test_seconds, self._end_test)

    def _end_test(self) -> None:
        self.mark("CAL", on=False)
        self._relay.tell("ups.test.result", "Done and error" if "worn" in self._own else "Done and passed")

    # --- the cable

    def _on_the_way(self, answer: bytes) -> bytes | None:
        if endless := self._faults.use("endless"):
            return b"x" * (1000 * endless.count) + self._faults.spoil(answer)
        if self._faults.use("die_mid_command"):
            threading.Thread(target=self.unplug, daemon=True).start()
            return None
        return self._faults.spoil(answer)
