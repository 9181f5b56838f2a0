"""The real upsd and dummy-ups of Network UPS Tools, in a folder of their own: nothing of the machine's own NUT is touched.

Works as root and as a normal user: both daemons are told to stay who started them, and keep sockets and pid files in the folder.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

PACKAGE = "nut-server"
_PLACES = ("/lib/nut", "/usr/lib/nut", "/usr/libexec/nut", "/usr/lib/ups/driver")
"""Where distributions keep NUT's drivers. Debian's /usr/sbin/upsd is a script that obeys /etc/nut/nut.conf; the program is here."""
_START_SECONDS = 5.0
_STOP_SECONDS = 3.0
_LEASH = '"$@" </dev/null & child=$!; read -r _; kill -KILL "$child"; wait "$child"'
"""Runs a daemon until our end of its pipe closes, also when that is because we were killed: no daemon outlives its emulator."""


def program(name: str) -> str:
    """Return the path of one of NUT's programs. Raise LookupError when it is not installed."""
    found = shutil.which(name, path=os.pathsep.join((*_PLACES, "/usr/sbin", "/sbin")))
    if found is None:
        raise LookupError(f"{name} is not installed; apt-get install {PACKAGE}")
    return found


class NutDaemons:
    """`variables` are what the UPS tells at first; `user` and `password` may do everything."""

    def __init__(self, ups: str, variables: Mapping[str, str], *, user: str, password: str) -> None:
        self._upsd, self._dummy = program("upsd"), program("dummy-ups")
        self.folder = Path(tempfile.mkdtemp(prefix="nut-"))
        self._ups = ups
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.port = _free_port()
        for name in ("conf", "driver", "server"):
            (self.folder / name).mkdir(mode=0o700)
        self._write("ups.conf", f"[{ups}]\ndriver = dummy-ups\nport = ups.dev\nmode = dummy-once\npollinterval = 1\n")
        self._write("ups.dev", "".join(f"{name}: {value}\n" for name, value in variables.items()))
        self._write("upsd.conf", f"LISTEN 127.0.0.1 {self.port}\n")
        rights = "actions = SET\ninstcmds = ALL\n"
        self._write("upsd.users", f"[{user}]\npassword = {password}\n{rights}[onlooker]\npassword = {password}\n")

    @property
    def driver_socket(self) -> Path:
        """Where dummy-ups listens."""
        return self.folder / "driver" / f"dummy-ups-{self._ups}"

    @property
    def server_socket(self) -> Path:
        """Where upsd looks for its driver."""
        return self.folder / "server" / f"dummy-ups-{self._ups}"

    def start_driver(self) -> None:
        """Start dummy-ups; returns once it listens."""
        self._start("driver", [self._dummy, "-a", self._ups])
        self._await("driver", self.driver_socket.exists)

    def start_upsd(self) -> None:
        """Start upsd; returns once it listens. Raise RuntimeError with its last words when it ends instead."""
        self._start("server", [self._upsd])
        self._await("server", lambda: _listens(self.port))

    def stop_upsd(self) -> None:
        """End upsd. Calling it again does nothing."""
        self._stop("server")

    def remove(self) -> None:
        """End both, and leave nothing behind."""
        self._stop("server")
        self._stop("driver")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self, name: str, text: str) -> None:
        file = self.folder / "conf" / name
        file.touch(mode=0o600)
        file.write_text(text)

    def _start(self, name: str, command: list[str]) -> None:
        state = str(self.folder / name)
        stay = ["-u", "root"] if os.geteuid() == 0 else []  # root would become "nut"; others cannot become anybody
        paths = {"NUT_CONFPATH": str(self.folder / "conf"), "NUT_STATEPATH": state, "NUT_ALTPIDPATH": state}
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                ["sh", "-c", _LEASH, "sh", *command, *stay, "-F"],
                env={**os.environ, **paths, "NUT_QUIET_INIT_UPSNOTIFY": "true"},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )

    def _await(self, name: str, ready: Callable[[], bool]) -> None:
        until = time.monotonic() + _START_SECONDS
        while not ready():
            if time.monotonic() >= until:
                words = (self.folder / f"{name}.log").read_text("utf-8", errors="replace")[-500:]
                raise RuntimeError(f"NUT's {name} did not start: {words}")
            time.sleep(0.01)

    def _stop(self, name: str) -> None:
        process = self._running.pop(name, None)
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number: int = listener.getsockname()[1]
    return number


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
