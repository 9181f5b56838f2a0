"""What a test must show before a device is put into service, by device class (`limits.toml`)."""

from __future__ import annotations

import statistics
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec

from drivers.contract.common import DeviceClass
from kiosk.maintenance.replacing.conformity import Trial

Seconds = Annotated[float, msgspec.Meta(gt=0)]


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`times`: how often the work is done, of which `failures` may fail. `median`, `p95`: seconds that the device itself may take,
    where its class can tell them."""

    times: Annotated[int, msgspec.Meta(ge=1, le=100)]
    failures: Annotated[int, msgspec.Meta(ge=0)]
    median: Seconds | None = None
    p95: Seconds | None = None


class Patience(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the wizard waits for hands and for devices. Seconds."""

    hands: Seconds
    opens: Seconds
    serves: Seconds


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    patience: Patience
    classes: dict[DeviceClass, Limits]


@cache
def _file() -> _File:
    text = files("kiosk.maintenance.replacing").joinpath("limits.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), type=_File)


def limits_of(device_class: DeviceClass) -> Limits:
    """The limits of a class. Raise KeyError: every class has some, a test holds that."""
    return _file().classes[device_class]


def patience() -> Patience:
    """How long is waited."""
    return _file().patience


class Kind(StrEnum):
    """What is compared."""

    CHECKS = "checks"
    FAILURES = "failures"
    MEDIAN = "median"
    P95 = "p95"


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison: what was found, and what is allowed at most. Seconds for times, else a number."""

    kind: Kind
    found: float
    allowed: float

    @property
    def within(self) -> bool:
        """Whether it is good enough."""
        return self.found <= self.allowed


def compared(trial: Trial, limits: Limits) -> tuple[Compared, ...]:
    """Hold a test against the limits. What could not be measured is not compared; what was not done has failed."""
    bad = sum(each.mark == "failed" for each in trial.findings)
    found = [
        # A check that was skipped and must not be fails the report without being "failed": it counts as one.
        Compared(kind=Kind.CHECKS, found=float(bad or (not trial.conforms)), allowed=0),
        Compared(kind=Kind.FAILURES, found=trial.failed + max(0, limits.times - trial.done), allowed=limits.failures),
    ]
    if trial.took and limits.median is not None:
        found.append(Compared(kind=Kind.MEDIAN, found=statistics.median(trial.took), allowed=limits.median))
    if trial.took and limits.p95 is not None:
        found.append(Compared(kind=Kind.P95, found=p95(trial.took), allowed=limits.p95))
    return tuple(found)


def p95(values: tuple[float, ...]) -> float:
    """The 95th of a hundred, by nearest rank: of 20 the 19th."""
    return sorted(values)[max(0, -(-95 * len(values) // 100) - 1)]
