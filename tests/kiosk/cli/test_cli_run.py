"""`kiosk run` and `kiosk demo` as a person, a terminal and systemd start and end them: one a folder, and gone when told."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from kiosk.demo.report import touch_figures
from kiosk.demo.stage import set_stage
from kiosk.shell.display import answers, virtual_display
from tests.support.command import COMMAND, kiosk

ROOT = Path(__file__).parents[3]


def _until(happened: Callable[[], object], seconds: float) -> None:
    give_up = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < give_up, "it did not come"
        time.sleep(0.05)


@pytest.fixture
def display() -> Iterator[str]:
    with virtual_display((540, 960)) as name:
        yield name


def _as_a_terminal(process: subprocess.Popen[bytes]) -> None:
    """Ctrl-C goes to the whole group."""
    os.killpg(process.pid, signal.SIGINT)


def _as_systemd(process: subprocess.Popen[bytes]) -> None:
    """Without KillMode=mixed the children are told in the same moment as the core."""
    for child in psutil.Process(process.pid).children(recursive=True):
        child.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGTERM)


@pytest.mark.screen
@pytest.mark.parametrize("tell", [_as_a_terminal, _as_systemd])
def test_a_kiosk_is_alone_on_its_folder_and_gone_when_it_is_told(
    tmp_path: Path, display: str, tell: Callable[[subprocess.Popen[bytes]], None]
) -> None:

    async def stand() -> None:
        async with set_stage(tmp_path, seed=5) as stage:
            given = [f"--set=profile.{key}={value}" for key, value in _one_by_one(stage.overrides)]
            profile = ROOT / "device_profiles" / "demo.toml"
            arguments = ["run", "--site", str(stage.site_file), "--profile", str(profile), *given]
            await asyncio.to_thread(_first_and_second, arguments, stage.site_file)

    def _first_and_second(arguments: list[str], site: Path) -> None:
        log = tmp_path / "log"
        with log.open("wb") as err:
            first = subprocess.Popen(
                [COMMAND, *arguments], stderr=err, cwd=tmp_path, env={**os.environ, "DISPLAY": display},
                start_new_session=True,
            )  # fmt: skip
        try:
            _until(lambda: log.read_text().count("-> here") >= 4 or first.poll() is not None, 30)
            second = kiosk(*arguments, folder=tmp_path, DISPLAY=display)
            assert (second.code, second.out) == (1, "")
            assert "已有一个 kiosk 在用它，就先停掉那一个" in second.err
            shown = kiosk("journal", "show", "--site", site, "--json", folder=tmp_path)
            assert shown.json["audit"][0]["event"] == "start"
            children = psutil.Process(first.pid).children(recursive=True)
            assert len(children) >= 5
            tell(first)
            assert first.wait(15) == 0
            _, alive = psutil.wait_procs(children, 3)
            assert alive == []
            assert "Traceback" not in log.read_text()
        finally:
            if first.poll() is None:
                os.killpg(first.pid, signal.SIGKILL)

    asyncio.run(stand())


def _one_by_one(values: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Values by dotted key, as they are written on a command line; what is None is not written there."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _one_by_one(value, f"{before}{key}.")
        elif value is not None:
            yield f"{before}{key}", value


def test_a_display_that_nobody_serves_is_told_before_anything_starts(tmp_path: Path) -> None:
    for name in (":7654", ":7654.0"):
        assert not answers(name)
        ran = kiosk("demo", "--out", tmp_path / "out", folder=tmp_path, DISPLAY=name)
        assert ran.code == 1
        assert f"屏幕 {name} 没有应答 → " in ran.err
        found = {each["name"]: each["ok"] for each in kiosk("doctor", "--json", folder=tmp_path, DISPLAY=name).json}
        assert found["显示"] is False


@pytest.mark.screen
def test_a_display_that_somebody_serves_answers(display: str) -> None:
    assert answers(display)
    assert answers(f"{display}.0")


def test_a_demo_does_not_empty_folders_that_are_not_its_own(tmp_path: Path) -> None:
    mine = tmp_path / "papers"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    ran = kiosk("demo", "--headless", "--out", tmp_path, folder=tmp_path)
    assert ran.code == 1
    assert "不敢清空" in ran.err
    assert (mine / "thesis.txt").exists()


def test_a_demo_that_cannot_write_says_where(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/kiosk-demo")):
        ran = kiosk("demo", "--headless", "--out", out, folder=tmp_path)
        assert ran.code == 1
        assert f"检查 {out} 能不能写" in ran.err


def test_a_port_in_use_is_told_with_its_number(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = kiosk("demo", "--headless", "--dock-port", str(port), "--out", tmp_path / "out", folder=tmp_path)
    assert ran.code == 1
    assert f"端口 {port} 已被别的程序占用 → " in ran.err


def test_without_a_virtual_screen_the_package_is_named(tmp_path: Path) -> None:
    ran = kiosk("demo", "--headless", "--out", tmp_path / "out", folder=tmp_path, PATH=str(tmp_path))
    assert ran.code == 1
    assert "没有安装 Xvfb" in ran.err
    assert "apt-get install xvfb" in ran.err


def test_an_interrupted_demo_has_not_succeeded(tmp_path: Path) -> None:
    with subprocess.Popen(
        [COMMAND, "demo", "--headless", "--out", tmp_path / "out"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        _until((tmp_path / "out" / "stage" / "state" / "journal.sqlite").exists, 20)
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in told


def test_the_page_names_every_figure_of_the_demos_report() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    for name in touch_figures([]):
        assert f'"{name}"' in page
