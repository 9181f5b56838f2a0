"""USB sticks that are plugged in and mounted: where a private CA, answers, or an export may lie."""

from __future__ import annotations

import re
from pathlib import Path

_UNDER = ("/media/", "/run/media/", "/mnt/")


def sticks(mounts: Path = Path("/proc/self/mounts")) -> tuple[Path, ...]:
    """The mount points of sticks, as the desktop's and the administrator's habits are. None where the file cannot be read."""
    try:
        lines = mounts.read_text("utf-8").splitlines()
    except OSError:
        return ()
    points = [
        re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), line.split()[1]) for line in lines if " " in line
    ]
    return tuple(Path(each) for each in points if each.startswith(_UNDER))


def files_on(folders: tuple[Path, ...], *patterns: str) -> tuple[Path, ...]:
    """The files on sticks whose names fit, at the top and one folder deep."""
    found = {
        file
        for folder in folders
        for pattern in patterns
        for file in (*folder.glob(pattern), *folder.glob(f"*/{pattern}"))
        if file.is_file()
    }
    return tuple(sorted(found))
