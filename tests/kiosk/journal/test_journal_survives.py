"""A power cut in the middle of writing, and a full disk: what was told as written is there, what was not is no half of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.journal.states import PrintState
from kiosk.journal.store import Journal

WRITES_UNTIL_KILLED = """
import sys
from pathlib import Path
from kiosk.journal.states import PrintState
from kiosk.journal.store import Journal

journal = Journal(Path(sys.argv[1]))
for number in range(1_000_000):
    operation = f"op-{number}"
    journal.begin_print(operation, subject="t", device="a4_printer", evidence={"pages": 1})
    journal.move(operation, PrintState.SENT)
    journal.post(operation, "task", {"operation": operation})
    sys.stdout.write(operation + "\\n")
    sys.stdout.flush()
"""

WRITES_UNTIL_THE_DISK_IS_FULL = """
import resource, sys
from pathlib import Path
from kiosk.journal.store import Journal, JournalError

path = Path(sys.argv[1])
journal = Journal(path)
journal.record("before")
ordinary = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, ordinary[1]))
written = 0
try:
    while written < 10_000:
        journal.record("padding", text="x" * 2000)
        written += 1
except JournalError as error:
    assert str(path) in str(error), error
else:
    raise SystemExit("the disk was never full")
for _ in range(3):
    try:
        journal.record("padding", text="x" * 2000)
    except JournalError:
        pass
    else:
        written += 1
resource.setrlimit(resource.RLIMIT_FSIZE, ordinary)
journal.record("after")
print(written)
"""


@pytest.mark.parametrize("lines", [1, 7, 23])
def test_kill_in_the_middle_of_writing_leaves_everything_that_was_told(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "journal.sqlite"
    writer = subprocess.Popen([sys.executable, "-c", WRITES_UNTIL_KILLED, path], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = [writer.stdout.readline().strip() for _ in range(lines)]
    os.kill(writer.pid, signal.SIGKILL)
    told += writer.stdout.read().split()
    assert writer.wait() == -signal.SIGKILL
    journal = Journal(path)
    assert journal.verify_chain() is None
    states = {each.id: each.state for each in journal.operations()}
    assert all(states[operation] is PrintState.SENT for operation in told)
    assert len(states) - len(told) <= 1, "at most the one that it was killed over"
    assert {item.key for item in journal.due(1e12)} >= set(told)
    next_fence = journal.begin_print("next", subject="t", device="a4_printer", evidence={}).fence
    assert next_fence == len(states) + 1
    journal.close()


def test_a_full_disk_is_said_and_does_not_outlast_itself(tmp_path: Path) -> None:
    """The limit on file size stands for the full disk: write(2) fails in the same place."""
    path = tmp_path / "journal.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", WRITES_UNTIL_THE_DISK_IS_FULL, path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    journal = Journal(path)
    rows = [row.event for row in journal.audit_rows()]
    assert rows == ["before", *["padding"] * int(done.stdout), "after"]
    assert journal.verify_chain() is None
    journal.close()
