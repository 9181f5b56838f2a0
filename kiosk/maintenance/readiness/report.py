"""The readiness report, one value: for each thing whether it is ready, limited, not ready or unknown, and since when that is known.

Unknown is never ready: a device that has not answered, a part that was not tested for two days, a supply that nobody counts.
Drawn as a screen (glass.py), as a page (paper.py) and as a signed text (compact.py), all from this value.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from drivers.client import Link, Snapshot
from drivers.contract.common import DeviceClass, Readiness, Supply
from drivers.contract.faults import Fault, catalogue
from kiosk.attest.measure import PartKind
from kiosk.attest.statement import SHORT, Statement
from kiosk.journal.store import JournalError
from kiosk.locales.staff import tell
from kiosk.logbook import selftests
from kiosk.logbook.selftests import SelfTest, Verdict
from kiosk.logbook.store import Logbook, LogbookError
from kiosk.logbook.supplies import Stock, StockKind, stocks
from kiosk.maintenance.readiness.parts import PARTS, PREFIX
from kiosk.maintenance.replacing.standing import Doubt, Standing, standing
from kiosk.maintenance.toolbox import Toolbox
from kiosk.operations.supply_watch import calendar_of

KEPT = "readiness"
"""Under this key the newest report is in the logbook, for `kiosk report`."""
_HOUR = 3600.0


class Ready(StrEnum):
    """Worst first. LIMITED: visitors are served, but not with everything, or not for long."""

    NOT_READY = "not_ready"
    LIMITED = "limited"
    UNKNOWN = "unknown"
    READY = "ready"


_WORST_FIRST = tuple(Ready)

_STANDS_STILL = frozenset({"disk", "chain", "clock", "certificate", "platform"})
"""Parts without which no certificate can be printed. Without the others a visitor is served another way."""


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One device, part or supply. `tested`: when it was last tested (Unix time), None: never."""

    subject: str
    title: str
    state: Ready
    words: str
    tested: float | None = None


class FaultRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An open fault with its meaning and cure. `since`: Unix time."""

    title: str
    code: str
    cause: str
    cure: str
    since: float


class Report(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole. `at`: Unix time; `operations`: how many there are in each state, `versions`: (kind, name, digest's beginning)."""

    kiosk: str
    place: str
    model: str
    timezone: str
    at: float
    devices: tuple[Row, ...]
    parts: tuple[Row, ...]
    supplies: tuple[Row, ...]
    faults: tuple[FaultRow, ...]
    operations: dict[str, int]
    waiting: int | None
    runtime: str
    digest: str
    versions: tuple[tuple[str, str, str], ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """Everything that has a state, the worst first."""
        return tuple(
            sorted((*self.devices, *self.parts, *self.supplies), key=lambda row: _WORST_FIRST.index(row.state))
        )

    @property
    def state(self) -> Ready:
        """As the worst of it; ready only where everything is known to be."""
        return self.rows[0].state if self.rows else Ready.UNKNOWN

    @property
    def last_test(self) -> float | None:
        """When something was last tested."""
        return max((row.tested for row in self.rows if row.tested is not None), default=None)


def compose(tools: Toolbox, statement: Statement) -> Report:
    """Put the report together from what is known now; asks no device. What cannot be read is unknown, not left out."""
    now = tools.now().timestamp()
    devices = tools.devices.table()
    tests = _tests(tools.logbook)
    return Report(
        kiosk=tools.site.kiosk_id,
        place=tools.site.place,
        model=tools.profile.title,
        timezone=tools.site.timezone,
        at=now,
        devices=(*(_device(each, tools, tests) for each in devices), *(_bound(each) for each in standing(tools))),
        parts=tuple(_part(name, tests.get(PREFIX + name), tools, now) for name in PARTS),
        supplies=_supplies(tools, devices, now),
        faults=_faults(devices),
        operations=_counts(tools),
        waiting=_waiting(tools),
        runtime=statement.runtime,
        digest=statement.digest[:SHORT],
        versions=tuple(
            (each.kind.value, each.name, each.digest[:SHORT]) for each in statement.parts if _shown(each.kind)
        ),
    )


def keep(logbook: Logbook, report: Report) -> None:
    """Keep the newest, for the command line. Raise LogbookError."""
    logbook.put(KEPT, msgspec.to_builtins(report))


def kept(logbook: Logbook) -> Report | None:
    """The newest that was kept; None: none, or one of another version. Raise LogbookError."""
    found = logbook.get(KEPT)
    try:
        return None if found is None else msgspec.convert(found, type=Report)
    except msgspec.MsgspecError:
        return None


def title_of(device_class: DeviceClass) -> str:
    """What a device is called in front of a keeper."""
    return tell(f"kinds.{device_class.value}")


def _shown(kind: PartKind) -> bool:
    return kind is not PartKind.PACKAGES


# --- devices


def _device(snapshot: Snapshot, tools: Toolbox, tests: dict[str, SelfTest]) -> Row:
    required = tools.profile.devices[snapshot.name].required
    state, words = device_state(snapshot, required=required)
    test = tests.get(snapshot.name)
    return Row(
        subject=snapshot.name,
        title=title_of(snapshot.device_class),
        state=state,
        words=words,
        tested=test.at if test is not None else None,
    )


def _bound(found: Standing) -> Row:
    """What must be known of a replaced device: one that is not used limits the machine; what was not seen at work as it is now is
    not known to be ready."""
    return Row(
        subject=f"{found.name}:{found.doubt.value}",
        title=tell("bindings.row", device=found.called),
        state=Ready.LIMITED if found.doubt is Doubt.REFUSED else Ready.UNKNOWN,
        words=found.words,
    )


def device_state(snapshot: Snapshot, *, required: bool) -> tuple[Ready, str]:
    """How a device is, by its live state. One that is not required and is away limits the machine, no more."""
    down = Ready.NOT_READY if required else Ready.LIMITED
    faults: tuple[Fault, ...] = getattr(snapshot.status, "faults", ())
    if snapshot.link is Link.GONE:
        return down, catalogue()[snapshot.fault.code].cause if snapshot.fault else tell("readiness.device_gone")
    if snapshot.link is Link.UNKNOWN or snapshot.status is None:
        return Ready.UNKNOWN, tell("readiness.device_silent")
    match snapshot.status.readiness:
        case Readiness.FAULT:
            return down, catalogue()[faults[0].code].cause if faults else tell("readiness.device_fault")
        case Readiness.UNKNOWN:
            return Ready.UNKNOWN, tell("readiness.device_silent")
        case _:
            if faults:
                return Ready.LIMITED, catalogue()[faults[0].code].cause
            return Ready.READY, tell("readiness.device_well")


def _faults(devices: Iterable[Snapshot]) -> tuple[FaultRow, ...]:
    found = []
    for snapshot in devices:
        faults = list(getattr(snapshot.status, "faults", ()))
        if snapshot.link is Link.GONE and snapshot.fault is not None:
            faults = [snapshot.fault]
        for fault in faults:
            entry = catalogue()[fault.code]
            found.append(
                FaultRow(
                    title=title_of(snapshot.device_class),
                    code=fault.code.value,
                    cause=entry.cause,
                    cure=entry.cure,
                    since=fault.since,
                )
            )
    return tuple(found)


# --- the machine's own parts


def _tests(logbook: Logbook) -> dict[str, SelfTest]:
    try:
        return selftests.latest(logbook)
    except LogbookError:
        return {}


def _part(name: str, test: SelfTest | None, tools: Toolbox, now: float) -> Row:
    title = tell(f"readiness.part_{name}")
    if test is None:
        return Row(subject=PREFIX + name, title=title, state=Ready.UNKNOWN, words=tell("readiness.never_tested"))
    return Row(
        subject=PREFIX + name,
        title=title,
        state=_part_state(name, test, now, tools.policy.selftest.valid_hours),
        words=test.words,
        tested=test.at,
    )


def _part_state(name: str, test: SelfTest, now: float, valid_hours: float) -> Ready:
    """An old pass, and one from the future (the clock went back), say nothing of today. A failure stands until it passed."""
    if test.verdict is Verdict.FAILED:
        return Ready.NOT_READY if name in _STANDS_STILL else Ready.LIMITED
    if test.verdict is Verdict.SKIPPED or not 0 <= now - test.at <= valid_hours * _HOUR:
        return Ready.UNKNOWN
    return Ready.READY


# --- supplies


def _supplies(tools: Toolbox, devices: Iterable[Snapshot], now: float) -> tuple[Row, ...]:
    try:
        found = stocks(tools.logbook, devices, now, tools.site.zone, calendar_of(tools.site.hours))
    except LogbookError:
        return ()
    return tuple(_supply(each, tools, now) for each in found)


def _supply(stock: Stock, tools: Toolbox, now: float) -> Row:
    return Row(
        subject=f"{stock.device}:{stock.kind.value}",
        title=tell(f"readiness.stock_{stock.kind.value}"),
        state=supply_state(stock, now),
        words=_supply_words(stock, tools),
    )


def supply_state(stock: Stock, now: float) -> Ready:
    """By the device's own word first, then by the forecast; what neither tells is unknown."""
    if stock.sensed in (Supply.OUT, Supply.JAMMED):
        return Ready.NOT_READY if stock.kind is not StockKind.ROLL else Ready.LIMITED
    if stock.sensed is Supply.LOW or stock.runs_out_soon(now):
        return Ready.LIMITED
    if stock.sensed is Supply.OK or stock.forecast is not None:
        return Ready.READY
    return Ready.UNKNOWN


def _supply_words(stock: Stock, tools: Toolbox) -> str:
    """What is left, and until when."""
    if stock.left is None:
        left = tell(f"readiness.sensed_{stock.sensed.value}")
    elif stock.kind is StockKind.ROLL:
        left = tell("readiness.left_roll", metres=round(stock.left / 1000))
    else:
        left = tell(f"readiness.left_{stock.kind.value}", left=round(stock.left))
    forecast = stock.forecast
    if forecast is None:
        return left
    if forecast.empty_at is None:
        return tell("readiness.lasts_long", left=left)
    days = [_day(each, tools) for each in (forecast.empty_at, forecast.earliest, forecast.latest)]
    key = "readiness.lasts_few" if forecast.few else "readiness.lasts"
    return tell(key, left=left, empty=days[0], earliest=days[1], latest=days[2])


def _day(at: float | None, tools: Toolbox) -> str:
    if at is None:
        return tell("readiness.much_later")
    local = datetime.fromtimestamp(at, tools.site.zone)
    return tell("readiness.day", month=local.month, day=local.day)


# --- the journal's numbers


def _counts(tools: Toolbox) -> dict[str, int]:
    try:
        return tools.records.counts()
    except JournalError:
        return {}


def _waiting(tools: Toolbox) -> int | None:
    try:
        return tools.records.waiting()
    except JournalError:
        return None
