"""The same work many times over, for a technician with a test card: how often it failed, and how long the device took."""

from __future__ import annotations

from drivers.conformance.bench import Bench
from drivers.conformance.check import Check, Level, Unfit
from drivers.conformance.plays import PLAYS
from drivers.contract.faults import DeviceFault

REPEATED = "common.repeated"


class Repeated:
    """`times` works; a failure is counted and the next one tried. What `counted` tells is (done, failed) after each."""

    def __init__(self, times: int, most_failures: int) -> None:
        """After more than `most_failures` the rest is spared."""
        self.times = times
        self.done = 0
        self.failed = 0
        self.took: tuple[float, ...] = ()
        """Seconds that the device took, where the class can tell them from a person's part."""
        self._most = most_failures

    def check(self) -> Check:
        """For `suite.run(also=...)`. It fails with the first failure too many, and says why."""
        return Check(REPEATED, Level.GOLD, self._play, endless=True)

    async def _play(self, bench: Bench) -> str | None:
        play = PLAYS[bench.manifest.device_class]
        before, why = len(bench.took), ""
        while self.done < self.times and self.failed <= self._most:
            try:
                await play.work(bench)
            except Unfit as reason:
                self.failed, why = self.failed + 1, str(reason)
            except DeviceFault as error:
                self.failed, why = self.failed + 1, f"{error.fault.code}: {error.fault.detail}"
            self.done += 1
            self.took = tuple(bench.took[before:])
        if self.failed > self._most:
            raise Unfit(f"{self.failed} of {self.done} failed: {why}")
        return f"{self.done} times, {self.failed} failed"
