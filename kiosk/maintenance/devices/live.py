"""A screen that amends itself while somebody looks at it, and still is a question: help, silence and leave are guarded as ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kiosk.maintenance.shift import Shift
from kiosk.screens.screen import Answer, Screen

LOOK_SECONDS = 0.5


async def ask_live(shift: Shift, build: Callable[[], Screen]) -> Answer:
    """Ask what `build` makes, and amend it as that changes. What the shell does not draw under a finger it draws afterwards."""
    following = asyncio.create_task(_follow(shift, build))
    try:
        return await shift.ask(build, browsing=True)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def _follow(shift: Shift, build: Callable[[], Screen]) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        shift.amend(build())
