"""`kiosk demo`: the whole visit on emulated devices and the embedded platform; a window where there is a display."""

from __future__ import annotations

import argparse
import asyncio
import errno
import logging
import os
import secrets
from pathlib import Path
from typing import Any

from kiosk.cli.common import say, until_told
from kiosk.cli.failure import Exit, Failure, why
from kiosk.cli.parser import port


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("demo", help="在模拟设备上把整个流程走一遍")
    parser.add_argument("--headless", action="store_true", help="不用显示器：虚拟屏，由程序代替来办事的人")
    parser.add_argument(
        "--out", type=Path, default=Path("out/demo"), metavar="DIR", help="图片和纸张放在哪个文件夹（默认 out/demo）"
    )
    parser.add_argument("--dock-port", type=port, default=0, metavar="N", help="操作台网页的端口（0：任意）")
    parser.add_argument("--seed", type=int, metavar="N", help="抽取人员和编号的种子（默认随机）")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run with a window until it is ended, or headless through both visits."""
    from kiosk.demo.headless import run_headless
    from kiosk.demo.windowed import run_windowed
    from kiosk.journal.sole import sole_user
    from kiosk.journal.store import JournalError
    from kiosk.shell.display import answers

    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    seed = secrets.randbits(31) if arguments.seed is None else arguments.seed
    headless = arguments.headless or not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    say(f"演示：人员与编号的种子 {seed}")
    _refuse_strange(arguments.out)
    shown_on = os.environ.get("DISPLAY", "")
    if not headless and not answers(shown_on):
        raise Failure(f"屏幕 {shown_on} 没有应答 → 改正 DISPLAY，或加 --headless 用虚拟屏")
    try:
        with sole_user(arguments.out):
            if headless:
                work = run_headless(arguments.out, seed=seed, dock_port=arguments.dock_port)
                return asyncio.run(until_told(work, told=Exit.INTERRUPTED))
            return asyncio.run(until_told(run_windowed(arguments.out, seed=seed, dock_port=arguments.dock_port)))
    except JournalError as error:
        cure = f"已有一个演示在用它，就先结束那一个；否则检查 {arguments.out} 能不能写，或用 --out 换一个"
        raise Failure(f"文件夹用不了（{error}）→ {cure}") from None
    except (RuntimeError, OSError) as error:
        raise Failure(f"演示没有走完：{_said(error, arguments.dock_port)}") from None


def _refuse_strange(out: Path) -> None:
    """Its folders are emptied: those of somebody else must not be."""
    there = [each for each in ("screens", "papers", "stage") if (out / each).exists()]
    left_by_us = (out / "kiosk.lock").exists() or (out / "stage" / "site.toml").exists()
    if there and not left_by_us:
        raise Failure(f"{out} 里已有 {'、'.join(there)}，不像是演示留下的，不敢清空 → 用 --out 换一个文件夹")


def _said(error: Exception, dock_port: int) -> str:
    if not isinstance(error, OSError):
        return str(error)
    if error.errno == errno.EADDRINUSE:
        return f"端口 {dock_port} 已被别的程序占用 → 用 --dock-port 换一个"
    return why(error)
