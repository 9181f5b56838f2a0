"""Where everything of one sandbox lies. `site/` is what an operator would hand to a kiosk; the rest is the far end's own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SandboxFolder:
    """The files of a sandbox by their meaning."""

    root: Path

    @property
    def address(self) -> Path:
        """http://127.0.0.1:PORT, written when the server listens."""
        return self.root / "address"

    @property
    def control_token(self) -> Path:
        """What the control surface asks for."""
        return self.root / "control-token"

    @property
    def people(self) -> Path:
        """people.json: the seeded people, for bench and checker."""
        return self.root / "people.json"

    @property
    def keepers(self) -> Path:
        """keepers.json: codes and PINs of the invented keepers, for the bench."""
        return self.root / "keepers.json"

    @property
    def database(self) -> Path:
        """The platform's SQLite file."""
        return self.root / "platform.sqlite"

    @property
    def capture(self) -> Path:
        """exchange-NNNN.json for every request that came."""
        return self.root / "capture"

    @property
    def authority(self) -> Path:
        """Keys and certificates that only the issuing authority has."""
        return self.root / "authority"

    @property
    def site(self) -> Path:
        """What the kiosk gets."""
        return self.root / "site"

    @property
    def issuer_roots(self) -> Path:
        """Root certificate of the issuing authority, PEM; the kiosk pins it."""
        return self.site / "issuer-root.pem"

    @property
    def operator_roots(self) -> Path:
        """Root certificate of the kiosks' operator, PEM."""
        return self.site / "operator-root.pem"

    @property
    def kiosk_certificate(self) -> Path:
        """The kiosk's certificate, PEM, signed by the operator."""
        return self.site / "kiosk.pem"

    @property
    def kiosk_key(self) -> Path:
        """The kiosk's key, PEM, P-256."""
        return self.site / "kiosk.key"

    @property
    def kiosk_secret(self) -> Path:
        """The secret with which the kiosk signs requests, hexadecimal text."""
        return self.site / "kiosk-secret"

    @property
    def kiosk_id(self) -> Path:
        """The kiosk's id."""
        return self.site / "kiosk-id"


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    part.replace(path)
