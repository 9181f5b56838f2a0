"""InputsOutputs: door lock, lights, presence: single wires that are on or off, named for what hangs on them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

from drivers.contract.common import DeviceStatus, Done, Identity


class Input(StrEnum):
    """What is sensed. ON means: the door is open, somebody stands there, the button is pressed, the service key is turned."""

    DOOR = "door"
    CABINET = "cabinet"
    PRESENCE = "presence"
    HELP_BUTTON = "help_button"
    TAMPER = "tamper"
    SERVICE_KEY = "service_key"


class Output(StrEnum):
    """What is switched."""

    DOOR_LOCK = "door_lock"
    CABINET_LOCK = "cabinet_lock"
    CARD_LIGHT = "card_light"
    PRINTER_LIGHT = "printer_light"
    RECEIPT_LIGHT = "receipt_light"
    SCANNER_LIGHT = "scanner_light"
    DESK_LIGHT = "desk_light"
    HALL_LIGHT = "hall_light"
    FAN = "fan"


class Level(StrEnum):
    """One wire now."""

    UNKNOWN = "unknown"
    NOT_SUPPORTED = "not_supported"
    ON = "on"
    OFF = "off"


class InputIs(msgspec.Struct, frozen=True):
    """One input and its level."""

    name: Input
    level: Level


class OutputIs(msgspec.Struct, frozen=True):
    """One output and its level, as read back from the device, never as it was last told."""

    name: Output
    level: Level


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What hangs on this device. `momentary`: outputs that a driver never leaves on (locks): only `Pulse` moves them."""

    identity: Identity
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    momentary: tuple[Output, ...] = ()


class Status(DeviceStatus, frozen=True, kw_only=True, tag="inputs_outputs"):
    """Every wire of the capabilities, in their order. A change is told within 0.3 s."""

    inputs: tuple[InputIs, ...] = ()
    outputs: tuple[OutputIs, ...] = ()


class Switch(msgspec.Struct, frozen=True, kw_only=True, tag="switch"):
    """Switch an output and read it back. Result: Done. Fault OUTPUT_STUCK when it reads otherwise; UNSUPPORTED, also for a
    momentary output."""

    output: Output
    on: bool


class Pulse(msgspec.Struct, frozen=True, kw_only=True, tag="pulse"):
    """Switch an output on for so many seconds, then off; off also when cancelled, at the deadline, and at the next open. Done."""

    output: Output
    seconds: Annotated[float, msgspec.Meta(gt=0, le=30)]


class AllOff(msgspec.Struct, frozen=True, tag="all_off"):
    """Switch every output off: the end of a visit. Result: Done."""


class Switched(msgspec.Struct, frozen=True, tag="switched"):
    """An output was switched and read back."""

    output: Output
    on: bool


class Sensed(msgspec.Struct, frozen=True, tag="sensed"):
    """Inputs that changed while a `Pulse` lasts, when no status is told: it may last 30 s, and the visitor may go."""

    inputs: tuple[InputIs, ...]


Command = Switch | Pulse | AllOff
Event = Switched | Sensed
Result = Done
