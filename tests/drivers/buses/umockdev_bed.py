"""A machine of umockdev, by its C interface (libumockdev.so.0). Only under umockdev-wrapper, which puts it in place of /sys."""

from __future__ import annotations

import ctypes
import os


class Testbed:
    """A /sys to which devices are added one by one, each announced by a real event."""

    def __init__(self) -> None:
        self._lib = ctypes.CDLL("libumockdev.so.0")
        self._lib.umockdev_testbed_new.restype = ctypes.c_void_p
        self._lib.umockdev_testbed_get_root_dir.restype = ctypes.c_char_p
        self._bed = ctypes.c_void_p(self._lib.umockdev_testbed_new())
        # umockdev sets it for this process's C library only; Python hands its own copy to children.
        os.environ["UMOCKDEV_DIR"] = self._lib.umockdev_testbed_get_root_dir(self._bed).decode()

    def add(self, path: str, subsystem: str, *lines: str) -> str:
        """Add a device below /sys; `lines` as umockdev writes them ("A: serial=X", "N: ttyUSB0"). Return its path."""
        text = "\n".join([f"P: {path}", f"E: SUBSYSTEM={subsystem}", *lines, "", ""])
        assert self._lib.umockdev_testbed_add_from_string(self._bed, text.encode(), None) == 1, path
        return path

    def remove(self, path: str) -> None:
        """Take a device away."""
        device = f"/sys{path}".encode()
        # The kernel takes the links away first; umockdev needs them to make the event. The watch waits for a burst to settle.
        self._lib.umockdev_testbed_uevent(self._bed, device, b"remove")
        self._lib.umockdev_testbed_remove_device(self._bed, device)
