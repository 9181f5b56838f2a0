"""CodeScanner on the bench: a code is held before it."""

from __future__ import annotations

from typing import Any

from drivers.conformance.bench import Bench
from drivers.conformance.check import Check, Level, demand
from drivers.conformance.play import Play
from drivers.contract.code_scanner import Code, ReadCode
from drivers.contract.common import Supported
from drivers.contract.faults import DeviceFault, FaultCode

SECONDS = 8.0


class CodeScannerPlay(Play):
    """Show a code."""

    async def work(self, bench: Bench) -> str | None:
        """Read one code."""
        async with bench.running(ReadCode(), SECONDS) as reading:
            await bench.hands.do("present")
            code = await reading
        await bench.hands.do("withdraw")
        demand(isinstance(code, Code), "ReadCode did not end with a code")
        size = len(code.data.reveal())
        demand(
            0 < size <= bench.capabilities.longest,
            f"{size} bytes, but at most {bench.capabilities.longest} are promised",
        )
        return f"{size} bytes {code.symbology}".strip()

    async def honest(self, bench: Bench) -> None:
        """A kind of code is named where that is promised."""
        async with bench.running(ReadCode(), SECONDS) as reading:
            await bench.hands.do("present")
            code = await reading
        await bench.hands.do("withdraw")
        if bench.capabilities.symbology is Supported.YES:
            demand(bool(code.symbology), "symbology = yes, but none was named")

    def long(self, bench: Bench) -> Any:
        """Nobody shows a code."""
        return ReadCode()


async def _earlier_code(bench: Bench) -> str | None:
    """What was scanned before the command began is another visitor's: it does not count."""
    await bench.hands.do("present")
    await bench.hands.do("withdraw")
    await bench.until(lambda: bench.now.status is not None, SECONDS, "no status")
    try:
        await bench.call(ReadCode(), _EARLIER_SECONDS)
    except DeviceFault as error:
        demand(error.fault.code is FaultCode.DEADLINE, f"ended with {error.fault.code}, not at its deadline")
    else:
        demand(False, "a code from before the command was delivered")
    return None


_EARLIER_SECONDS = 1.5

CodeScannerPlay.checks = (Check("code_scanner.earlier_code", Level.SILVER, _earlier_code),)
