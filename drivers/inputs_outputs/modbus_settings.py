"""What a device profile may write for `modbus_io`: how the module is reached, and what hangs on which of its wires."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from drivers.contract.inputs_outputs import Input, Output

Address = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=2)]

LOCKS = frozenset((Output.DOOR_LOCK, Output.CABINET_LOCK))
"""Always momentary, whatever the profile says: a lock is never left open by a program."""


class InputWire(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an input is read. `address` counts from 0, as on the wire. `inverted`: 0 there means ON here (a contact that is
    closed while the door is shut)."""

    address: Address
    table: Literal["discrete_inputs", "coils"] = "discrete_inputs"
    inverted: bool = False


class OutputWire(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which coil an output is. `momentary`: it is only ever pulsed; locks are so without being told."""

    address: Address
    inverted: bool = False
    momentary: bool = False


class ModbusSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`connection` "network" needs `host` (Modbus/TCP); "serial" needs `path` (Modbus RTU), a stable one such as
    /dev/serial/by-path/…. `unit` is the module's number on the line, set by its switches."""

    connection: Literal["network", "serial"]
    host: str = ""
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 502  # registered for Modbus/TCP
    path: str = ""
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = (
        9600  # what relay modules leave the factory with
    )
    parity: Literal["none", "even", "odd"] = "none"  # the standard asks for even; relay modules are sold with none
    stop_bits: Literal[1, 2] = 1
    unit: Annotated[int, msgspec.Meta(ge=1, le=247)] = 1  # 0 is broadcast, 248 to 255 are reserved

    inputs: dict[Input, InputWire] = {}
    outputs: dict[Output, OutputWire] = {}

    connect_seconds: Seconds = 0.5  # modules stand in the same cabinet
    answer_seconds: Seconds = 0.3  # modules answer within 50 ms; network gateways before a serial line take up to 200
    attempts: Annotated[int, msgspec.Meta(ge=1, le=3)] = 2
    release_seconds: Seconds = 0.3
    """How long a pulse goes on trying to switch its lock off over a bad line before it ends with the fault; `status()` goes on.
    The core ends a host that is a second late."""

    def __post_init__(self) -> None:
        if self.connection == "network" and not self.host:
            raise ValueError('host is empty; connection = "network" needs the module\'s address')
        if self.connection == "serial" and not self.path.startswith("/"):
            raise ValueError(
                'path must be an absolute path such as /dev/serial/by-path/…; connection = "serial" needs it'
            )
        if not self.inputs and not self.outputs:
            raise ValueError("inputs and outputs are both empty; name what hangs on which address")
        _no_wire_twice("inputs", {name: (wire.table, wire.address) for name, wire in self.inputs.items()})
        _no_wire_twice("outputs", {name: ("coils", wire.address) for name, wire in self.outputs.items()})

    @property
    def momentary(self) -> tuple[Output, ...]:
        """The outputs that only `Pulse` moves, in the profile's order."""
        return tuple(name for name, wire in self.outputs.items() if wire.momentary or name in LOCKS)


def _no_wire_twice(key: str, places: Mapping[Input, object] | Mapping[Output, object]) -> None:
    seen: dict[object, str] = {}
    for name, place in places.items():
        if place in seen:
            raise ValueError(f"{key}.{name}.address is that of {key}.{seen[place]} already")
        seen[place] = name
