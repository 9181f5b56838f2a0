"""`kiosk device test --set …`: at a real device a person is asked at the terminal; without one nothing is asked, nor pretended."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.emulators.code_scanner_serial import SerialScannerEmulator
from tests.support.command import COMMAND, kiosk

DONE = {
    "请拔下这台设备的数据线": "unplug",
    "请把数据线插回": "replug",
    "请把测试二维码对准": "present",
    "请拿开二维码": "withdraw",
}
"""What is asked, and what the person's hands do then."""


@pytest.fixture
def scanner() -> Iterator[SerialScannerEmulator]:
    """To the kit it is a real device: it is told where it is, and nothing else."""
    emulator = SerialScannerEmulator()
    yield emulator
    emulator.stop()


def test_a_person_is_asked_at_the_terminal_and_what_he_does_counts(
    scanner: SerialScannerEmulator, tmp_path: Path
) -> None:
    port = scanner.start()["port"]
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execv(COMMAND, [str(COMMAND), "device", "test", "--driver", "serial_scanner", "--set", f"port={port}"])
    told, answered = "", 0
    end = time.monotonic() + 60
    while "说的能力都是真的" not in told and time.monotonic() < end:
        if not select.select([terminal], [], [], 1.0)[0]:
            continue
        told += os.read(terminal, 4096).decode("utf-8", "replace")
        prompt = told.splitlines()[-1]
        if prompt.endswith("然后按回车："):
            verb = next(verb for words, verb in DONE.items() if prompt.startswith(words))
            scanner.do(verb)
            answered += 1
            os.write(terminal, b"\n")
            told += "\n"
    code = _interrupted(child)
    os.close(terminal)
    assert "serial_scanner：真实设备" in told
    assert "通过  能做它该做的事" in told
    assert "通过  说的能力都是真的" in told
    assert answered >= 4
    assert code == 130, "Ctrl-C at a question"


def _interrupted(child: int) -> int | None:
    """Its exit code after Ctrl-C; None when it had to be killed."""
    os.kill(child, signal.SIGINT)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def test_without_a_person_nothing_is_asked_and_what_needs_one_is_told_as_skipped(
    scanner: SerialScannerEmulator, tmp_path: Path
) -> None:
    arguments = ["device", "test", "--driver", "serial_scanner", "--set", f"port={scanner.start()['port']}"]
    ran = kiosk(*arguments, "--no-interaction", "--json", folder=tmp_path, seconds=200)
    report = ran.json
    verdicts = {each["id"]: each["verdict"] for each in report["outcomes"]}
    assert not report["emulated"]
    assert {verdicts[check] for check in ("common.opens", "common.settings", "common.deadline")} == {"passed"}
    assert {verdicts[check] for check in ("common.work", "common.unplugged_idle", "common.honest")} == {"skipped"}
    assert "failed" not in verdicts.values()
    assert (ran.code, report["conforms"], report["level"]) == (1, False, None)
    assert report["settings"] == ["port"]
