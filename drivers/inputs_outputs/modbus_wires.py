"""Which bits to ask for, and what they mean: wires by name on one side, runs of addresses on the other. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from drivers.contract.inputs_outputs import Input, Output
from drivers.inputs_outputs.modbus_settings import ModbusSettings

Table = Literal["discrete_inputs", "coils"]

LONGEST_RUN = 2000
"""Bits of one answer (Modbus application protocol V1.1b3, 6.1 and 6.2)."""


class Wire(NamedTuple):
    """One named bit of the module. `key` is where the profile names its address."""

    name: Input | Output
    table: Table
    address: int
    inverted: bool
    key: str


class Run(NamedTuple):
    """Wires whose addresses follow one another without a gap: one question. A gap may be an address that does not exist."""

    table: Table
    first: int
    wires: tuple[Wire, ...]


def wires_of(settings: ModbusSettings) -> tuple[Wire, ...]:
    """Every wire of the profile, in its order."""
    inputs = (
        Wire(name, wire.table, wire.address, wire.inverted, f"inputs.{name}.address")
        for name, wire in settings.inputs.items()
    )
    outputs = (
        Wire(name, "coils", wire.address, wire.inverted, f"outputs.{name}.address")
        for name, wire in settings.outputs.items()
    )
    return (*inputs, *outputs)


def runs_of(wires: Iterable[Wire]) -> tuple[Run, ...]:
    """The fewest questions that read all wires and no address that the profile does not name."""
    runs: list[Run] = []
    for wire in sorted(wires, key=lambda wire: (wire.table, wire.address)):
        last = runs[-1] if runs else None
        if (
            last is not None
            and (last.table, last.wires[-1].address + 1) == (wire.table, wire.address)
            and len(last.wires) < LONGEST_RUN
        ):
            runs[-1] = last._replace(wires=(*last.wires, wire))
            continue
        runs.append(Run(wire.table, wire.address, (wire,)))
    return tuple(runs)
