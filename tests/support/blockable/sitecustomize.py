"""On SIGUSR1 a Python process of the run stops turning its loop: it spins for ever, deaf to polite signals, until it is killed.

Found by the interpreter because this folder is on PYTHONPATH of the kiosk under test; the kiosk knows nothing of it.
"""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path
from typing import Any


def _spin(*_: Any) -> None:
    Path(tempfile.gettempdir(), f"spinning-{os.getpid()}").touch()
    while True:
        pass


signal.signal(signal.SIGUSR1, _spin)
