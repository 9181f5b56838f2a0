"""A PC/SC service of its own for the emulated reader: pcscd with vsmartcard's virtual reader, hidden from the machine's.

pcscd has its socket, its process number and its lock at fixed places under /run. It therefore runs in name spaces of its own
(users, mounts), where /run is a folder of ours; the socket in it is reached from outside by its path. It sees no drivers of USB
readers either, so that a real reader stays with the machine's own daemon. No right is needed that the caller does not have.
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PACKAGES = "pcscd vsmartcard-vpcd util-linux"
READER = "Kiosk Virtual"
_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
_LIBRARIES = ("lib", "lib64", "lib/*", "local/lib")  # under /usr, by distribution
_START_SECONDS = 10.0
_PORTS = range(20_000, 32_000)  # below those that the kernel gives away by itself

_SCRIPT = """
mount --bind "$FOLDER/run" /run
mount -t tmpfs tmpfs "$DRIVERS"
pcscd --foreground --critical --config "$FOLDER/conf" &
# Each line is a signal to send; at the end of input (the emulator ended, in whatever way) the daemon ends too.
while read -r word; do kill "-$word" $! 2>/dev/null || true; done
kill -TERM $! 2>/dev/null || true
wait $! 2>/dev/null || true
"""


class PrivatePcscd:
    """`port`: where a virtual card connects. `socket`: where PC/SC programs connect. Raise OSError when it cannot start."""

    def __init__(self) -> None:
        self._library = _library()
        if any(shutil.which(program, path=_PATH) is None for program in ("pcscd", "unshare")):
            raise OSError(f"pcscd or unshare is not installed. Cure: sudo apt-get install -y {PACKAGES}")
        self._folder = Path(tempfile.mkdtemp(prefix="pcscd-"))
        self.port = _free_ports()
        self.socket = self._folder / "run" / "pcscd" / "pcscd.comm"
        for name in ("run", "conf"):
            (self._folder / name).mkdir()
        self._reader = self._folder / "conf" / "reader"
        library = self._folder / "run" / self._library.name  # the daemon does not see the folder of the original
        shutil.copy(self._library, library)
        self._entry = (
            f'FRIENDLYNAME "{READER}"\nDEVICENAME /dev/null:{self.port:#06x}\n'
            f"LIBPATH {library}\nCHANNELID {self.port:#06x}\n"
        )
        self._reader.write_text(self._entry, encoding="ascii")
        self._process: subprocess.Popen[str] | None = None

    @property
    def running(self) -> bool:
        """Whether the daemon runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def plugged(self) -> bool:
        """Whether the reader is plugged in."""
        return self._reader.exists()

    def start(self) -> None:
        """Start the daemon; return when it can be reached."""
        self.socket.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            ["unshare", "--user", "--map-root-user", "--mount", "sh", "-euc", _SCRIPT],
            env={**os.environ, "PATH": _PATH, "FOLDER": str(self._folder), "DRIVERS": str(self._library.parents[1])},
            stdin=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._wait_for(lambda: _answers(self.socket), "its socket")
        if self.plugged:
            self._wait_for(lambda: _listens(self.port), "its virtual reader")

    def stop(self, signal: str = "TERM") -> None:
        """End the daemon by this signal; with KILL it leaves its socket behind, as after a crash."""
        if self._process is None:
            return
        self._signal(signal)
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(_START_SECONDS)
        self._process = None

    def hang(self) -> None:
        """Stop the daemon where it stands (SIGSTOP)."""
        self._signal("STOP")
        number = int((self.socket.parent / "pcscd.pid").read_text("ascii").strip("\n\0"))
        state = Path(f"/proc/{number}/stat")
        self._wait_for(lambda: state.read_text("utf-8").rpartition(")")[2].split()[0] == "T", "the way to stop it")

    def wake(self) -> None:
        """Let it go on (SIGCONT)."""
        self._signal("CONT")

    def pull_reader(self) -> None:
        """Unplug the reader. pcscd never gives up a reader that is written in its configuration: it starts again without."""
        if self.plugged:
            self._reader.unlink()
            self._restart()

    def push_reader(self) -> None:
        """Plug the reader in."""
        if not self.plugged:
            self._reader.write_text(self._entry, encoding="ascii")
            self._restart()

    def _restart(self) -> None:
        if self.running:
            self.stop()
            self.start()

    def remove(self) -> None:
        """End it and remove its folder."""
        self.stop("KILL")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _signal(self, signal: str) -> None:
        if self.running:
            assert self._process is not None
            assert self._process.stdin is not None
            self._process.stdin.write(signal + "\n")

    def _wait_for(self, ready: object, what: str) -> None:
        until = time.monotonic() + _START_SECONDS
        assert callable(ready)
        while not ready():
            if not self.running or time.monotonic() > until:
                self.stop()
                raise OSError(f"the private pcscd did not open {what}")
            time.sleep(0.005)


def _library() -> Path:
    for place in _LIBRARIES:
        for found in sorted(Path("/usr").glob(f"{place}/pcsc/drivers/serial/libifdvpcd.so")):
            return found
    raise OSError(f"the virtual reader is not installed. Cure: sudo apt-get install -y {PACKAGES}")


def _free_ports() -> int:
    """Return the first of two free ports: vpcd takes one for each of its two slots."""
    while True:
        port = random.choice(_PORTS)  # noqa: S311  any will do
        try:
            for each in (port, port + 1):
                with socket.socket() as probe:
                    probe.bind(("", each))
        except OSError:
            continue
        return port


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _listens(port: int) -> bool:
    """Look without touching: a connection would be a card."""
    wanted = f":{port:04X}"
    rows = Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]
    return any(row.split()[1].endswith(wanted) and row.split()[3] == "0A" for row in rows)
