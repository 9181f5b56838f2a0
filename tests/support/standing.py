"""A kiosk on its stage that stands for all tests of a file: to start one costs more than most tests, and in the field it is one."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from drivers.contract.common import Readiness
from kiosk.maintenance.service import Handshake
from tests.support.bench import Run, on_stage
from tests.support.mending import mending
from tests.support.waiting import until

Test = Callable[[Run], Awaitable[None]]

_MENDED_SECONDS = 15.0
"""Until every device has said that it is ready again, on a busy machine."""


class StandingKiosk:
    """Called with a test it runs it; whatever was done before, the test finds the same: nobody inside, nothing broken, paused or
    typed, an empty logbook and outbox, no open task, the roster as it was given out. Only what the machine can never forget is
    left: the journal, and the counters of its devices."""

    def __init__(self, runner: asyncio.Runner, run: Run) -> None:
        self.runner, self.run = runner, run
        service = run.kiosk.lobby.service
        self._door, self._tools = service.door, service.tools
        self._roster = run.stage.staff.roster.read_bytes()

    def __call__(self, test: Test) -> None:
        async def through() -> None:
            await self.tidy()
            await test(self.run)

        self.runner.run(through())

    async def tidy(self) -> None:
        """Put everything back, whatever the last test left, also one that failed."""
        run, service = self.run, self.run.kiosk.lobby.service
        service.call_away()  # who asked and was not heard asks no more
        assert service.state is Handshake.AWAY, "the last test left somebody inside"
        service.door, service.tools = self._door, self._tools
        run.stage.staff.roster.write_bytes(self._roster)
        for device, verb, arguments in mending(await run.bench.state()):
            await run.bench.do(device, verb, arguments)
        await self._until_ready()
        await run.delivered()
        with closing(sqlite3.connect(run.bench.sandbox.folder.database)) as platform, platform:
            platform.execute(
                "UPDATE tasks SET closed = opened, reason = 'done', closed_by = 'test' WHERE closed IS NULL"
            )
        with closing(sqlite3.connect(run.kiosk.logbook.path)) as logbook, logbook:
            logbook.execute("DELETE FROM entry")
            logbook.execute("DELETE FROM value")
        run.begin_anew()

    async def _until_ready(self) -> None:
        def unready() -> list[str]:
            table = self.run.kiosk.devices.table()
            return [each.name for each in table if each.status is None or each.status.readiness is not Readiness.READY]

        await until(lambda: not unready(), _MENDED_SECONDS, told=lambda: f"not ready after it was mended: {unready()}")


@contextmanager
def standing(folder: Path, **how: Any) -> Iterator[StandingKiosk]:
    """Start it (`how` as in `on_stage`)."""

    async def stands(ready: asyncio.Future[Run], over: asyncio.Event) -> None:
        async with on_stage(folder, {}, **how) as run:
            ready.set_result(run)
            await over.wait()

    async def begun() -> tuple[asyncio.Task[None], asyncio.Event, Run]:
        ready: asyncio.Future[Run] = asyncio.get_running_loop().create_future()
        over = asyncio.Event()
        task = asyncio.ensure_future(stands(ready, over))
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()  # it did not come so far: what it failed with is raised here
        return task, over, ready.result()

    async def ended() -> None:
        over.set()
        await task

    with asyncio.Runner() as runner:
        task, over, run = runner.run(begun())
        try:
            yield StandingKiosk(runner, run)
        finally:
            runner.run(ended())
