"""The files: `<name>.json` is in force, `<name>.before.json` was before it, `<name>.refused.json` was not believed.

At any moment a device has a whole one, or none."""

from __future__ import annotations

import os
import re
from pathlib import Path

from kiosk.bindings.whole import NEW, sync_folder, write_whole

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_BEFORE = ".before"
_ASIDE = ".refused"


class BindingFiles:
    """A folder of bindings, by the profile's names for the devices. What is in the files is not its business."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """Return the devices that have a binding, in the order of their names. Raise OSError."""
        if not self._folder.is_dir():
            return ()
        names = (entry.name.removesuffix(".json") for entry in self._folder.iterdir() if entry.suffix == ".json")
        return tuple(sorted(name for name in names if _NAME.fullmatch(name)))

    def read(self, name: str) -> bytes:
        """Return what is in force. Raise OSError."""
        return self._file(name).read_bytes()

    def put(self, name: str, content: bytes) -> None:
        """From now on this is in force; what was is kept to go back to. Raise OSError: then nothing has changed."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync_folder(self._folder.parent)
        file, before = self._file(name), self._file(name, _BEFORE)
        if file.exists():
            write_whole(before, file.read_bytes())
        else:
            before.unlink(missing_ok=True)
        write_whole(file, content)

    def go_back(self, name: str) -> None:
        """What was in force before the last `put` is so again: the binding before, or none. Raise OSError."""
        file, before = self._file(name), self._file(name, _BEFORE)
        if before.exists():
            os.rename(before, file)
        else:
            file.unlink(missing_ok=True)
        sync_folder(self._folder)

    def put_aside(self, name: str) -> None:
        """Nothing is in force any more for this device, and the file is kept beside for whoever asks why. Raise OSError."""
        os.rename(self._file(name), self._file(name, _ASIDE))
        sync_folder(self._folder)

    def tidy(self) -> None:
        """Take away what a power cut left half-written. Raise OSError."""
        for entry in self._folder.glob(f".*{NEW}"):
            entry.unlink(missing_ok=True)

    def _file(self, name: str, which: str = "") -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"no device is called {name!r}")
        return self._folder / f"{name}{which}.json"
