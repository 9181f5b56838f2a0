"""An input and output module at the far end of a real wire: pymodbus' own server behind a TCP cable or a serial line.

The faults of the wire are made on the cable (`TcpProxy`, or the bridge to the pty), those of the module in its server.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

from drivers.emulators.base import Emulator, verb
from drivers.emulators.modbus_server import ModbusServer
from drivers.emulators.pty_wire import PtyWire, Unplugged
from drivers.emulators.tcp_proxy import TcpProxy
from drivers.emulators.wire_faults import KINDS, WireFaults

INPUTS = {"door": 0, "cabinet": 1, "presence": 2, "help_button": 3, "tamper": 4, "service_key": 5}
OUTPUTS = {
    "door_lock": 0, "cabinet_lock": 1, "card_light": 2, "printer_light": 3, "receipt_light": 4, "scanner_light": 5,
    "desk_light": 6, "hall_light": 7,
}  # fmt: skip
INVERTED = ("door", "cabinet", "hall_light")
"""Contacts that are closed while the door is shut, and a lamp on the relay's resting contact."""

_OWN_FAULTS = {
    "wrong_checksum": "serial: the CRC of each answer is wrong; network: its protocol number is",
    "other_unit": "answers as another unit of the line",
    "exception": "answers with the exception `code`",
    "stuck": "the relay of `output` does not move any more",
    "baud_mismatch": "serial: the module was set to another speed, `baud`",
}
_RTU_UNIT, _TCP_UNIT = 0, 6
_TCP_PROTOCOL = 3
_HANDOVER = 4096


