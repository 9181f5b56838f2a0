"""Whatever is given to the command line, a person reads a Chinese line that says what to do, and a program one JSON value."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from drivers.emulators.id_card_reader import SdtEmulator
from kiosk.__main__ import COMMANDS, main, parser
from kiosk.cli import doctor
from tests.support.command import COMMAND, kiosk, kiosk_here

PORTRAIT = Path(str(files("drivers.emulators").joinpath("portraits", "hopper.jpg")))
PROFILE = files("device_profiles").joinpath("demo.toml").read_text("utf-8").replace('port = ""', 'port = "/dev/ttyS0"')


def half_width_beside_chinese(text: str) -> list[str]:
    """The places where a half-width mark stands directly beside a Chinese character."""
    return re.findall(r".{0,8}(?:[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]).{0,8}", text)


def _profile(folder: Path, pattern: str, text: str) -> Path:
    written = folder / "profile.toml"
    changed, count = re.subn(pattern, text, PROFILE, count=1, flags=re.MULTILINE)
    assert count == 1
    written.write_text(changed, "utf-8")
    return written


@pytest.mark.parametrize(
    ("pattern", "text", "named"),
    [
        (r"^mm = .*", "mm = [0.0, 476.0]", "panel.mm.0: 太小 → 要大于 0"),
        (r"^mm = .*", "mm = [-268.0, -476.0]", "panel.mm.0: 太小 → 要大于 0"),
        (r"^mm = .*", "mm = [nan, 476.0]", "panel.mm.0: 应是有限的数 → "),
        (r"^px = .*", "px = [0, 0]", "panel.px.0: 太小 → 要大于 0"),
        (r"^px = .*", "px = [1080]", "panel.px.1: 缺少这一项 → 请补上"),
        (r"^px = .*", 'px = "wide"', "panel.px: 应是列表 → "),
        (r"^title = .*", "title = 5", "title: 应是文字 → "),
        (r"^dock = .*", 'dock = "maybe"', "dock: 应是真或假 → "),
        (r'^class = "camera"', 'class = "kamera"', "devices.camera.class: 没有这个值 → 请用其中之一："),
        (r"^host = .*", "host = 5", "devices.receipt_printer.settings.host: 类型不对（要 `str`） → "),
        (r"^port = 1.*", "prot = 1", "devices.receipt_printer.settings.prot: 这个驱动没有这一项 → "),
        (r"^port = .*", "", "devices.id_reader.settings.port: 缺少这一项 → 请补上"),
        (r"^\[panel\]$", "panel = 5\n[pa]", "panel: 应是一节 → 写成 [panel] 一节"),
        (r"^px = .*", "px = [1, 2", "不是有效的 TOML"),
    ],
)
def test_a_mistake_in_a_profile_names_file_key_and_cure_in_chinese(
    tmp_path: Path, pattern: str, text: str, named: str
) -> None:
    profile = _profile(tmp_path, pattern, text)
    ran = kiosk_here("check", "--profile", profile, folder=tmp_path)
    assert ran.code == 1
    assert f"{profile}: {named}" in ran.out
    assert "→" in ran.out
    assert not half_width_beside_chinese(ran.out)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "缺少这一项"),
        (b"\xff\xfe\x00binary\x00", "不是 UTF-8 编码"),
        ('id = "示例"'.encode("gb18030"), "不是 UTF-8 编码"),
        (b"a = " + b"[" * 5000, "不是有效的 TOML"),
        (None, "是文件夹"),
    ],
)
@pytest.mark.parametrize("option", ["--site", "--profile"])
def test_a_file_that_is_no_settings_file_is_told_in_lines_of_its_own(
    tmp_path: Path, option: str, content: bytes | None, named: str
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.mkdir() if content is None else wrong.write_bytes(content)
    ran = kiosk_here("check", option, wrong, "--json", folder=tmp_path)
    assert (ran.code, ran.json["ok"]) == (1, False)
    for line in ran.json["mistakes"]:
        assert line.startswith(f"{wrong}: ")
        assert named in line
        assert "→" in line


@pytest.mark.parametrize("key", ["profile.panel.px.x=5", "profile.id.x.y=5"])
def test_a_value_below_a_value_is_a_mistake_not_a_crash(tmp_path: Path, key: str) -> None:
    ran = kiosk_here("check", "--set", key, folder=tmp_path)
    assert ran.code == 1
    assert key.partition(".")[2].partition("=")[0] in ran.out


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("check", "--set", "x"), 2, "KEY=VALUE"),
        (("check", "--jsonx"), 2, "--jsonx"),
        (("check", "--prof", "x"), 2, "--prof"),
        (("nothing",), 2, "nothing"),
        (("device",), 2, "COMMAND"),
        (("device", "read"), 2, "--driver"),
        (("device", "read", "--driver", "ipp"), 2, "sdt_serial"),
        (("device", "read", "--driver", "sdt_serial", "--seconds", "nan"), 2, "--seconds"),
        (("device", "read", "--driver", "sdt_serial", "--seconds", "-1"), 2, "--seconds"),
        (("demo", "--dock-port", "99999"), 2, "--dock-port"),
        (("demo", "--seed", "x"), 2, "'x' 不是数字"),
        (("face", "match", "none.jpg", PORTRAIT), 2, "none.jpg"),
        (("face", "match", "/dev/zero", PORTRAIT), 2, "/dev/zero"),
        (("face", "match", ".", PORTRAIT), 2, "是文件夹"),
        (("verify", "KX1:x"), 2, "--trust"),
        (("verify", "KX1:x", "--trust", "none.pem"), 2, "none.pem"),
        (("verify", "KX1:x", "--trust", PORTRAIT), 2, "根证书"),
        (("journal", "show"), 2, "--site"),
        (("journal", "show", "--file", "none.sqlite"), 2, "none.sqlite"),
        (("journal", "show", "--site", "none.toml"), 2, "none.toml"),
        (("run", "--site", "none.toml", "--profile", "none.toml"), 2, "none.toml"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_every_refusal_is_chinese_for_people_and_one_value_for_programs(
    tmp_path: Path, arguments: tuple[Any, ...], code: int, named: str
) -> None:
    told = kiosk_here(*arguments, folder=tmp_path)
    assert (told.code, told.out) == (code, "")
    assert named in told.err
    assert re.search(r"[\u4e00-\u9fff].*→", told.err)
    assert not half_width_beside_chinese(told.err)
    value = kiosk_here(*arguments, "--json", folder=tmp_path)
    if arguments[0] not in ("demo", "run", "nothing"):
        assert (value.code, value.err) == (code, "")
        assert named in value.json["error"]


@pytest.mark.parametrize("speech", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}])
def test_a_terminal_that_cannot_spell_chinese_breaks_nothing(tmp_path: Path, speech: dict[str, str]) -> None:
    assert kiosk("check", "--profile", tmp_path / "none.toml", folder=tmp_path, **speech).code == 1
    value = kiosk("check", "--profile", tmp_path / "none.toml", "--json", folder=tmp_path, **speech)
    assert "文件不存在" in value.json["mistakes"][0]


def test_a_file_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [bytes(COMMAND), b"face", b"match", b"\xff.jpg", b"\xff.jpg"], capture_output=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert ".jpg：没有这个文件".encode() in done.stderr


def _helps() -> list[tuple[str, ...]]:
    inner = {"device": ("list", "read", "test"), "face": ("match",), "journal": ("show",)}
    return [(), *((name,) for name in COMMANDS), *((name, each) for name, many in inner.items() for each in many)]


@pytest.mark.parametrize("command", _helps(), ids=" ".join)
def test_help_is_chinese(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parser().parse_args([*command, "--help"])
    told = capsys.readouterr().out
    assert end.value.code == 0
    assert told.startswith("用法：kiosk")
    assert not half_width_beside_chinese(told)
    for english in ("usage", "options:", "show this help", "positional"):
        assert english not in told


def test_a_defect_is_told_by_its_place_and_never_quotes_a_value(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise LookupError("somebody's name")

    monkeypatch.setattr(doctor, "python", broken)
    assert main(["doctor"]) == 3
    told = capfd.readouterr()
    assert told.out == ""
    assert "LookupError" in told.err
    assert "test_cli_bad_input.py" in told.err
    assert "somebody" not in told.err
    assert main(["doctor", "--json"]) == 3
    assert "LookupError" in json.loads(capfd.readouterr().out)["error"]


def test_ctrl_c_while_a_card_is_waited_for_is_one_line(tmp_path: Path) -> None:
    emulator = SdtEmulator(radio_seconds=0.02)
    port = str(emulator.start()["port"])
    try:
        with subprocess.Popen(
            [COMMAND, "device", "read", "--driver", "sdt_serial", "--set", f"port={port}"],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ,
        ) as process:  # fmt: skip
            time.sleep(1.5)
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=10)
    finally:
        emulator.stop()
    assert process.returncode == 130
    assert told.decode() == "已中断\n"
