"""`kiosk check`, `doctor`, `face match`, `run`, and what holds for the whole command line."""

from __future__ import annotations

import re
import subprocess
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from kiosk import __version__
from kiosk.__main__ import COMMANDS
from tests.support.command import COMMAND, kiosk, kiosk_here

PORTRAITS = Path(str(files("drivers.emulators").joinpath("portraits")))


def _profile(folder: Path, change: tuple[str, str] = ("", "")) -> Path:
    with as_file(files("device_profiles").joinpath("demo.toml")) as path:
        text = path.read_text("utf-8").replace('port = ""', 'port = "/dev/ttyS0"')
    assert change[0] in text
    written = folder / "profile.toml"
    written.write_text(text.replace(*change) if change[0] else text, "utf-8")
    return written


def test_help_names_every_command_and_the_version(tmp_path: Path) -> None:
    told = kiosk("--help", folder=tmp_path).out
    for name in COMMANDS:
        assert re.search(rf"^    {name} ", told, re.MULTILINE), name
    assert kiosk("--version", folder=tmp_path).out.strip() == f"kiosk {__version__}"
    assert kiosk(folder=tmp_path).code == 2


def test_what_is_bundled_has_no_mistakes(tmp_path: Path) -> None:
    ran = kiosk("check", "--json", folder=tmp_path)
    assert (ran.code, ran.json) == (0, {"ok": True, "mistakes": [], "remarks": []})


WRONG = (
    (('driver = "sdt_serial"', 'driver = "sdt_sreial"'), "devices.id_reader.driver"),
    (("production = false", "production = maybe"), "TOML"),
    (("[panel]", '[panel]\ncolour = "red"'), "panel.colour"),
    (('class = "camera"', 'class = "a4_printer"'), "devices.camera.class"),
    (('photo_decoder = "stand_in"', 'photo_decodr = "stand_in"'), "photo_decodr"),
    (("mm = [268.0, 476.0]", "mm = [476.0, 268.0]"), "panel"),
    (("production = false\ndock = true", "production = true"), "photo_decoder"),
)
"""What is changed in a good profile, and what the mistake's line must name."""


def test_a_wrong_key_of_a_profile_is_named_with_file_and_cure(tmp_path: Path) -> None:
    profiles = []
    for number, (change, _) in enumerate(WRONG):
        folder = tmp_path / str(number)
        folder.mkdir()
        profiles += ["--profile", _profile(folder, change)]
    ran = kiosk_here("check", *profiles, "--json", folder=tmp_path)
    assert ran.code == 1
    assert ran.json["ok"] is False
    for line, profile, (_, key) in zip(ran.json["mistakes"], profiles[1::2], WRONG, strict=True):
        assert line.startswith(f"{profile}: ")
        assert key in line
        assert "→" in line


def test_a_value_can_be_set_from_the_command_line(tmp_path: Path) -> None:
    profile = _profile(tmp_path)
    assert kiosk_here("check", "--profile", profile, folder=tmp_path).code == 0
    ran = kiosk_here("check", "--profile", profile, "--set", "profile.panel.px=[1920, 1080]", folder=tmp_path)
    assert ran.code == 1
    assert "panel" in ran.out


def test_a_value_for_no_file_is_refused_not_forgotten(tmp_path: Path) -> None:
    ran = kiosk_here("check", "--set", "panel.px=[1, 1]", folder=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert "profile." in ran.err


def test_a_kiosk_does_not_start_with_an_item_that_nobody_has(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    text = files("kiosk.demo").joinpath("site.toml").read_text("utf-8")
    values = {"kiosk_id": "TEST-0001", "platform_url": "http://127.0.0.1:1"}
    for mark in set(re.findall(r"\{\{(\w+)\}\}", text)):
        text = text.replace("{{" + mark + "}}", values.get(mark, "/none"))
    site.write_text(text.replace("KX-RS-001", "KX-RS-999"), "utf-8")
    for command in ("run", "check"):
        ran = kiosk(command, "--site", site, "--profile", _profile(tmp_path), folder=tmp_path)
        assert ran.code != 0
        assert f"{site}: items: 没有事项 KX-RS-999 → 可用的有 KX-RS-001" in ran.out + ran.err


def test_the_doctor_names_each_finding_with_its_cure(tmp_path: Path) -> None:
    found = kiosk("doctor", "--json", folder=tmp_path)
    assert found.code == 0, found.out
    assert {each["name"] for each in found.json} == {
        "Python",
        "字库",
        "人脸引擎",
        "显示",
        "声音",
        "内存",
        "时钟",
        "配置",
    }
    ill = kiosk("doctor", "--json", "--profile", tmp_path / "none.toml", folder=tmp_path)
    assert ill.code == 1
    assert [(each["name"], bool(each["cure"])) for each in ill.json if not each["ok"]] == [("配置", True)]


@pytest.mark.parametrize(
    ("first", "second", "decision"), [("hopper", "hopper", "match"), ("hopper", "astronaut", "no_match")]
)
def test_two_photographs_are_compared(tmp_path: Path, first: str, second: str, decision: str) -> None:
    pair = (PORTRAITS / f"{first}.jpg", PORTRAITS / f"{second}.jpg")
    ran = kiosk("face", "match", *pair, "--json", folder=tmp_path)
    assert (ran.code, ran.json["decision"]) == (0, decision)
    assert isinstance(ran.json["distance"], float)


def test_a_file_that_is_no_photograph_is_named(tmp_path: Path) -> None:
    text = tmp_path / "notes.jpg"
    text.write_text("no picture")
    for wrong in (text, tmp_path / "none.jpg"):
        ran = kiosk("face", "match", wrong, PORTRAITS / "hopper.jpg", folder=tmp_path)
        assert (ran.code, ran.out) == (2, "")
        assert str(wrong) in ran.err


def test_a_kiosk_does_not_start_with_a_wrong_file(tmp_path: Path) -> None:
    ran = kiosk("run", "--site", tmp_path / "site.toml", "--profile", tmp_path / "profile.toml", folder=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert str(tmp_path / "site.toml") in ran.err


def test_a_reader_that_stops_reading_gets_no_traceback(tmp_path: Path) -> None:
    with subprocess.Popen(
        [COMMAND, "device", "list", "--json"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
