"""python-escpos, imported without leaving a temporary folder behind.

`escpos.capabilities` 3.1 makes a folder with mkdtemp() at each import, even when ESCPOS_CAPABILITIES_PICKLE_DIR is set, and
never removes it; a kiosk that restarts its hosts would fill /tmp. So it is imported while temporary files go to a folder that goes.
"""

from __future__ import annotations

import tempfile

with tempfile.TemporaryDirectory(prefix="escpos-") as _folder:
    _usual, tempfile.tempdir = tempfile.tempdir, _folder
    try:
        from escpos.exceptions import DeviceNotFoundError, Error
        from escpos.printer import Dummy, Network, Serial
    finally:
        tempfile.tempdir = _usual

__all__ = ["DeviceNotFoundError", "Dummy", "Error", "Network", "Serial"]