class ModbusEmulator(Emulator):
    """`connection` "network" (Modbus/TCP) or "serial" (RTU on a pty, paced at `baud`)."""

    kind: ClassVar[str] = "modbus_io"
    FAULTS: ClassVar[Mapping[str, str]] = {**KINDS, **_OWN_FAULTS}

    def __init__(
        self,
        capture: Path | None = None,
        *,
        connection: Literal["network", "serial"] = "network",
        unit: int = 1,
        baud: int = 115200,
    ) -> None:
        super().__init__(capture)
        self._serial = connection == "serial"
        self._unit = unit
        self._baud = baud
        self._faults = WireFaults()
        self._exception = 4
        self._server = ModbusServer(unit, rtu=self._serial)
        self._server.exception = lambda: self._exception if self._faults.use("exception") else 0
        self._release: threading.Timer | None = None
        self._running = False
        self._carrier = threading.Thread(target=self._bridge, name="modbus-bridge", daemon=True)
        if self._serial:
            self._pty = PtyWire(baud, capture, name="modbus-io")
        else:
            self._cable = TcpProxy(self._on_the_way, capture, name="modbus-cable")
        for name in INPUTS:
            self._sense(name, False)

    def start(self) -> dict[str, object]:
        """Serve; return settings with every wire named."""
        self._server.start()
        self._running = True
        wires = {
            "inputs": {name: {"address": at, "inverted": name in INVERTED} for name, at in INPUTS.items()},
            "outputs": {name: {"address": at, "inverted": name in INVERTED} for name, at in OUTPUTS.items()},
        }
        self.replug()
        if self._serial:
            self._carrier.start()
            reached = {"connection": "serial", "path": str(self._pty.port), "baud": self._baud}
        else:
            reached = {"connection": "network", "host": "127.0.0.1", "port": self._cable.port}
        return {**reached, "unit": self._unit, **wires}

    def stop(self) -> None:
        """End for good."""
        if not self._running:
            return
        self._running = False
        if self._release is not None:
            self._release.cancel()
        self.unplug()
        if self._serial:
            self._carrier.join(2.0)  # it must not read from a number that somebody else gets next
        self._server.stop()
        if self._serial:
            self._pty.remove()

    def state(self) -> dict[str, Any]:
        """Each wire as a person would name it (door: true is open), and what goes wrong."""
        coils = self._server.coils
        return {
            "plugged": self._pty.plugged if self._serial else self._cable.plugged,
            "inputs": {name: self._server.inputs[at] != (name in INVERTED) for name, at in INPUTS.items()},
            "outputs": {name: coils[at] != (name in INVERTED) for name, at in OUTPUTS.items()},
            "stuck": [name for name, at in OUTPUTS.items() if at in self._server.stuck],
            "faults": self._faults.names(),
        }

    # --- what people do

    @verb
    def door(self, open: bool) -> None:
        """Open or shut the door."""
        self._sense("door", open)

    @verb
    def cabinet(self, open: bool) -> None:
        """Open or shut the cabinet."""
        self._sense("cabinet", open)

    @verb
    def person(self, there: bool) -> None:
        """Somebody comes, or goes."""
        self._sense("presence", there)

    @verb
    def tamper(self, on: bool) -> None:
        """The case is opened, or shut."""
        self._sense("tamper", on)

    @verb
    def service_key(self, turned: bool) -> None:
        """Turn the service key, or turn it back."""
        self._sense("service_key", turned)

    @verb
    def press_help(self, seconds: float = 0.5) -> None:
        """Press the help button for so long."""
        self._sense("help_button", True)
        if self._release is not None:
            self._release.cancel()
        self._release = threading.Timer(seconds, self._sense, ("help_button", False))
        self._release.daemon = True
        self._release.start()

    @verb
    def present(self) -> bool:
        """Somebody stands there."""
        self.person(True)
        return True

    @verb
    def withdraw(self) -> bool:
        """Nobody stands there."""
        self.person(False)
        return True

    # --- what goes wrong

    @verb
    def fault(self, kind: str, **arguments: Any) -> None:
        """Misbehave from now on; kinds and their arguments are in `FAULTS`. `times`: only for so many answers."""
        if kind not in self.FAULTS:
            raise LookupError(f"no fault {kind!r}; there are {', '.join(self.FAULTS)}")
        if kind == "stuck":
            name = arguments.get("output", "door_lock")
            if name not in OUTPUTS:
                raise LookupError(f"output: no {name!r}; there are {', '.join(OUTPUTS)}")
            self._server.stuck.add(OUTPUTS[name])
            return
        if kind == "baud_mismatch":
            if not self._serial:
                raise ValueError("baud_mismatch: only a serial line has a speed")
            self._pty.baud = int(arguments.pop("baud", 1200 if self._baud != 1200 else 2400))
            return
        if kind == "exception":
            self._exception = int(arguments.pop("code", 4))
        self._faults.put(kind, **arguments)

    @verb
    def clear_faults(self) -> None:
        """Behave again; a relay that stuck moves again, and stays where it is until it is told."""
        self._faults.clear()
        self._server.stuck.clear()
        if self._serial:
            self._pty.baud = self._baud

    @verb
    def unplug(self) -> None:
        """Pull the cable. The relays stay as they are: that is what real ones do."""
        if self._serial:
            self._pty.unplug()
        else:
            self._cable.unplug()

    @verb
    def replug(self) -> None:
        """Put the cable back."""
        if self._serial:
            self._pty.plug()
            self._pty.wake()
        else:
            self._cable.plug(self._server.port)

    # --- the cable

    def _sense(self, name: str, on: bool) -> None:
        self._server.inputs[INPUTS[name]] = on != (name in INVERTED)

    def _on_the_way(self, answer: bytes) -> bytes | None:
        """Make of the server's answer what arrives at the driver; None: the cable is pulled in the middle of it."""
        at = _RTU_UNIT if self._serial else _TCP_UNIT
        if len(answer) <= at or answer[at] != self._unit:
            return b""  # pymodbus answers for units that are not there; a module of another number is silent
        if self._faults.use("other_unit"):
            other = self._unit % 247 + 1
            answer = answer[:at] + bytes([other]) + answer[at + 1 :]
            if self._serial:
                answer = answer[:-2] + _crc(answer[:-2])
        if self._faults.use("wrong_checksum"):
            at = len(answer) - 1 if self._serial else _TCP_PROTOCOL
            answer = answer[:at] + bytes([answer[at] ^ 0x55]) + answer[at + 1 :]
        if self._faults.use("die_mid_command"):
            self._send_and_die(answer[: len(answer) // 2])
            return None
        return self._faults.spoil(answer)

    def _send_and_die(self, half: bytes) -> None:
        if self._serial:
            self._pty.write(half)
        self.unplug()

    def _bridge(self) -> None:
        """Carry bytes between the pty and the server, until the end. A new connection each time the cable was put back."""
        while self._running:
            with socket.create_connection(("127.0.0.1", self._server.port)) as server:
                server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._carry_answers, args=(server,), daemon=True).start()
                while self._pty.plugged:
                    if data := self._pty.read(1.0):
                        server.sendall(data)
            while self._running and not self._pty.plugged:
                self._pty.read(1.0)

    def _carry_answers(self, server: socket.socket) -> None:
        while True:
            try:
                data = server.recv(_HANDOVER)
                if not data:
                    return
                changed = self._on_the_way(data)
                if changed:
                    self._pty.write(changed)
            except (OSError, Unplugged):
                return


def _crc(data: bytes) -> bytes:
    """CRC-16 of Modbus over serial line V1.02, 6.2.2: low byte first."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value.to_bytes(2, "little")
