"""python-escpos, imported without leaving a temporary folder behind, and in half the time.

`escpos.capabilities` 3.1 makes a folder with mkdtemp() at each import, even when ESCPOS_CAPABILITIES_PICKLE_DIR is set, and
never removes it; a kiosk that restarts its hosts would fill /tmp. So it is imported while temporary files go to a folder that goes.

Its table of printers is JSON that it reads with a YAML parser in pure Python (0.12 s), unless that folder holds the table as a
pickle of its own. Here it does: read as JSON it takes 2 ms. Were the name or the place to change, it would read its YAML again.
"""

from __future__ import annotations

import json
import os
import pickle
import platform
import tempfile
from importlib.resources import files
from pathlib import Path

_PLACE = "ESCPOS_CAPABILITIES_PICKLE_DIR"


def _store_table(folder: str) -> None:
    table = json.loads(files("escpos").joinpath("capabilities.json").read_bytes())
    Path(folder, f"{platform.python_version()}.capabilities.pickle").write_bytes(pickle.dumps(table))


with tempfile.TemporaryDirectory(prefix="escpos-") as _folder:
    _store_table(_folder)
    _usual, tempfile.tempdir = tempfile.tempdir, _folder
    os.environ.setdefault(_PLACE, _folder)
    try:
        from escpos.exceptions import DeviceNotFoundError, Error
        from escpos.printer import Dummy, Network, Serial
    finally:
        tempfile.tempdir = _usual
        if os.environ[_PLACE] == _folder:
            del os.environ[_PLACE]

__all__ = ["DeviceNotFoundError", "Dummy", "Error", "Network", "Serial"]
