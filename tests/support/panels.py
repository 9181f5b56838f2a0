"""Touch panels of a real X server: Xorg with its own `dummy` screen and `inputtest` devices, which can be unplugged and come back.

Xvfb has only a test pointer. Here touches are XInput 2 touches of a device, as a panel's are; what is left out is the kernel and
libinput. The wire is that of the server's include/xf86-input-inputtest-protocol.h, version 1.1.
"""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("Xorg", "xinput")
_DRIVER = Path("/usr/lib/xorg/modules/input/inputtest_drv.so")
_PATIENCE = 20.0
_HELLO, _SYNC, _TOUCH = 0, 1, 6
"""Kinds of messages."""
_BEGIN, _UPDATE, _END = 18, 19, 20
"""XI_TouchBegin and its siblings (X11/extensions/XI2.h)."""
_RANGE = 65535
"""Of both axes of such a device."""
_VALUATORS = 64
_SERVER = """
Section "ServerFlags"
  Option "AutoAddDevices" "false"
EndSection
Section "Device"
  Identifier "card"
  Driver "dummy"
  VideoRam 65536
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5-1000
  VertRefresh 5-200
  Modeline "panel" 200 {width} {w1} {w2} {w3} {height} {h1} {h2} {h3}
EndSection
Section "Screen"
  Identifier "screen"
  Device "card"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "panel"
    Virtual {width} {height}
  EndSubSection
EndSection
Section "ServerLayout"
  Identifier "layout"
  Screen "screen"
{named}EndSection
"""
_DEVICE = """
Section "InputDevice"
  Identifier "{name}"
  Driver "inputtest"
  Option "SocketPath" "{socket}"
  Option "DeviceType" "Touch"
  Option "TouchCount" "5"
EndSection
"""


def missing() -> str:
    """Why there can be no such server here; empty when there can."""
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if absent or not _DRIVER.exists():
        return f"no {', '.join(absent) or _DRIVER.name} here: apt-get install xserver-xorg-core xserver-xorg-video-dummy xinput"
    return "" if os.geteuid() == 0 else "Xorg without a seat needs root"


class TouchPanel:
    """One touch device of the server. Unplugged, its touches end, and it takes no others."""

    def __init__(self, display: str, name: str, path: Path, size: tuple[int, int]) -> None:
        self._display, self._name, self._path, self._size = display, name, path, size
        self._finger = 0
        self._wire: socket.socket | None = None

    def plug(self) -> None:
        """It comes (back)."""
        self._xinput("enable")
        self._wire = socket.socket(socket.AF_UNIX)
        self._wire.settimeout(_PATIENCE)
        self._wire.connect(str(self._path))
        self._wire.sendall(struct.pack("=IIHH", 12, _HELLO, 1, 1))
        self._wire.recv(12)

    def unplug(self) -> None:
        """It is gone."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None
        self._xinput("disable")

    def down(self, x: int, y: int) -> int:
        """A finger comes down; return its number."""
        self._finger += 1
        self._send(_BEGIN, self._finger, x, y)
        return self._finger

    def move(self, finger: int, x: int, y: int) -> None:
        """It goes there."""
        self._send(_UPDATE, finger, x, y)

    def up(self, finger: int, x: int, y: int) -> None:
        """It is lifted there."""
        self._send(_END, finger, x, y)

    def tap(self, x: int, y: int) -> None:
        """Down and up."""
        self.up(self.down(x, y), x, y)

    def _send(self, kind: int, finger: int, x: int, y: int) -> None:
        assert self._wire is not None, "it is unplugged"
        places = [x / self._size[0] * _RANGE, y / self._size[1] * _RANGE, *[0.0] * (_VALUATORS - 2)]
        which = bytes([0b11]).ljust(_VALUATORS // 8, b"\0")
        body = struct.pack(
            f"=III{len(which)}s4x{2 * _VALUATORS}d", finger, kind, 0, which, *places, *[0.0] * _VALUATORS
        )
        self._wire.sendall(struct.pack("=II", 8 + len(body), _TOUCH) + body)
        self._wire.sendall(struct.pack("=II", 8, _SYNC))
        self._wire.recv(8)

    def _xinput(self, what: str) -> None:
        subprocess.run(["xinput", what, self._name], env={**os.environ, "DISPLAY": self._display}, check=True)


@contextmanager
def server_with_panels(
    folder: Path, size: tuple[int, int], names: tuple[str, ...]
) -> Iterator[tuple[str, list[TouchPanel]]]:
    """Start the server with these panels, none of them plugged in; give its DISPLAY and them; end it. `folder`: a short path."""
    (width, height), sockets = size, {name: folder / f"{number}" for number, name in enumerate(names)}
    edges = {f"{axis}{n}": value + 16 * n for axis, value in (("w", width), ("h", height)) for n in (1, 2, 3)}
    named = "".join(f'  InputDevice "{name}" "SendCoreEvents"\n' for name in names)
    devices = "".join(_DEVICE.format(name=name, socket=path) for name, path in sockets.items())
    (folder / "xorg.conf").write_text(_SERVER.format(width=width, height=height, named=named, **edges) + devices)
    reading, writing = os.pipe()
    command = ["Xorg", "-displayfd", str(writing), "-config", f"{folder}/xorg.conf", "-logfile", f"{folder}/log"]
    command += ["-noreset", "-nolisten", "tcp", "-novtswitch", "-sharevts", "vt7"]
    with (folder / "out").open("wb") as out:
        server = subprocess.Popen(command, pass_fds=(writing,), stdout=out, stderr=out)
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        assert number, (folder / "out").read_text("utf-8", "replace")
        panels = [TouchPanel(f":{number}", name, path, size) for name, path in sockets.items()]
        for panel, path in zip(panels, sockets.values(), strict=True):
            _when_there(path)
            panel.unplug()
        yield f":{number}", panels
    finally:
        server.terminate()
        server.wait()


def _when_there(path: Path) -> None:
    give_up = time.monotonic() + _PATIENCE
    while not path.exists():
        assert time.monotonic() < give_up, path
        time.sleep(0.02)
