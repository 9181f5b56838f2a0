"""The installed `kiosk` command, run as a user runs it: another process, from a folder that is not the checkout.

`kiosk_here` is for the many answers that depend on nothing but arguments and files: the same `main`, without the two seconds
of processor that a new process needs to import everything.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.__main__ import main

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


def kiosk_here(*arguments: str | Path, folder: Path) -> Ran:
    """Run the command in this process, in `folder`. No output may be a traceback."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(map(str, arguments)))
    ran = Ran(code, *(stream.buffer.getvalue().decode("utf-8") for stream in (out, err)))  # type: ignore[attr-defined]
    assert "Traceback" not in ran.err, ran.err
    return ran
