"""What the words of `ups.status` mean. No I/O.

Source: RFC 9271 (status symbols) and NUT's developer guide, "Status data"; that a calibrating UPS is neither a
power failure nor critical is NUT's own rule (upsmon, is_ups_critical).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from drivers.contract.common import Readiness
from drivers.contract.faults import FaultCode
from drivers.contract.power_supply import Battery, Source

_SILENT_ON_BATTERY = frozenset(("BYPASS", "OFF", "ALARM", "WAIT"))
"""With these the absence of LB and RB does not say that the battery is well: BYPASS and OFF do not use it, ALARM may be about
it, WAIT means that nothing is known yet."""


class Reading(NamedTuple):
    """One look at the UPS; `faults` in the order in which they matter."""

    source: Source
    battery: Battery
    faults: tuple[tuple[FaultCode, str], ...]
    readiness: Readiness


def understand(status: str) -> Reading:
    """Read `ups.status`. Words that are not known (ECO, a maker's own) change nothing."""
    words = frozenset(status.upper().split())
    source = _source(words)
    return Reading(source, _battery(words, source), _faults(words, source), _readiness(words, source))


def _source(words: frozenset[str]) -> Source:
    if {"OL", "OB"} <= words:
        return Source.UNKNOWN  # contradicts itself
    if "OFF" in words:
        return Source.OFF  # its output is off, whatever feeds it
    if "OB" in words:
        return Source.BATTERY
    if words & {"OL", "BYPASS"}:
        return Source.MAINS
    return Source.UNKNOWN


def _battery(words: frozenset[str], source: Source) -> Battery:
    if "FSD" in words:
        return Battery.LOW
    if "LB" in words:
        return Battery.UNKNOWN if "CAL" in words else Battery.LOW
    if "RB" in words:
        return Battery.REPLACE
    if source is Source.UNKNOWN or words & _SILENT_ON_BATTERY:
        return Battery.UNKNOWN
    return Battery.OK


def _faults(words: frozenset[str], source: Source) -> tuple[tuple[FaultCode, str], ...]:
    on_battery = source is Source.BATTERY and "CAL" not in words
    found = []
    if "FSD" in words or (on_battery and "LB" in words):
        found.append((FaultCode.BATTERY_LOW, "the UPS is told to shut down" if "FSD" in words else ""))
    if on_battery:
        found.append((FaultCode.ON_BATTERY, ""))
    if "OVER" in words:
        found.append((FaultCode.POWER_OVERLOAD, ""))
    if "RB" in words:
        found.append((FaultCode.BATTERY_WORN, ""))
    return tuple(found)


def _readiness(words: frozenset[str], source: Source) -> Readiness:
    if source is Source.UNKNOWN:
        return Readiness.UNKNOWN
    if source is Source.OFF or "OVER" in words:
        return Readiness.FAULT
    return Readiness.READY


def figure(text: str | None, *, highest: float = math.inf) -> float | None:
    """A variable that is a number from 0 to `highest`; None for everything else."""
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= highest else None
