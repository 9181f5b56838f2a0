"""The level that a driver has earned, computed from its reports and nothing else.

bronze    opens, works, tells the truth, leaves nothing personal in a log (emulator, or a real device)
silver    and keeps deadlines, ends when cancelled, survives its host's death and every fault of the line
gold      and survives being unplugged in every state, being absent at the start, and working on without growing
platinum  and all that a real device can be asked, on a real device, for 1,000 cycles
"""

from __future__ import annotations

from drivers.conformance import common
from drivers.conformance.check import Level, Verdict
from drivers.conformance.plays import PLAYS
from drivers.conformance.report import Report

PLATINUM_CYCLES = 1000
_ORDER = (Level.BRONZE, Level.SILVER, Level.GOLD)
_GOOD = frozenset({Verdict.PASSED, Verdict.NOT_APPLICABLE})


def earned(emulated: Report | None, real: Report | None) -> Level | None:
    """Return the level, None: unverified. The reports must have been verified, and be of the driver's present files."""
    emulated, real = (each if each is not None and not missing(each) else None for each in (emulated, real))
    best = max((_reached(each) for each in (emulated, real) if each is not None), default=0)
    if best == 0:
        return None
    if (
        best == len(_ORDER)
        and real is not None
        and real.conforms
        and real.cycles >= PLATINUM_CYCLES
        and not _skipped(real)
    ):
        return Level.PLATINUM
    return _ORDER[best - 1]


def missing(report: Report) -> tuple[str, ...]:
    """The checks of today's kit that a report does not hold: of an older kit, or run with some of them only."""
    wanted = [*common.CHECKS, *PLAYS[report.device_class].checks, common.LAST]
    held = {each.id for each in report.outcomes}
    return tuple(check.id for check in wanted if check.id not in held)


def _reached(report: Report) -> int:
    """How many levels in a row this report bears out."""
    for place, level in enumerate(_ORDER):
        ours = [each for each in report.outcomes if each.level is level]
        if not ours or any(each.verdict not in _GOOD for each in ours):
            return place
        if not any(each.verdict is Verdict.PASSED for each in ours):
            return place
    return len(_ORDER)


def _skipped(report: Report) -> bool:
    return any(each.verdict is Verdict.SKIPPED for each in report.outcomes)
