"""Doing something to its end, also when whoever waits for it is told to stop meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def whole(work: Awaitable[T]) -> T:
    """Await `work`; return its result or raise its exception.

    A caller that is cancelled, once or again and again, gets its CancelledError when `work` has ended, and not before. For what
    must not be left half done: a binding that is written, a device that is let go of and taken again.
    """
    doing = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        while not doing.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({doing})
        raise
