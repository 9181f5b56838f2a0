"""The installed `kiosk` command, run as a user runs it: another process, from a folder that is not the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).parent / "kiosk"


@dataclass(frozen=True)
class Ran:
    """How a run of the command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What `--json` printed: one value, one line."""
        assert self.out.count("\n") == 1, self
        return json.loads(self.out)


def kiosk(*arguments: str | Path, folder: Path, given: str = "", seconds: float = 60, **environment: str) -> Ran:
    """Run the command in `folder` with `given` on its standard input. No output may be a traceback."""
    done = subprocess.run(
        [COMMAND, *map(str, arguments)],
        cwd=folder, input=given, capture_output=True, text=True, timeout=seconds, check=False,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)
