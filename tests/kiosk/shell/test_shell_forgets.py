"""What was drawn of a screen is gone with it: letters may have been somebody's name."""

from __future__ import annotations

import json
import os
import subprocess
import sys


def test_nothing_drawn_outlives_its_screen(display: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.kiosk.shell.painted_twice"],
        env={**os.environ, "DISPLAY": display},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    before, named, after = json.loads(done.stdout.splitlines()[-1])
    assert named["Texture"] > before["Texture"], "the names were drawn"
    assert after == before
