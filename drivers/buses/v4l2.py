"""Cameras: the first video node of each device; the others of a UVC camera carry metadata. kind: the driver ("uvcvideo")."""

from __future__ import annotations

import os
from pathlib import Path

from drivers.buses import sysfs as tree
from drivers.contract.bus import Attached, Bus

_FIRST = "0"


def attached(sysfs: Path = tree.SYSFS, dev: Path = tree.DEV) -> tuple[Attached, ...]:
    """List the video nodes of index 0. Whether one captures is learnt by opening it, which is the driver's work.

    Raise DeviceFault: SERVICE_DOWN (no sysfs there), PORT_DENIED.
    """
    found = (_camera(folder, sysfs, dev) for folder in tree.class_devices(sysfs, "video4linux"))
    return tuple(thing for thing in found if thing is not None)


def _camera(folder: Path, sysfs: Path, dev: Path) -> Attached | None:
    node = dev / folder.name
    if not folder.name.startswith("video") or tree.text(folder, "index") != _FIRST or not os.path.exists(node):
        return None
    usb = tree.usb_device(folder, sysfs)
    ids = tree.usb_ids(usb)
    if usb is not None and not ids.vendor:
        return None  # on its way out
    fields = {**ids._asdict(), "model": ids.model or tree.text(folder, "name")}
    path = f"{tree.port_path(folder, sysfs)}-video-index{_FIRST}"
    driver = tree.link_name(folder / "device", "driver")
    return Attached(bus=Bus.V4L2, path=path, node=str(node), kind=driver, **fields)
