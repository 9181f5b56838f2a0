"""Starting the sandbox as a child, and its control surface: for the demo, the dock and the tests."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec

from kiosk.sandbox.fault_desk import ANY, Verb
from kiosk.sandbox.folder import SandboxFolder
from kiosk.sandbox.people import Person
from kiosk.sandbox.provision import SeededKeeper, read_keepers, read_people

_START_S = 20.0
_STOP_S = 3.0
_POLL_S = 0.02
_CONTROL_HEADER = "x-control-token"


class SandboxFailed(RuntimeError):
    """The sandbox did not start."""


@dataclass
class Sandbox:
    """A running sandbox. `address` is http://127.0.0.1:PORT."""

    folder: SandboxFolder
    address: str
    process: subprocess.Popen[bytes]

    def break_(self, verb: Verb, endpoint: str = ANY, *, count: int | None = 1, seconds: float = 0.0) -> None:
        """Make something go wrong; see `fault_desk.Rule`."""
        self._control("faults", {"verb": verb, "endpoint": endpoint, "count": count, "seconds": seconds})

    def mend(self) -> None:
        """Clear every fault."""
        self._control("clear", {})

    def state(self) -> dict[str, Any]:
        """Return counts of what the platform holds, and the faults at work."""
        found: dict[str, Any] = self._control("state", {})
        return found

    def new_code(self, kiosk: str, **order: Any) -> str:
        """Give out a code for a new machine of this id; see `enrol_desk.Order`. Raise ValueError."""
        return str(self._control("codes", {"kiosk": kiosk, **order})["code"])

    def people(self) -> tuple[Person, ...]:
        """Return the seeded people."""
        return read_people(self.folder.people)

    def keepers(self) -> tuple[SeededKeeper, ...]:
        """Return the seeded keepers with their PINs."""
        return read_keepers(self.folder.keepers)

    def stop(self) -> None:
        """End it; calling it again does nothing."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_STOP_S)
            return
        self.process.kill()
        self.process.wait()

    def _control(self, action: str, content: object) -> Any:
        return control(self.folder, action, content)


def control(folder: SandboxFolder, action: str, content: object) -> Any:
    """Ask the control surface of the sandbox that serves this folder. Raise ValueError with its words."""
    with httpx.Client(trust_env=False) as client:
        reply = client.post(
            f"{folder.address.read_text('ascii')}/control/{action}",
            content=msgspec.json.encode(content),
            headers={_CONTROL_HEADER: folder.control_token.read_text("ascii")},
        )
    if reply.status_code != httpx.codes.OK:
        raise ValueError(reply.text)
    return reply.json()


def start(folder: Path, *, seed: int | None = None, kiosk: str = "DEMO-0001", port: int = 0) -> Sandbox:
    """Start a sandbox in a folder (new or used) and wait until it listens. Raise SandboxFailed."""
    at = SandboxFolder(folder.resolve())
    at.address.unlink(missing_ok=True)
    command = [sys.executable, "-m", "kiosk.sandbox", "--folder", str(at.root), "--port", str(port), "--kiosk", kiosk]
    if seed is not None:
        command += ["--seed", str(seed)]
    # A group of its own: Ctrl-C is for who started it, and that one ends it.
    process = subprocess.Popen(
        [*command, "--die-with-parent"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, process_group=0
    )
    deadline = time.monotonic() + _START_S
    while not at.address.exists():
        if process.poll() is not None:
            raise SandboxFailed(f"the sandbox ended with {process.returncode} before it listened; its errors are above")
        if time.monotonic() > deadline:
            process.kill()
            raise SandboxFailed(f"the sandbox did not listen within {_START_S:.0f} s")
        time.sleep(_POLL_S)
    return Sandbox(at, at.address.read_text("ascii"), process)
