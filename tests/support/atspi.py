"""A session bus of its own with the accessibility bus on it, and the eyes and hands of a screen reader: AT-SPI spoken directly.

The programs are those of every Linux desktop (dbus-daemon, at-spi2-core); the client is plain D-Bus (jeepney), as Orca's is.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, HeaderFields, MatchRule, Properties, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

_LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={folder}/bus</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""
_PATIENCE = 30.0
"""Seconds; a loaded machine is no defect."""
_MOST_EVENTS = 500
"""Kept until somebody asks; the oldest go first."""

STATES = {"checked": 4, "enabled": 8, "focusable": 11, "focused": 12, "sensitive": 24, "showing": 25}
"""Bits of AtspiStateType that the tests ask for."""
ROLES = {7: "check box", 23: "frame", 32: "list item", 43: "button", 54: "status", 79: "entry", 83: "heading"}
"""Of AtspiRole, those that the tests ask for."""
_ACCESSIBLE = "org.a11y.atspi.Accessible"


class NotThere(Exception):
    """What was asked for is not there (yet, or any more)."""


def _asked(connection: DBusConnection, message: Any) -> Any:
    reply = connection.send_and_get_reply(message, timeout=_PATIENCE)
    if reply.header.message_type.name == "error":
        raise NotThere(reply.body)
    return reply.body[0] if len(reply.body) == 1 else tuple(reply.body)


class Bus:
    """The session bus with its accessibility bus. `environment` is what a program needs to be seen there."""

    def __init__(self, address: str, daemon: subprocess.Popen[str]) -> None:
        self.environment = {"DBUS_SESSION_BUS_ADDRESS": address}
        self.daemon = daemon
        self._session = open_dbus_connection(address)
        self._status = Properties(DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Status"))
        where = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
        try:
            self.accessibility = str(_asked(self._session, new_method_call(where, "GetAddress")))
        except NotThere:
            self._session.close()
            raise

    def listen(self, on: bool) -> None:
        """A screen reader comes, or goes."""
        _asked(self._session, self._status.set("IsEnabled", "b", on))
        assert _asked(self._session, self._status.get("IsEnabled")) == ("b", on)

    def close(self) -> None:
        self._session.close()


@contextmanager
def accessibility_bus(folder: Path) -> Iterator[Bus]:
    """Start both buses; end them. The socket's path must be short: `folder` is one below the system's temporary folder."""
    (folder / "bus.conf").write_text(_CONFIGURATION.format(folder=folder))
    command = ["dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", "--nopidfile", "--print-address=1"]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert daemon.stdout is not None
    address = daemon.stdout.readline().strip()
    # In memory: without dconf's own service the launcher would take back every "a screen reader is there" at once.
    here = {"DBUS_SESSION_BUS_ADDRESS": address, "XDG_RUNTIME_DIR": str(folder), "GSETTINGS_BACKEND": "memory"}
    environment = {**os.environ, **here}
    environment.pop("DISPLAY", None)  # the bus's address is asked for, never left on a display
    launcher = subprocess.Popen(
        [_LAUNCHER, "--launch-immediately"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    bus: Bus | None = None
    try:
        bus = _when_it_is_there(lambda: Bus(address, daemon))
        yield bus
    finally:
        if bus is not None:
            bus.close()
        launcher.terminate()
        launcher.wait()
        daemon.terminate()
        daemon.wait()


def _when_it_is_there(attempt: Callable[[], Bus]) -> Bus:
    give_up = time.monotonic() + _PATIENCE
    while True:
        try:
            return attempt()
        except NotThere:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)


class Thing:
    """One accessible object, asked anew each time."""

    def __init__(self, reader: Reader, bus_name: str, path: str) -> None:
        self._reader, self._bus_name, self.path = reader, bus_name, path

    def _ask(self, interface: str, method: str, signature: str | None = None, body: tuple[Any, ...] = ()) -> Any:
        address = DBusAddress(self.path, self._bus_name, interface)
        return self._reader.ask(new_method_call(address, method, signature, body))

    def _property(self, interface: str, name: str) -> Any:
        return self._reader.ask(Properties(DBusAddress(self.path, self._bus_name, interface)).get(name))[1]

    @property
    def name(self) -> str:
        return str(self._property(_ACCESSIBLE, "Name"))

    @property
    def description(self) -> str:
        return str(self._property(_ACCESSIBLE, "Description"))

    @property
    def role(self) -> str:
        number = int(self._ask(_ACCESSIBLE, "GetRole"))
        return ROLES.get(number, str(number))

    @property
    def states(self) -> set[str]:
        low, high = self._ask(_ACCESSIBLE, "GetState")
        bits = low | high << 32
        return {name for name, bit in STATES.items() if bits >> bit & 1}

    @property
    def children(self) -> list[Thing]:
        return [Thing(self._reader, *each) for each in self._ask(_ACCESSIBLE, "GetChildren")]

    @property
    def box(self) -> tuple[int, int, int, int]:
        """x, y, width, height in the window."""
        found: tuple[int, int, int, int] = self._ask("org.a11y.atspi.Component", "GetExtents", "u", (1,))
        return found

    @property
    def actions(self) -> int:
        try:
            return int(self._property("org.a11y.atspi.Action", "NActions"))
        except NotThere:
            return 0

    def press(self) -> None:
        """What a screen reader does when somebody presses: the first action."""
        assert self._ask("org.a11y.atspi.Action", "DoAction", "i", (0,))

    def grab_focus(self) -> None:
        assert self._ask("org.a11y.atspi.Component", "GrabFocus")

    def everything(self) -> Iterator[Thing]:
        """This and what is in it, in reading order."""
        yield self
        for child in self.children:
            yield from child.everything()


class Reader:
    """A screen reader's end of the accessibility bus."""

    def __init__(self, bus: Bus) -> None:
        self._connection: DBusConnection = open_dbus_connection(bus.accessibility)
        changes = MatchRule(type="signal", interface="org.a11y.atspi.Event.Object", member="StateChanged")
        _asked(self._connection, message_bus.AddMatch(changes))
        self._events = self._connection.filter(changes, bufsize=_MOST_EVENTS).queue

    def close(self) -> None:
        self._connection.close()

    def announced(self, *names: str, seconds: float = _PATIENCE) -> None:
        """Wait until the bus has told that a thing of one of these names has the focus: what a screen reader says by itself.
        What was told before it is forgotten. Raise NotThere, naming what was told of."""
        give_up = time.monotonic() + seconds
        told: list[str] = []
        while not set(names) & set(told):
            try:
                event = self._connection.recv_until_filtered(self._events, timeout=max(0.0, give_up - time.monotonic()))
            except TimeoutError:
                raise NotThere(f"no focus on 「{'」「'.join(names)}」 was told; told were {'、'.join(told)}") from None
            if event.body[:2] == ("focused", 1):
                where = event.header.fields
                with contextlib.suppress(NotThere):  # gone already
                    told.append(Thing(self, where[HeaderFields.sender], where[HeaderFields.path]).name)

    def ask(self, message: Any) -> Any:
        return _asked(self._connection, message)

    def window(self) -> Thing:
        """The only window of the only application. Raise NotThere."""
        applications = Thing(self, "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root").children
        for application in applications:
            for window in application.children:
                return window
        raise NotThere("no window on the accessibility bus")

    def find(self, name: str, role: str = "", *, seconds: float = _PATIENCE) -> Thing:
        """Wait for a thing of this name. Raise NotThere, naming what there is."""
        give_up = time.monotonic() + seconds
        while True:
            there: list[str] = []
            try:
                for each in self.window().everything():
                    there.append(each.name)
                    if there[-1] == name and (not role or each.role == role):
                        return each
            except NotThere:  # the screen changed while it was read
                pass
            if time.monotonic() > give_up:
                raise NotThere(f"no 「{name}」; there is {'、'.join(there)}")
            time.sleep(0.05)
