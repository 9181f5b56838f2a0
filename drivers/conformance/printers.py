"""Printers on the bench: a page with its digest and fence, a slip with its cut, and refusals that come before any paper."""

from __future__ import annotations

import asyncio
import hashlib
import io
import itertools
import os
import secrets
import time
from typing import Any

from drivers.conformance.bench import Bench
from drivers.conformance.check import Check, Level, Short, demand
from drivers.conformance.play import Play
from drivers.contract.a4_printer import Evidence, PageOut, Print, Printed, WaitTaken
from drivers.contract.common import Done, Supply, Supported
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.receipt_printer import Cut, Line, PrintSlip, QrCode, Rule
from drivers.link import memfd

PRINT_SECONDS = 30.0
TAKE_SECONDS = 10.0
SLIP_SECONDS = 10.0

_OUT = frozenset({PageOut.COMPLETED, PageOut.EJECTED, PageOut.TAKEN})
_fences = itertools.count(int(time.time()))


class A4PrinterPlay(Play):
    """Print a page of its own, count it, let it be taken."""

    async def work(self, bench: Bench) -> str | None:
        """One page; what the printer claims of it must be what its evidence can show."""
        begun = time.monotonic()
        printed = await _print(bench, _page(_canary(bench)))
        bench.took.append(time.monotonic() - begun)
        demand(printed.pages[0] in _OUT, f"the page is {printed.pages[0]} ({printed.fault_code})", Short)
        if Evidence.PAGE_COUNTER in bench.capabilities.evidence:
            demand(
                printed.counter_after == (printed.counter_before or 0) + 1,
                "one page, and the counter did not grow by one",
            )
        if Evidence.TAKE_SENSOR in bench.capabilities.evidence:
            async with bench.running(WaitTaken(), TAKE_SECONDS) as taking:
                await bench.hands.do("withdraw")
                await taking
        else:
            await bench.hands.do("withdraw")
        return f"page {printed.pages[0]}"

    async def honest(self, bench: Bench) -> None:
        """Nothing is claimed beyond the evidence."""
        printed = await _print(bench, _page("honest"))
        evidence = bench.capabilities.evidence
        if Evidence.EXIT_SENSOR not in evidence and Evidence.TAKE_SENSOR not in evidence:
            demand(printed.pages[0] is not PageOut.EJECTED, "ejected, without an exit sensor")
        if Evidence.TAKE_SENSOR not in evidence:
            demand(printed.pages[0] is not PageOut.TAKEN, "taken, without a take sensor")
        if Evidence.PAGE_COUNTER not in evidence:
            demand(printed.counter_after is None, "a counter is told that the capabilities do not name")
        await bench.hands.do("withdraw")

    def long(self, bench: Bench) -> Any:
        """A page lies in the tray and nobody takes it."""
        return WaitTaken() if Evidence.TAKE_SENSOR in bench.capabilities.evidence else None

    async def before_long(self, bench: Bench) -> None:
        """Print what nobody takes."""
        await _print(bench, _page("waiting"))


class ReceiptPrinterPlay(Play):
    """Print a slip and cut it."""

    async def work(self, bench: Bench) -> str | None:
        """One slip in Chinese with a code."""
        cuts: list[Any] = []
        told = _canary(bench)
        parts = (
            Line(text="一致性测试", wide=True, centre=True),
            Rule(),
            Line(text="打印自检 0123456789"),
            QrCode(text=told),
        )
        begun = time.monotonic()
        result = await bench.call(
            PrintSlip(parts=parts),
            SLIP_SECONDS,
            lambda event, fds: cuts.append(event) if isinstance(event, Cut) else None,
        )
        bench.took.append(time.monotonic() - begun)
        demand(isinstance(result, Done), "PrintSlip did not end with Done")
        if bench.capabilities.cutter is Supported.YES:
            demand(len(cuts) == 1, f"{len(cuts)} cuts of one slip")
        return None

    async def honest(self, bench: Bench) -> None:
        """Paper is told where status is answered, and unknown where it is not."""
        if bench.capabilities.status_reply is Supported.YES:
            demand(bench.status.paper in (Supply.OK, Supply.LOW), f"ready, and paper is {bench.status.paper}")
        else:
            demand(bench.status.paper in (Supply.UNKNOWN, Supply.NOT_SUPPORTED), "paper is told without a status reply")


async def _print(bench: Bench, page: bytes, *, digest: str | None = None, fence: int | None = None) -> Printed:
    """Print one page as the kiosk would."""
    fd = memfd.seal(page)
    try:
        number = next(_fences) if fence is None else fence
        command = Print(
            serial=f"conformance-{number}",
            owner="conformance",
            fence=number,
            digests=(digest or hashlib.sha256(page).hexdigest(),),
        )
        result = await bench.call(command, PRINT_SECONDS, fds=[fd])
    finally:
        os.close(fd)
    demand(isinstance(result, Printed), "Print did not end with Printed")
    assert isinstance(result, Printed)
    return result


async def _wrong_digest(bench: Bench) -> str | None:
    """A page that is not the page its digest names never leaves the host."""
    await _refused(bench, FaultCode.PAGE_DIGEST, digest="0" * 64)
    return None


async def _stale_fence(bench: Bench) -> str | None:
    """Whoever lost ownership prints nothing more."""
    await _print(bench, _page("fence"))
    await bench.hands.do("withdraw")
    await _refused(bench, FaultCode.STALE_FENCE, fence=1)
    return None


async def _refused(bench: Bench, code: FaultCode, **wrong: Any) -> None:
    await asyncio.sleep(_STATUS_SECONDS)
    before = bench.status.impressions
    try:
        await _print(bench, _page("refused"), **wrong)
    except DeviceFault as error:
        demand(error.fault.code is code, f"refused with {error.fault.code}, not {code}")
    else:
        demand(False, f"printed, instead of being refused with {code}")
    await asyncio.sleep(_STATUS_SECONDS)
    demand(bench.status.impressions == before, "the page counter moved")


_STATUS_SECONDS = 0.5
"""After each command the host tells the status at once; a printer is asked for it within this."""


def _canary(bench: Bench) -> str:
    """Words that are on paper and may be nowhere else: what is printed is somebody's."""
    words = f"canary-{secrets.token_hex(8)}"
    bench.secrets.add(words.encode())
    return words


def _page(words: str) -> bytes:
    """A one-page A4 PDF."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    paper = io.BytesIO()
    canvas = Canvas(paper, pagesize=A4, invariant=True)
    canvas.drawString(72, 720, f"conformance test page: {words}")
    canvas.save()
    return paper.getvalue()


A4PrinterPlay.checks = (
    Check("a4_printer.wrong_digest", Level.BRONZE, _wrong_digest),
    Check("a4_printer.stale_fence", Level.BRONZE, _stale_fence),
)
