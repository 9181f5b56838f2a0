"""One check for each fault that the emulator can make: whatever comes over the line, the driver says so, ends, and recovers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from drivers.conformance.bench import BACK_SECONDS, HUNG, Bench
from drivers.conformance.check import Check, Level, Short, Unfit, demand
from drivers.conformance.plays import PLAYS
from drivers.contract.faults import DeviceFault, Domain, FaultCode

TOLD: dict[str, frozenset[FaultCode]] = {
    "paper_out": frozenset({FaultCode.PAPER_OUT}),
    "paper_low": frozenset({FaultCode.PAPER_LOW}),
    "cover": frozenset({FaultCode.COVER_OPEN}),
    "jam": frozenset({FaultCode.PAPER_JAM, FaultCode.CARD_JAM, FaultCode.CUTTER_FAILED}),
}
"""States of the device that must be told by their own code, in the status or as the end of the work."""

COMMAND_SECONDS = 3.0
"""What a command is given while the line is spoiled: a read with three attempts fits."""

WORK_SECONDS = 12.0
"""A work of several commands; what is not over by then hangs."""

TOLD_SECONDS = 6.0


def checks(bench: Bench) -> list[Check]:
    """Return one check for each kind of fault that this bench can make."""
    return [Check(f"fault.{kind}", Level.SILVER, _survives(kind)) for kind in bench.hands.faults]


def _survives(kind: str) -> Callable[[Bench], Awaitable[str | None]]:
    async def play(bench: Bench) -> str | None:
        work = PLAYS[bench.manifest.device_class]
        await bench.hands.do("fault", kind=kind)
        bench.patience = COMMAND_SECONDS
        try:
            ended = await _ended(bench)
            if kind in TOLD:
                await _told(bench, kind, ended)
        finally:
            bench.patience = None
            await bench.restore()
        await work.clear(bench)
        await bench.ready(BACK_SECONDS)
        await _recovered(bench)
        return ended

    return play


async def _ended(bench: Bench) -> str:
    """Work under the fault: well, or with a fault of the device; never a hang, a crash or a defect."""
    work = PLAYS[bench.manifest.device_class]
    try:
        async with asyncio.timeout(WORK_SECONDS):
            await work.work(bench)
    except DeviceFault as error:
        demand(error.fault.code not in HUNG, f"ended with {error.fault.code}: {error.fault.detail}")
        return str(error.fault.code)
    except Short as error:
        return str(error)  # a second slip, a page counted wrongly are no such thing: they stay Unfit
    except TimeoutError:
        raise Unfit("the work did not end") from None
    return "done"


async def _told(bench: Bench, kind: str, ended: str) -> None:
    wanted = TOLD[kind]
    if ended in wanted:
        return

    def told() -> bool:
        return any(each.code in wanted for each in getattr(bench.now.status, "faults", ()))

    await bench.until(told, TOLD_SECONDS, f"{kind} is not told")


async def _recovered(bench: Bench) -> None:
    """In step again within one command: one more may still meet what was under way on the line, the next is served."""
    work = PLAYS[bench.manifest.device_class]
    try:
        await work.work(bench)
    except DeviceFault as error:
        demand(error.fault.domain is Domain.LINK, f"afterwards: {error.fault.code}: {error.fault.detail}")
        await bench.ready(BACK_SECONDS)
        await work.clear(bench)
        await work.work(bench)
