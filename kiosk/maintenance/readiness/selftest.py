"""A run of self-tests over all parts and devices: dated, kept, and a task for the back office once for what failed."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

from drivers.client import Link, Snapshot
from drivers.contract.common import Readiness
from drivers.contract.faults import catalogue
from kiosk.gateways.back_office import TaskKind
from kiosk.journal.store import JournalError
from kiosk.locales.staff import tell
from kiosk.logbook import selftests
from kiosk.logbook.selftests import SelfTest, Verdict
from kiosk.logbook.store import LogbookError
from kiosk.maintenance.readiness.parts import PARTS, PREFIX, Found
from kiosk.maintenance.toolbox import Toolbox
from kiosk.operations.device_watch import needing_somebody

_log = logging.getLogger("kiosk.selftest")


async def run_all(tools: Toolbox, *, by: str = "") -> list[SelfTest]:
    """Test everything and keep it; return what was found, in the order tested."""
    return [each async for each in one_by_one(tools, by=by)]


async def one_by_one(tools: Toolbox, *, by: str = "") -> AsyncIterator[SelfTest]:
    """Test one thing after the other, each kept before the next is begun: what a power cut leaves is what was tested."""
    for name, part in PARTS.items():
        yield _keep(tools, PREFIX + name, await _guarded(part, tools), by)
    for snapshot in tools.devices.table():
        yield _keep(tools, snapshot.name, device(snapshot), by)


async def _guarded(part: object, tools: Toolbox) -> Found:
    """A test that breaks is a test that failed to be made: told as such, and the others go on."""
    try:
        return await part(tools)  # type: ignore[no-any-return, operator]
    except Exception as error:
        _log.error("a self-test broke: %s", type(error).__name__)
        return Found(Verdict.SKIPPED, tell("readiness.broke", error=type(error).__name__))


def device(snapshot: Snapshot) -> Found:
    """What a device says of itself now. Not asked yet, and saying nothing of its readiness, are no pass."""
    faults = [*getattr(snapshot.status, "faults", ())]
    if snapshot.link is Link.GONE:
        code = snapshot.fault.code if snapshot.fault else None
        return Found(Verdict.FAILED, tell("readiness.device_gone") if code is None else catalogue()[code].cause)
    if snapshot.link is Link.UNKNOWN or snapshot.status is None:
        return Found(Verdict.SKIPPED, tell("readiness.device_silent"))
    if faults:
        return Found(Verdict.FAILED, catalogue()[faults[0].code].cause)
    if snapshot.status.readiness in (Readiness.READY, Readiness.BUSY):
        return Found(Verdict.PASSED, tell("readiness.device_well"))
    return Found(Verdict.SKIPPED, tell("readiness.device_silent"))


def _keep(tools: Toolbox, subject: str, found: Found, by: str) -> SelfTest:
    """Into the logbook, and the back office's queue when this is news. What cannot be written is still told."""
    test = SelfTest(subject=subject, at=tools.now().timestamp(), verdict=found.verdict, words=found.words, by=by)
    try:
        before = selftests.history(tools.logbook, subject=subject, newest=1)
        selftests.write(tools.logbook, test)
        if test.verdict is Verdict.FAILED and not (before and before[-1].verdict is Verdict.FAILED):
            _tell(tools, test)
    except (LogbookError, JournalError) as error:
        _log.error("a self-test of %s is not kept: %s", subject, error)
    return test


def _tell(tools: Toolbox, test: SelfTest) -> None:
    """A task; not for a device whose fault the device watch tells of already."""
    if any(name == test.subject for name, _ in needing_somebody(tools.devices.expected())):
        return
    name = test.subject.removeprefix(PREFIX)
    tools.outbox.post_task(f"{tools.site.kiosk_id}-selftest-{name}-{int(test.at)}", TaskKind.SELF_TEST, subject=name)
