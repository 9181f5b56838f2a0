"""The printer's plugs: a TCP port (one host at a time, as real network cards do), and a pty that stands for a serial line or for
the kernel's USB printer node."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import threading
import tty
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

Heard = Callable[[bytes], None]


class Plug(ABC):
    """Bytes in (`heard` is called from the plug's own thread), bytes out; can be pulled and put back at the same address."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard

    @abstractmethod
    def plug(self) -> dict[str, object]:
        """Come up; return the driver settings that reach it."""

    @abstractmethod
    def unplug(self) -> None:
        """Vanish. Calling it again does nothing."""

    @abstractmethod
    def send(self, data: bytes) -> None:
        """Answer whoever is connected; nobody may be."""

    @abstractmethod
    def hang_up(self) -> None:
        """Break the present connection, stay reachable where the kind of line allows."""


class TcpPlug(Plug):
    """A raw printing port on 127.0.0.1; the number stays the same over unplug and plug."""

    def __init__(self, heard: Heard) -> None:
        super().__init__(heard)
        self._number = 0
        self._listener: socket.socket | None = None
        self._peer: socket.socket | None = None

    def plug(self) -> dict[str, object]:
        """Come up; see Plug."""
        listener = socket.create_server(("127.0.0.1", self._number), backlog=4)
        self._number = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._serve, args=(listener,), name="receipt-tcp", daemon=True).start()
        return {"connection": "network", "host": "127.0.0.1", "port": self._number}

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            self._peer = peer
            with peer, contextlib.suppress(OSError):
                while data := peer.recv(4096):
                    self._heard(data)
            # After an unplug and a plug this thread may end when the next host is already connected: that one stays.
            if self._peer is peer:
                self._peer = None

    def unplug(self) -> None:
        """Vanish; see Plug."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.hang_up()

    def send(self, data: bytes) -> None:
        """Answer; see Plug."""
        peer = self._peer
        if peer is not None:
            with contextlib.suppress(OSError):
                peer.sendall(data)

    def hang_up(self) -> None:
        """Break the connection; see Plug."""
        peer = self._peer
        if peer is not None:
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)


class PtyPlug(Plug):
    """A pty behind a link with a steady name, as udev gives to a serial port."""

    def __init__(self, heard: Heard) -> None:
        super().__init__(heard)
        self._folder = tempfile.TemporaryDirectory(prefix="receipt-pty-")
        self._path = Path(self._folder.name) / "printer"
        self._master: int | None = None
        self._slave: int | None = None
        self._reader: threading.Thread | None = None

    def plug(self) -> dict[str, object]:
        """Come up; see Plug."""
        master, slave = os.openpty()
        tty.setraw(slave)
        # Our own end of the slave keeps the line up while no driver has it open.
        self._master, self._slave = master, slave
        self._path.symlink_to(os.ttyname(slave))
        self._reader = threading.Thread(target=self._serve, args=(master,), name="receipt-pty", daemon=True)
        self._reader.start()
        return {"connection": "serial", "path": str(self._path), "baud": 115200}

    def _serve(self, master: int) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(master, 4096):
                if self._master != master:
                    break
                self._heard(data)
        os.close(master)

    def unplug(self) -> None:
        """Vanish; see Plug."""
        master, self._master = self._master, None
        slave, self._slave = self._slave, None
        if master is None or slave is None:
            return
        self._path.unlink(missing_ok=True)
        # A byte of our own wakes the reader, which then closes the master: the driver's end is hung up by the kernel.
        os.write(slave, b"\0")
        os.close(slave)

    def send(self, data: bytes) -> None:
        """Answer; see Plug."""
        master = self._master
        if master is not None:
            with contextlib.suppress(OSError):
                os.write(master, data)

    def hang_up(self) -> None:
        """Break the connection; see Plug."""
        if self._master is not None:
            self.unplug()
            self.plug()


class UsbPlug(PtyPlug):
    """Stands for /dev/usb/lpN behind a link with a steady name, as a udev rule gives it.

    A pty, because nothing else that a user can make is one path to write to and to read from, and hangs up when it goes. What it
    does not have: the node's exclusive opening (EBUSY), and the ioctls for the port's status byte and the printer's name.
    """

    def plug(self) -> dict[str, object]:
        """Come up; see Plug."""
        return {"connection": "usb", "path": super().plug()["path"]}
