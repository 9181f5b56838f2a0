"""The made-up machine, and short limits so that hangs and misses take parts of a second."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.buses.messages import Pace, Paces, Sources

from .machine import Machine

QUICK = Pace(every=0.03, later=0.03, again=0.03)
PACES = Paces(told=QUICK, blind=QUICK, pcsc=QUICK, ipp=QUICK, network=QUICK, hang=0.2, settle=0.01)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def sources(machine: Machine) -> Sources:
    return Sources(sysfs=str(machine.sysfs), dev=str(machine.dev), cups="ipp://127.0.0.1:9")
