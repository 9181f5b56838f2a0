"""Where a machine's own files lie, and how they are written: whole or not at all, also when the power goes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SetupFolder:
    """The files of one machine by their meaning. `site` is written last: where it is, the machine is set up."""

    root: Path

    @property
    def site(self) -> Path:
        """The place: what `kiosk run --site` takes."""
        return self.root / "site.toml"

    @property
    def profile(self) -> Path:
        """The machine: what `kiosk run --profile` takes."""
        return self.root / "profile.toml"

    @property
    def staff(self) -> Path:
        """Who may open it."""
        return self.root / "staff.toml"

    @property
    def answers(self) -> Path:
        """What was answered so far; without code, PIN and key."""
        return self.root / "answers.toml"

    @property
    def enrolled(self) -> Path:
        """What the platform answered, until the files are written."""
        return self.root / "keys" / "enrolled.json"

    @property
    def key(self) -> Path:
        """The machine's own private key. It never leaves this folder."""
        return self.root / "keys" / "kiosk.key"

    @property
    def certificate(self) -> Path:
        """The operator's word for that key."""
        return self.root / "keys" / "kiosk.pem"

    @property
    def secret(self) -> Path:
        """What calls to the platform are signed with."""
        return self.root / "keys" / "kiosk-secret"

    @property
    def issuer_roots(self) -> Path:
        """Whose seals count."""
        return self.root / "keys" / "issuer-root.pem"

    @property
    def operator_roots(self) -> Path:
        """Who certifies kiosks."""
        return self.root / "keys" / "operator-root.pem"

    @property
    def authority(self) -> Path:
        """The private CA of the platform's TLS certificate, where it has one."""
        return self.root / "keys" / "platform-ca.pem"

    @property
    def unit(self) -> Path:
        """The service that runs the kiosk."""
        return self.root / "kiosk.service"

    @property
    def screen_unit(self) -> Path:
        """The service that runs the X server."""
        return self.root / "kiosk-screen.service"

    @property
    def finished(self) -> bool:
        """Whether this machine is set up."""
        return self.site.exists()

    @property
    def private(self) -> tuple[Path, ...]:
        """What is nobody else's business: an export leaves it out unless it is asked for."""
        return (self.key, self.secret, self.staff)


def put(path: Path, content: bytes, *, private: bool = True) -> None:
    """Write a file: after a power cut the old one or the new one is there, on the disk. Raise OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
