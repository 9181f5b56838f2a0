"""The run: every check of a driver, one after another, each on a device that is ready again."""

from __future__ import annotations

import asyncio
import contextlib
import platform
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drivers.client import Link, is_ready
from drivers.conformance import common, spoiled
from drivers.conformance.bench import BACK_SECONDS, Bench
from drivers.conformance.check import Check, Level, NeedsHand, NotApplicable, NotOpened, Unfit, Verdict
from drivers.conformance.defects import last_defect
from drivers.conformance.hands import Hands
from drivers.conformance.plays import PLAYS
from drivers.conformance.report import FORMAT, Outcome, Report
from drivers.contract.common import DeviceClass, Identity
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.digests import digest_of
from drivers.manifest import Manifest

CHECK_SECONDS = 90.0
"""What has not ended by then hangs; the longest check waits for three misses, twice."""

FOR_GOOD = frozenset({FaultCode.INTERNAL, FaultCode.SETTING_INVALID, FaultCode.EMULATOR_REFUSED})
"""Why an opening failed, where the next one fails for the same reason: a defect of the driver, a setting. It is not waited for."""

_PROMPTS = 6
"""What a person is asked in one check, at most."""

Told = Callable[[Outcome], None]


async def run(
    manifest: Manifest,
    settings: dict[str, Any],
    hands: Hands,
    log: Path,
    *,
    cycles: int = 0,
    only: Collection[str] = (),
    told: Told = lambda _: None,
    begun: Callable[[str], None] = lambda _: None,
    enough: Callable[[Outcome], bool] = lambda _: False,
    where: Callable[[], Mapping[str, Any]] | None = None,
    also: Sequence[Check] = (),
) -> Report:
    """Run the whole suite; `told` hears each outcome as it comes. `cycles` > 0 adds the long soak.

    `only`: the ids of the checks to run, none: all. For an author at work on one of them: such a report bears out no level.
    `begun` hears the id of each check as it begins; after an outcome that is `enough` the rest is spared; `also` are checks of
    the caller's own; `where`: see `Bench`.
    Raise ValueError for an id that this driver's suite does not have.
    """
    reached = await hands.start()
    bench = Bench(manifest, {**reached, **settings}, hands, log, where)
    outcomes: list[Outcome] = []
    try:
        for check in _chosen(_checks(bench, cycles, also), only):
            begun(check.id)
            outcome = await _one(bench, check)
            outcomes.append(outcome)
            told(outcome)
            if enough(outcome):
                break
    finally:
        await bench.down()
        await hands.stop()
    capabilities = bench.capabilities
    return Report(
        format=FORMAT,
        driver=manifest.id,
        device_class=manifest.device_class,
        digest=digest_of(manifest.id),
        emulated=hands.emulated,
        identity=capabilities.identity if capabilities is not None else Identity(),
        settings=tuple(sorted(settings)),
        at=datetime.now(UTC).replace(microsecond=0).isoformat(),
        platform=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        cycles=cycles,
        outcomes=tuple(outcomes),
    )


def _chosen(checks: list[Check], only: Collection[str]) -> list[Check]:
    unknown = set(only) - {check.id for check in checks}
    if unknown:
        raise ValueError(f"no such check: {', '.join(sorted(unknown))}")
    return [check for check in checks if not only or check.id in only]


def ids(device_class: DeviceClass) -> tuple[str, ...]:
    """The checks that every driver of a class must pass, in their order; an emulator's faults are not among them."""
    return tuple(check.id for check in (*common.CHECKS, *PLAYS[device_class].checks, common.LAST))


def _checks(bench: Bench, cycles: int, also: Sequence[Check]) -> list[Check]:
    chosen = [*common.CHECKS, *PLAYS[bench.manifest.device_class].checks, *spoiled.checks(bench), *also]
    if cycles:

        async def soak(bench: Bench) -> str | None:
            return await common.cycles(bench, cycles)

        chosen.append(Check("common.soak", Level.GOLD, soak, endless=True))
    return [*chosen, common.LAST]


async def _one(bench: Bench, check: Check) -> Outcome:
    begun, log = time.monotonic(), bench.log_size()
    verdict, words = Verdict.PASSED, ""
    seconds = CHECK_SECONDS + _PROMPTS * bench.hands.patience if not check.endless else None
    try:
        async with asyncio.timeout(seconds):
            if check.needs_device:
                await _made_ready(bench)
            words = await check.play(bench) or ""
    except NotApplicable as reason:
        verdict, words = Verdict.NOT_APPLICABLE, str(reason)
    except (NeedsHand, NotOpened) as reason:
        verdict, words = Verdict.SKIPPED, str(reason)
    except Unfit as reason:
        verdict, words = Verdict.FAILED, str(reason)
    except DeviceFault as error:
        verdict, words = Verdict.FAILED, f"{error.fault.code}: {error.fault.detail}"
    except TimeoutError:
        verdict, words = Verdict.FAILED, f"no end after {CHECK_SECONDS:g} s"
    if verdict is Verdict.FAILED:
        if defect := await last_defect(bench, log):
            words = f"{words}; {defect}"
        if check.needs_device and not bench.ever_ready:
            bench.hopeless = words
    return Outcome(
        id=check.id, level=check.level, verdict=verdict, seconds=round(time.monotonic() - begun, 2), words=words
    )


async def _made_ready(bench: Bench) -> None:
    """Undo what the check before left, also when it failed half-way: each check is judged by itself.

    A device that has not opened once is tried by one check only; the others would each wait for the same.
    """
    if bench.hopeless:
        raise NotOpened(f"the device did not open, so this was not tried: {bench.hopeless}")
    if not bench.started:
        await bench.start()
    if not is_ready(bench.now):
        await _put_in_order(bench)
    bench.ever_ready = True


async def _put_in_order(bench: Bench) -> None:
    """At a real device nobody is asked before it was waited for (it may only be opening), nor while it has never opened."""
    await bench.restore()
    if bench.hands.emulated:
        await _cleared(bench)
    try:
        await _awaited(bench)
    except Unfit:
        if bench.hands.emulated or not (bench.ever_ready or bench.now.link is Link.HERE):
            raise
        await _cleared(bench)
        await bench.ready(BACK_SECONDS)


async def _awaited(bench: Bench) -> None:
    """Wait until it is ready; the first time no longer than until its opening failed for good."""

    def failed() -> bool:
        fault = bench.now.fault
        return not bench.ever_ready and bench.now.link is Link.GONE and fault is not None and fault.code in FOR_GOOD

    took = await bench.until(lambda: is_ready(bench.now) or failed(), BACK_SECONDS, "the device is not ready")
    if not is_ready(bench.now):
        raise bench.short(f"the device is not ready after {took:.1f} s")


async def _cleared(bench: Bench) -> None:
    with contextlib.suppress(NotApplicable, NeedsHand):
        await PLAYS[bench.manifest.device_class].clear(bench)
