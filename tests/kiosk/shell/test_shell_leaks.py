"""A window that is never closed: after 300 screens it holds what it held after the first round of them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.kiosk.shell.painted_twice import KINDS

pytestmark = [pytest.mark.slow, pytest.mark.screen]

ROUNDS = 5
MOST_GROWTH_MB = 4.0
"""PSS, from the second round to the last: some 250 screens. A texture of a title is 0.2 MB; one a screen would be 50."""


def test_three_hundred_screens_leave_no_texture_no_instruction_and_no_memory() -> None:
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
    settled, last = rounds[1], rounds[-1]
    assert {kind: last[kind] for kind in KINDS} == {kind: settled[kind] for kind in KINDS}
    assert last["pss"] - settled["pss"] < MOST_GROWTH_MB
