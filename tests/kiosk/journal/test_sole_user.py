"""A second core on the same folder is refused, and the first one's print is left alone; a killed one leaves no lock behind."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.app import running
from kiosk.journal.sole import sole_user
from kiosk.journal.states import PrintState
from kiosk.journal.store import JournalError
from tests.support.bench import on_stage
from tests.support.scripted import ScriptedWindow

HOLDS = """
import sys, time
from pathlib import Path
from kiosk.journal.sole import sole_user
with sole_user(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_process_leaves_no_lock_behind(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", HOLDS, tmp_path], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(JournalError, match=r"another kiosk is running on .*end it first"), sole_user(tmp_path):
        raise AssertionError("two hold it")
    other.send_signal(signal.SIGKILL)
    other.wait()
    other.stdout.close()
    with sole_user(tmp_path):
        assert (tmp_path / "kiosk.lock").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match=r"cannot be opened|File exists"), sole_user(tmp_path / "file"):
        raise AssertionError("held")


def test_a_second_kiosk_does_not_settle_what_the_first_is_printing(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            kiosk = run.kiosk
            kiosk.journal.begin_print("op", subject="visit", device="a4_printer", evidence={"pages": 1})
            with pytest.raises(JournalError, match="another kiosk is running"):
                async with running(kiosk.site, kiosk.profile, window=ScriptedWindow({})):
                    raise AssertionError("it runs")
            assert kiosk.journal.operation("op").state is PrintState.INTENT

    asyncio.run(go())
