"""`kiosk doctor`: is this machine fit to run a kiosk? Each finding with its cure."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kiosk.cli.common import add_json, say, say_json
from kiosk.shell.display import answers


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `cure` is empty when it is well."""

    name: str
    ok: bool
    found: str
    cure: str = ""


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("doctor", help="这台机器能不能运行 kiosk")
    parser.add_argument("--site", type=Path, metavar="SITE.toml", help="同时按 kiosk check 检查这个站点文件")
    parser.add_argument("--profile", type=Path, metavar="PROFILE.toml", help="同时检查这个机型文件；不写就查自带的")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look at everything; exit 1 when something needs a cure."""
    findings = [check() for check in (python, fonts, face_engine, display, sound, memory, clock)]
    findings += settings(arguments.site, arguments.profile)
    if arguments.json:
        say_json([asdict(each) for each in findings])
    else:
        for each in findings:
            say(
                f"{'好' if each.ok else '需处理'}  {each.name}：{each.found}" + (f" → {each.cure}" if each.cure else "")
            )
    return 0 if all(each.ok for each in findings) else 1


def python() -> Finding:
    """Python 3.11 to 3.13."""
    found = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("Python", good, found, "" if good else "安装 Python 3.11、3.12 或 3.13")


def fonts() -> Finding:
    """The prepared fonts."""
    from kiosk import fonts as prepared

    needed: list[Callable[[], Any]] = [
        prepared.screen_regular,
        prepared.screen_bold,
        prepared.traditional,
        prepared.paper,
        prepared.rare,
    ]
    try:
        for each in needed:
            each()
    except FileNotFoundError as error:
        return Finding("字库", False, f"缺少 {error.filename or prepared.folder()}", "运行 make setup")
    return Finding("字库", True, str(prepared.folder()))


def face_engine() -> Finding:
    """The face engine's model files, found without loading them."""
    spec = importlib.util.find_spec("face_recognition_models")
    engine = importlib.util.find_spec("dlib")
    good = spec is not None and engine is not None
    return Finding("人脸引擎", good, "已安装" if good else "缺少", "" if good else "运行 make setup")


def display() -> Finding:
    """A display to draw on, or Xvfb for a run without one."""
    name = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if name:
        good = answers(name)
        cure = "" if good else "打开这个屏幕（X 服务），或改正 DISPLAY"
        return Finding("显示", good, name if good else f"{name} 没有应答", cure)
    virtual = shutil.which("Xvfb")
    cure = "" if virtual else "接上显示器，或安装 xvfb"
    return Finding("显示", virtual is not None, "没有显示器，可用虚拟屏" if virtual else "没有", cure)


def sound() -> Finding:
    """A sound card. Without one there are captions only, which is no fault of the machine."""
    from kiosk.voice.card import cards, keep_alsa_quiet

    keep_alsa_quiet()
    found = cards()
    return Finding("声音", True, "、".join(found) if found else "没有声卡，只显示字幕")


NEEDED_MIB = 1024
"""PSS of a production visit is at most 550 MB; the rest is for X and the system."""


def memory() -> Finding:
    """Memory that is free for a visit."""
    import psutil

    free = psutil.virtual_memory().available // 2**20
    good = free >= NEEDED_MIB
    return Finding("内存", good, f"可用 {free} MiB", "" if good else f"至少要 {NEEDED_MIB} MiB")


LAST_CENTURY_MISTAKE = 1_735_689_600.0
"""2025-01-01. A clock before this was lost in a power cut; papers must not carry its time."""


def clock() -> Finding:
    """The clock is plausible; whether it is right, the platform's answer shows at each precheck."""
    import time

    good = time.time() > LAST_CENTURY_MISTAKE
    return Finding("时钟", good, time.strftime("%Y-%m-%d %H:%M"), "" if good else "校准系统时间（NTP）")


def settings(site: Path | None, profile: Path | None) -> list[Finding]:
    """The settings files, as `kiosk check` judges them."""
    from kiosk.cli.check import mistakes

    lines = mistakes([site] if site else [], [profile] if profile else [], {}, {})
    return [
        Finding("配置", not lines, "没有发现问题" if not lines else "；".join(lines), "按提示改正" if lines else "")
    ]
