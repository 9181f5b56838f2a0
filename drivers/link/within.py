"""Waiting with a limit, by any task at any time.

Both of Python's ways fail on versions that are in the field. `asyncio.wait_for` loses a cancellation that comes in the turn of the
result (until 3.12, CPython issue 86296): who was told to stop goes on. `asyncio.timeout` raises CancelledError instead of
TimeoutError in a task that was cancelled before and went on (until 3.11.3, CPython issue 102780; Debian 12 has 3.11.2), and every
task whose TaskGroup has failed is one: a supervisor would end with what it supervises.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def within(seconds: float, work: Awaitable[T]) -> T:
    """Await `work` for at most so many seconds; return its result or raise its exception.

    Raise TimeoutError when there is none yet, CancelledError whenever the caller is cancelled. In both cases `work` has been
    cancelled and has ended; shield what must go on.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task}, timeout=max(0.0, seconds))
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
    if task.cancelled():
        raise TimeoutError
    return task.result()
