"""A window that is never closed: after hundreds of screens it holds what it held when everything had been shown once."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from random import Random

import psutil
import pytest

from kiosk.screens.screen import Mode
from kiosk.shell.bench import bench
from tests.kiosk.shell.many_visits import private_mb, visit
from tests.kiosk.shell.painted_twice import KINDS

pytestmark = [pytest.mark.slow, pytest.mark.screen]

ROUNDS = 4
VISITS = 10
SETTLED = 4
"""The visit after which fonts, icons and the heap have the size that they keep."""
MOST_GROWTH_MB = 0.5
"""Private memory, over the 205 screens after that: 2.4 kB a screen. A title's texture is 200 kB."""


def test_three_hundred_screens_leave_no_texture_and_no_instruction() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.kiosk.shell.painted_often", str(ROUNDS)],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rounds = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    print(*rounds, sep="\n")
    assert sum(each["screens"] for each in rounds) >= 300
    assert {kind: rounds[-1][kind] for kind in KINDS} == {kind: rounds[1][kind] for kind in KINDS}


def test_ten_visitors_at_one_window_leave_nothing_of_themselves(display: str) -> None:
    async def play() -> list[tuple[float, int, int]]:
        found, draw = [], Random(20261122)
        async with bench(display) as at:
            shell = psutil.Process(at.shell.pid)
            for number in range(VISITS):
                await visit(at, list(Mode)[number % 2], draw)
                ticks = at.ticks
                while at.ticks < ticks + 5:  # what is given back, is given back a little later
                    await at.hear()
                at.heard.clear()
                found.append((private_mb(shell.pid), shell.num_fds(), shell.num_threads()))
        return found

    visits = asyncio.run(play())
    print(*visits, sep="\n")
    (settled, fds, threads), (last, *counts) = visits[SETTLED], visits[-1]
    assert counts == [fds, threads]
    assert last - settled < MOST_GROWTH_MB
