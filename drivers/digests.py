"""Which files a driver is made of, as one number: what was tested is known again by it."""

from __future__ import annotations

import hashlib
from importlib.resources.abc import Traversable

from drivers import registry


def digest_of(driver_id: str) -> str:
    """SHA-256 over the code and data of a driver's folder and of the drivers that it stands on, without reports.

    A report of other files says nothing of these: `kiosk drivers lint` then calls the driver unverified. Raise KeyError.
    """
    sum_ = hashlib.sha256()
    for name, content in sorted(_files(registry.folder(driver_id))):
        sum_.update(len(name).to_bytes(4, "big") + name.encode() + len(content).to_bytes(8, "big") + content)
    return sum_.hexdigest()


def _files(folder: Traversable, prefix: str = "") -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name != "__pycache__":
                found += _files(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith((".py", ".toml")):
            found.append((prefix + entry.name, entry.read_bytes()))
    return found
