"""The window around a set-up. It is opened anew when the panel turns out to be of another size than was believed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kiosk.app import screen_fonts
from kiosk.policies import visit_policy
from kiosk.setup.display import Display, panel_of
from kiosk.setup.sitting import Sitting
from kiosk.setup.steps.panel import Remeasured
from kiosk.setup.walk import walk
from kiosk.setup.work import Work
from kiosk.visit import VisitEnds
from kiosk.window import ShellWindow


async def set_up(work: Work, display: Display, *, opened: Callable[[ShellWindow], None] | None = None) -> bool | None:
    """Walk the set-up on this display; return whether to serve now, None when it was put off. `opened` is told each window.

    Raise TimeoutError when no window opens, Mistake, OSError.
    """
    work.display = display
    policy = visit_policy()
    while True:
        panel = work.answers.panel or panel_of(display)
        window = ShellWindow(panel.value(), screen_fonts(), policy.supervision, cursor=True)
        await window.start()
        if opened is not None:
            opened(window)
        sitting = Sitting(window, policy)
        try:
            return await walk(sitting, work)
        except Remeasured:
            await asyncio.sleep(0)
        except VisitEnds:
            return None
        finally:
            sitting.wipe()
            await window.stop()
