"""PowerSupply: an uninterruptible power supply (UPS): on mains or on battery, and for how long."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

from drivers.contract.common import DeviceStatus, Done, Identity, Supported


class Source(StrEnum):
    """Where the power comes from now."""

    UNKNOWN = "unknown"
    MAINS = "mains"
    BATTERY = "battery"
    OFF = "off"


class Battery(StrEnum):
    """The battery's state. LOW: on battery, the machine must shut down now (fault BATTERY_LOW); on mains it is being charged."""

    UNKNOWN = "unknown"
    OK = "ok"
    LOW = "low"
    REPLACE = "replace"


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """`delayed_off`: it can cut its output later and come back with the mains, so that a machine that shut down starts again."""

    identity: Identity
    charge: Supported = Supported.UNKNOWN
    runtime: Supported = Supported.UNKNOWN
    self_test: Supported = Supported.UNKNOWN
    delayed_off: Supported = Supported.UNKNOWN


class Status(DeviceStatus, frozen=True, kw_only=True, tag="power_supply"):
    """`charge` in percent, `runtime` in seconds at the load of now; None where it does not say."""

    source: Source = Source.UNKNOWN
    battery: Battery = Battery.UNKNOWN
    charge: float | None = None
    runtime: float | None = None


class SelfTest(msgspec.Struct, frozen=True, tag="self_test"):
    """Run the short battery test. Result: Tested. UNSUPPORTED where it has none."""


class TurnOff(msgspec.Struct, frozen=True, kw_only=True, tag="turn_off"):
    """Cut the output after so many seconds, and give it back when the mains return. Result: Done."""

    after: Annotated[float, msgspec.Meta(ge=10, le=600)]


class CancelTurnOff(msgspec.Struct, frozen=True, tag="cancel_turn_off"):
    """Take a `TurnOff` back. Result: Done."""


class Tested(msgspec.Struct, frozen=True, kw_only=True, tag="tested"):
    """The end of a self-test; `words` are the device's own (ups.test.result)."""

    passed: bool
    words: str


class Testing(msgspec.Struct, frozen=True, tag="testing"):
    """The self-test has begun."""


Command = SelfTest | TurnOff | CancelTurnOff
Event = Testing
Result = Tested | Done
