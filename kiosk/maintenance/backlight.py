"""The screen's brightness, where the kernel offers it: /sys/class/backlight (Documentation/ABI/stable/sysfs-class-backlight)."""

from __future__ import annotations

import os
from pathlib import Path

SYSFS = Path("/sys/class/backlight")


class Backlight:
    """One lamp. Percent of what it can."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def percent(self) -> int:
        """How bright it is. Raise OSError, ValueError."""
        return round(100 * int((self._folder / "brightness").read_text()) / self._most)

    @property
    def _most(self) -> int:
        return max(1, int((self._folder / "max_brightness").read_text()))

    def set(self, percent: int) -> None:
        """Make it so bright. Raise OSError."""
        (self._folder / "brightness").write_text(str(max(1, round(self._most * percent / 100))))


def backlight(sysfs: Path | None = None) -> Backlight | None:
    """Return the first lamp that this account may set; None where there is none."""
    root = SYSFS if sysfs is None else sysfs
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if os.access(folder / "brightness", os.W_OK):
            return Backlight(folder)
    return None
