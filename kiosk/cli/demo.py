"""`kiosk demo`: the whole visit on emulated devices and the embedded platform; a window where there is a display."""

from __future__ import annotations

import argparse
import asyncio
import errno
import logging
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.cli.common import reading_settings, say, until_told
from kiosk.cli.failure import Exit, Failure, Usage, why
from kiosk.cli.parser import port

if TYPE_CHECKING:
    from drivers.contract.common import DeviceClass
    from drivers.emulators.scenario import Scenario


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("demo", help="在模拟设备上把整个流程走一遍")
    parser.add_argument("--headless", action="store_true", help="不用显示器：虚拟屏，由程序代替来办事的人")
    parser.add_argument(
        "--out", type=Path, default=Path("out/demo"), metavar="DIR", help="图片和纸张放在哪个文件夹（默认 out/demo）"
    )
    parser.add_argument("--dock-port", type=port, default=0, metavar="N", help="操作台网页的端口（0：任意）")
    parser.add_argument("--seed", type=int, metavar="N", help="抽取人员和编号的种子（默认随机）")
    parser.add_argument(
        "--profile", type=Path, metavar="FILE", help="换一个机型来演示，里面的设备都用模拟的（默认自带的 demo）"
    )
    parser.add_argument(
        "--with",
        default="",
        metavar="CLASS,…",
        dest="classes",
        help="再加上这些类的模拟设备，例如 smart_card_reader,power_supply；all 是全部",
    )
    parser.add_argument("--scenario", type=Path, metavar="FILE", help="按剧本文件来演，由它代替来办事的人")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run with a window until it is ended, or headless through both visits, or through a scenario."""
    from kiosk.demo.headless import run_headless
    from kiosk.demo.windowed import run_windowed
    from kiosk.journal.sole import sole_user
    from kiosk.journal.store import JournalError
    from kiosk.shell.display import answers

    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    seed = secrets.randbits(31) if arguments.seed is None else arguments.seed
    headless = arguments.headless or not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    classes, played = _checked(arguments)
    say(f"演示：人员与编号的种子 {seed}")
    _refuse_strange(arguments.out)
    shown_on = os.environ.get("DISPLAY", "")
    if not headless and not answers(shown_on):
        raise Failure(f"屏幕 {shown_on} 没有应答 → 改正 DISPLAY，或加 --headless 用虚拟屏")
    how = {
        "seed": seed,
        "dock_port": arguments.dock_port,
        "base": arguments.profile,
        "classes": classes,
        "played": played,
    }
    try:
        with sole_user(arguments.out):
            if headless:
                return asyncio.run(until_told(run_headless(arguments.out, **how), told=Exit.INTERRUPTED))
            return asyncio.run(until_told(run_windowed(arguments.out, **how)))
    except JournalError as error:
        cure = f"已有一个演示在用它，就先结束那一个；否则检查 {arguments.out} 能不能写，或用 --out 换一个"
        raise Failure(f"文件夹用不了（{error}）→ {cure}") from None
    except (RuntimeError, OSError) as error:
        raise Failure(f"演示没有走完：{_said(error, arguments.dock_port)}") from None


def _checked(arguments: argparse.Namespace) -> tuple[tuple[DeviceClass, ...], Scenario | None]:
    """Read what was asked for, before anything starts or is emptied. Raise Usage for a mistake in it."""
    from drivers.emulators.scenario_file import ScenarioMistake
    from kiosk.demo.played import load_for_stage
    from kiosk.demo.roster import classes_named, demo_profile

    try:
        classes = classes_named(arguments.classes)
    except ValueError as error:
        raise Usage(f"--with {arguments.classes}：{error}") from None
    with reading_settings():
        profile = demo_profile(arguments.profile, classes)
    try:
        return classes, load_for_stage(arguments.scenario, profile) if arguments.scenario else None
    except ScenarioMistake as error:
        raise Usage("\n".join(error.lines)) from None


def _refuse_strange(out: Path) -> None:
    """Its folders are emptied: those of somebody else must not be."""
    there = [each for each in ("screens", "papers", "sound", "stage") if (out / each).exists()]
    left_by_us = (out / "kiosk.lock").exists() or (out / "stage" / "site.toml").exists()
    if there and not left_by_us:
        raise Failure(f"{out} 里已有 {'、'.join(there)}，不像是演示留下的，不敢清空 → 用 --out 换一个文件夹")


def _said(error: Exception, dock_port: int) -> str:
    if not isinstance(error, OSError):
        return str(error)
    if error.errno == errno.EADDRINUSE:
        return f"端口 {dock_port} 已被别的程序占用 → 用 --dock-port 换一个"
    return why(error)
