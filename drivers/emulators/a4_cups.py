"""A real, private cupsd whose queue leads to our own emulated printer: everything between the driver and the paper is CUPS.

The scheduler runs in name spaces of its own (users, mounts, processes) with an empty /run, its own /etc/passwd and CUPS' default
policy, and listens on a Unix socket in a folder of its own. So no daemon of the machine is touched, no right is needed that the
caller does not have, and the caller's account may start the queue as a member of lpadmin would. Needs Debian's cups, cups-client,
cups-filters, util-linux, and a kernel that lets users make name spaces.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, ClassVar

from drivers.emulators.a4_printer import IppEmulator
from drivers.emulators.base import verb

QUEUE = "kiosk"

_PACKAGES = "cups cups-client cups-filters util-linux"
_PROGRAMS = ("cupsd", "lpadmin", "cupsdisable", "cupsenable", "cupsreject", "cupsaccept", "unshare", "setpriv")
_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"

_START_SECONDS = 10.0
_TOOL_SECONDS = 10.0

_NAME_SPACES = ("setpriv", "--pdeathsig", "KILL", "unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork",
                "--kill-child", "sh", "-euc")  # fmt: skip

_SCHEDULER = """
mount -t tmpfs tmpfs /run
mkdir -p /run/cups/etc /run/cups/state /run/cups/cache /run/cups/tmp /run/cups/log
printf '%s:x:1000:1000::/run:/bin/sh\\n' "$ACCOUNT" > /run/passwd
printf '%s:x:1000:\\nlpadmin:x:1000:\\n' "$ACCOUNT" > /run/group
mount --bind /run/passwd /etc/passwd
mount --bind /run/group /etc/group
cat > /run/cups/etc/cups-files.conf <<END
ServerRoot /run/cups/etc
StateDir /run/cups/state
CacheDir /run/cups/cache
RequestRoot $FOLDER/spool
TempDir /run/cups/tmp
AccessLog /run/cups/log/access
PageLog /run/cups/log/page
ErrorLog stderr
SystemGroup lpadmin
Sandboxing relaxed
END
cat > /run/cups/etc/cupsd.conf <<END
Listen $FOLDER/cups.sock
Browsing No
DefaultAuthType Basic
<Location />
  Order allow,deny
</Location>
END
sed -n '/<Policy default>/,/<[/]Policy>/p' /usr/share/cups/cupsd.conf.default >> /run/cups/etc/cupsd.conf
# Not as root, so that cupsd runs its filters as the one user there is.
exec unshare --user --map-user=1000 --map-group=1000 \\
    cupsd -f -c /run/cups/etc/cupsd.conf -s /run/cups/etc/cups-files.conf
"""


class CupsEmulator(IppEmulator):
    """The printer of `ipp` behind a queue. Driver settings: {"server": "FOLDER/cups.sock", "queue": "kiosk"}.

    `error_policy` is the queue's printer-error-policy. Options and verbs of the printer are those of IppEmulator.
    """

    kind: ClassVar[str] = "cups"

    def __init__(self, capture: Path | None = None, *, error_policy: str = "stop-printer", **options: Any) -> None:
        super().__init__(capture, **options)
        self._error_policy = error_policy
        self._folder: Path | None = None
        self._scheduler: subprocess.Popen[bytes] | None = None

    def start(self) -> dict[str, object]:
        """Switch the printer on, start the scheduler, make the queue. Raise RuntimeError when CUPS does not come up."""
        missing = [program for program in _PROGRAMS if shutil.which(program, path=_PATH) is None]
        if missing:
            raise RuntimeError(f"not installed: {', '.join(missing)}. Cure: sudo apt-get install -y {_PACKAGES}")
        printer = super().start()
        self._folder = Path(tempfile.mkdtemp(prefix="kiosk-cups-"))
        (self._folder / "spool").mkdir()
        try:
            self.start_scheduler()
            make = [
                "-E",
                "-v",
                str(printer["uri"]),
                "-m",
                "everywhere",
                "-o",
                f"printer-error-policy={self._error_policy}",
            ]
            self._tool("lpadmin", "-p", QUEUE, *make)
        except BaseException:
            self.stop()
            raise
        return {"server": str(self._socket), "queue": QUEUE}

    def stop(self) -> None:
        """Stop everything and remove the folder with the spool."""
        self.stop_scheduler()
        super().stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def state(self) -> dict[str, Any]:
        """As the printer's, with `scheduler` (whether it runs) and `spooled`: how many documents lie in the spool."""
        spool = self._folder / "spool" if self._folder else None
        documents = len(list(spool.glob("d*-*"))) if spool else 0
        return {**super().state(), "scheduler": self._scheduler is not None, "spooled": documents}

    # --- what a technician and fate do to the queue

    @verb
    def stop_queue(self, reason: str = "") -> None:
        """Pause the queue: by hand, or with a `reason` as the scheduler gives when it stops a queue after an error."""
        self._tool("cupsdisable", *(["-r", reason] if reason else []), QUEUE)

    @verb
    def resume_queue(self) -> None:
        """Start the queue."""
        self._tool("cupsenable", QUEUE)

    @verb
    def accept(self, jobs: bool) -> None:
        """Let the queue take jobs, or refuse them."""
        self._tool("cupsaccept" if jobs else "cupsreject", QUEUE)

    @verb
    def option(self, key: str, value: str) -> None:
        """Set an option of the queue, as `lpadmin -o key=value` does."""
        self._tool("lpadmin", "-p", QUEUE, "-o", f"{key}={value}")

    @verb
    def stop_scheduler(self) -> None:
        """End the scheduler; what it has spooled stays, its queues do not."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.kill()
            scheduler.wait()

    @verb
    def start_scheduler(self) -> None:
        """Start the scheduler."""
        assert self._folder is not None, "start() comes first"
        self._socket.unlink(missing_ok=True)
        environment = {**os.environ, "PATH": _PATH, "FOLDER": str(self._folder), "ACCOUNT": _account()}
        with (self._folder / "log").open("wb") as log:
            scheduler = subprocess.Popen([*_NAME_SPACES, _SCHEDULER], env=environment, stderr=log, stdout=log)
        self._scheduler = scheduler
        end = time.monotonic() + _START_SECONDS
        while not self._socket.exists():
            if scheduler.poll() is not None or time.monotonic() > end:
                raise RuntimeError(
                    f"cupsd does not start: {(self._folder / 'log').read_text('utf-8', 'replace')[-2000:]}"
                )
            time.sleep(0.01)

    @property
    def _socket(self) -> Path:
        assert self._folder is not None
        return self._folder / "cups.sock"

    def _tool(self, program: str, *arguments: str) -> None:
        """Run one of CUPS' own tools on our scheduler."""
        environment = {**os.environ, "PATH": _PATH, "LC_ALL": "C"}
        ran = subprocess.run(
            [program, "-h", str(self._socket), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=_TOOL_SECONDS,
            check=False,
        )
        if ran.returncode:
            raise RuntimeError(f"{program}: {ran.stderr.strip()}")


def _account() -> str:
    return pwd.getpwuid(os.getuid()).pw_name
