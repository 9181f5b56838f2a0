"""A kiosk on its stage that stands for all tests of a file: to start one costs more than most tests, and in the field it is one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.bench import Run, on_stage


@contextmanager
def standing(folder: Path, **how: Any) -> Iterator[tuple[asyncio.Runner, Run]]:
    """Start it (`how` as in `on_stage`); what is done with it is done by `runner.run`."""

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
            yield runner, run
        finally:
            runner.run(ended())
