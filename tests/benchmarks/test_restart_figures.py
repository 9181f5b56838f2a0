"""How long a visitor looks at nothing when the shell is killed or blocked in the middle of a visit (`make bench`)."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from kiosk.screens.screen import Mode
from tests.benchmarks.test_figures import told
from tests.support.house import house
from tests.support.walk import Walk

pytestmark = [pytest.mark.bench, pytest.mark.anyio]

BACK_WITHIN_S = 3.0
"""Until the same screen is drawn again: shorter than the time after which people leave a machine that shows nothing."""
SPIN = signal.SIGUSR1
"""tests/support/blockable: the process turns in a loop of its own for ever, deaf to polite signals."""
TIMES = 5


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP, SPIN])
async def test_the_shell_is_back_on_the_same_screen(tmp_path: Path, number: signal.Signals) -> None:
    away = []
    async with house(tmp_path, seed=20261124) as kiosk:
        await Walk(kiosk, Mode.ELDER).to_guide()  # which nobody offers anything on meanwhile
        for _ in range(TIMES):
            pid = (await kiosk.glass.state())["shell"]["pid"]
            os.kill(pid, number)
            began = time.monotonic()
            await kiosk.until(lambda state, pid=pid: state["shell"]["pid"] not in (pid, None))
            await kiosk.glass.wait_for("guide")
            away.append(time.monotonic() - began)
            await asyncio.sleep(2.5)  # it has served: the next one is started at once (kiosk/window/process.py)
    told(f"shell back after {number.name}, worst of {TIMES}", max(away), BACK_WITHIN_S, "s")
