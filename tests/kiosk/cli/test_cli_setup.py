"""`kiosk setup` without a screen: from a file of answers, killed in the middle, exported."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.gateways import enrolment
from kiosk.sandbox import launch
from kiosk.sandbox.launch import Sandbox
from kiosk.settings.site import load_site
from tests.support.command import Ran, kiosk_here

ANSWERS = """
languages = ["zh-Hans", "en"]
[place]
name = {{ zh-Hans = "清泉村政务自助服务", en = "Qingquan self-service" }}
place = "清泉村便民服务站"
keeper_on_site = true
[elsewhere]
place = "示例市政务服务中心 3 号窗口"
address = "示例市为民路 1 号一楼"
hours = "周一至周五 9:00–17:00"
phone = "0000-12345678"
[platform]
url = "{url}"
[panel]
px = [1080, 1920]
mm = [268.0, 476.0]
[devices]
[once]
code = "{code}"
pin = "{pin}"
"""
COMMAND = [sys.executable, "-m", "kiosk", "setup"]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    found = launch.start(tmp_path_factory.mktemp("platform") / "platform", seed=7, kiosk="OTHER-0001")
    yield found
    found.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kiosk"


def answers(tmp_path: Path, platform: Sandbox, code: str, pin: str = "250713") -> Path:
    path = tmp_path / "answers.toml"
    path.touch(0o600)
    path.write_text(ANSWERS.format(url=platform.address, code=code, pin=pin), "utf-8")
    return path


def told(folder: Path, *arguments: str | Path) -> Ran:
    return kiosk_here("setup", "--folder", folder, *arguments, folder=folder.parent)


def test_a_machine_is_set_up_from_a_file_and_then_left_alone(tmp_path: Path, folder: Path, platform: Sandbox) -> None:
    file = answers(tmp_path, platform, platform.new_code("CLI-0001"))
    done = told(folder, "--answers", file, "--yes", "--json")
    assert done.code == 0, done.out + done.err
    reply = done.json
    assert reply["ok"]
    assert [each["about"] for each in reply["checks"]] == ["files", "platform"]
    site = load_site(folder / "site.toml")
    assert (site.kiosk_id, site.within("name", "en")) == ("CLI-0001", ("Qingquan self-service",))
    again = told(folder)
    assert again.code == 2
    assert "已经设置好了" in again.err
    exported = told(folder, "--export", tmp_path)
    assert exported.code == 0
    with zipfile.ZipFile(next(tmp_path.glob("*.zip"))) as archive:
        assert "keys/kiosk.key" not in archive.namelist()
        assert "250713" not in archive.read("answers.toml").decode()
    exported = told(folder, "--export", tmp_path / "nowhere" / "x", "--with-keys", "--json")
    assert exported.json["private"]
    assert stat.S_IMODE(Path(exported.json["file"]).stat().st_mode) == 0o600
    exported = told(folder, "--export", tmp_path / "nowhere" / "y", "--with-keys")
    assert "像钥匙一样保管" in exported.out, "what is in it is told"


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (("languages", "languag"), 2, "languag"),
        (("keeper_on_site = true", ""), 2, "place.keeper_on_site"),
        (("250713", "123456"), 2, "once.pin"),
        (("{url}", "http://127.0.0.1:9"), 1, "端口 9"),
        (("{url}", "ftp://x"), 2, "platform.url"),
        (("{code}", "117"), 1, "有一位输错了"),
        (("示例市为民路 1 号一楼", ""), 2, "elsewhere.address"),
    ],
)
def test_what_is_wrong_is_told_by_its_key_and_nothing_is_finished(
    tmp_path: Path, folder: Path, platform: Sandbox, change: tuple[str, str], code: int, said: str
) -> None:
    file = tmp_path / "answers.toml"
    file.touch(0o600)
    wanted = f"WRONG-{abs(hash(change)) % 10_000:04d}"
    text = ANSWERS.replace(*change).format(url=platform.address, code=platform.new_code(wanted), pin="250713")
    file.write_text(text.replace(*change), "utf-8")
    done = told(folder, "--answers", file, "--yes")
    assert done.code == code, done.out + done.err
    assert said in done.err
    assert "→" in done.err or "：" in done.err
    assert not (folder / "site.toml").exists()


def test_killed_while_the_platform_answers_it_goes_on_with_the_same_key(
    tmp_path: Path, folder: Path, platform: Sandbox
) -> None:
    """kill -9 between request and answer: the code is used up, and the same machine gets the same answer."""
    file = answers(tmp_path, platform, platform.new_code("KILL-0001"))
    platform.break_("slow", "/enrolment/claim", seconds=3.0)
    process = subprocess.Popen(
        [*COMMAND, "--folder", str(folder), "--answers", str(file), "--yes"], stdout=subprocess.PIPE
    )
    key = folder / "keys" / "kiosk.key"
    give_up = time.monotonic() + 30
    while not key.exists():
        assert time.monotonic() < give_up
        time.sleep(0.02)
    time.sleep(0.5)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = key.read_bytes()
    platform.mend()
    done = told(folder, "--answers", file, "--yes")
    assert done.code == 0, done.out + done.err
    assert key.read_bytes() == before
    assert load_site(folder / "site.toml").kiosk_id == "KILL-0001"


@pytest.mark.parametrize(
    ("options", "said"), [(("--yes",), "--answers"), (("--with-keys",), "--export"), (("--export", "/x"), "还没有")]
)
def test_options_that_do_not_go_together_are_told(folder: Path, options: tuple[str, ...], said: str) -> None:
    done = told(folder, *options)
    assert done.code == 2
    assert said in done.err


def test_a_code_is_grouped_as_the_manual_says() -> None:
    assert len(enrolment.grouped("1" * enrolment.CODE_DIGITS).split(" ")) == 8
