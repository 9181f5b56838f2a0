"""Waiting for what happens by itself, and no longer than a busy machine needs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any


async def until(holds: Callable[[], Any], seconds: float = 10.0, *, told: Callable[[], object] | None = None) -> None:
    """Wait until this holds; `told` says how things stand when it never does."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, "it did not happen" if told is None else told()
        await asyncio.sleep(0.01)
