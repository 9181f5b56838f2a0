"""The command that a technician uses to record a device's wire."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from drivers import registry
from drivers.contract.driver import Call
from drivers.contract.id_card import WaitCard
from drivers.emulators import id_card_people
from drivers.emulators.id_card_reader import SdtEmulator
from drivers.tapes.__main__ import main


def test_a_reader_is_recorded_from_the_command_line_and_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reader, card = SdtEmulator(radio_seconds=0.02), id_card_people.person("citizen", 77)
    command = [sys.executable, "-m", "drivers.tapes", "serial", str(reader.start()["port"]), str(tmp_path / "a.tape")]
    recording = subprocess.Popen(
        [*command, "--protocol", "sdt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert recording.stdout is not None
        port = recording.stdout.readline().partition("port=")[2].partition(";")[0]
        driver = registry.make("sdt_serial", {"port": port}, production=True)
        driver.open()
        reader.place(card)
        assert driver.perform(WaitCard(), Call(5.0, lambda event, fds: None)).card.number.reveal() == card["number"]
        driver.close()
        out, _ = recording.communicate("\n", timeout=10)
    finally:
        recording.kill()
        reader.stop()
    assert recording.returncode == 0
    assert "字节" in out
    assert main(["look", str(tmp_path / "a.tape")]) == 0
    told = capsys.readouterr().out
    assert "已脱敏" in told
    assert card["number"] not in told + (tmp_path / "a.tape").read_text()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["look", "none.tape"], "none.tape"), (["serial", "/dev/no-such-port", "a.tape", "--protocol", "sdt"], "no-such-port"),
        (["tcp", "127.0.0.1", "9", "a.tape", "--protocol", "escpos"], "没有 'escpos' 的脱敏方法"),
        (["tcp", "127.0.0.1", "9", "kept.tape", "--protocol", "sdt"], "已经存在"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    problem: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kept.tape").write_text("kept")
    assert main(arguments) == 1
    assert problem in capsys.readouterr().err
    assert not (tmp_path / "a.tape").exists()
