"""The computer under the kiosk: versions, and how much room there is. Nothing of its network, users or other programs."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import ssl
import time
from pathlib import Path
from typing import Any

import psutil

from kiosk import __version__

_MIB = 2**20
_RELEASE = ("ID", "VERSION_ID", "VERSION_CODENAME")
_TOKEN = re.compile(r"[\w.+~:-]{1,80}", re.ASCII)


def machine(state_folder: Path) -> dict[str, Any]:
    """What it is and how it is now. What cannot be read is left out."""
    memory = psutil.virtual_memory()
    return {
        "runtime": __version__,
        "python": platform.python_version(),
        "kernel": platform.release(),
        "architecture": platform.machine(),
        "system": _system(),
        "sqlite": sqlite3.sqlite_version,
        "openssl": ssl.OPENSSL_VERSION,
        "processors": os.cpu_count(),
        "load": [round(each, 2) for each in os.getloadavg()],
        "memory_mib": {"total": memory.total // _MIB, "available": memory.available // _MIB},
        "disk_mib": _disk(state_folder),
        "up_seconds": round(time.time() - psutil.boot_time()),
    }


def _system() -> dict[str, str]:
    """os-release(5): id and version."""
    try:
        found = platform.freedesktop_os_release()
    except OSError:
        return {}
    return {key.lower(): found[key] for key in _RELEASE if _TOKEN.fullmatch(found.get(key, ""))}


def _disk(folder: Path) -> dict[str, Any]:
    try:
        found = shutil.disk_usage(folder)
        writable = os.access(folder, os.W_OK)
    except OSError:
        return {}
    return {"total": found.total // _MIB, "free": found.free // _MIB, "writable": writable}
