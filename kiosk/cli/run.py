"""`kiosk run --site SITE --profile PROFILE`: serve visitors."""

from __future__ import annotations

import argparse
import asyncio
import errno
import logging
from pathlib import Path
from typing import Any

from kiosk.cli.common import add_set, file_assignments, reading_settings, until_told
from kiosk.cli.failure import Failure, why
from kiosk.cli.parser import port


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("run", help="正式运行，接待来办事的人")
    parser.add_argument("--site", type=Path, required=True, metavar="SITE.toml", help="站点文件")
    parser.add_argument("--profile", type=Path, required=True, metavar="PROFILE.toml", help="机型文件")
    parser.add_argument(
        "--dock-port", type=port, default=0, metavar="N", help="演示和测试机型：操作台网页的端口（0：任意）"
    )
    add_set(parser, "profile.devices.camera.driver=v4l2")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT."""
    from kiosk.cli.check import unknown_items
    from kiosk.conformity import Kit
    from kiosk.journal.store import JournalError
    from kiosk.lives import serve
    from kiosk.settings.profile import load_profile
    from kiosk.settings.reading import Mistake
    from kiosk.settings.site import load_site

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    with reading_settings():
        for_site, for_profile = file_assignments(arguments)
        site = load_site(arguments.site, for_site)
        profile = load_profile(arguments.profile, for_profile)
        if lines := unknown_items(arguments.site, site):
            raise Mistake(lines)
    with reading_settings():
        try:
            return asyncio.run(until_told(serve(site, profile, dock_port=arguments.dock_port, conformity=Kit())))
        except JournalError as error:
            cure = f"已有一个 kiosk 在用它，就先停掉那一个；否则检查 {site.state_folder} 的权限和剩余空间"
            raise Failure(f"日志用不了（{error}）→ {cure}") from None
        except TimeoutError:
            raise Failure("窗口没有打开 → 检查 DISPLAY 指的屏幕是否在运行，再看 kiosk doctor") from None
        except OSError as error:
            raise Failure(f"启动不了：{_said(error, arguments.dock_port)}") from None
        except (ValueError, TypeError) as error:
            cure = f"运行 kiosk check --site {arguments.site} --profile {arguments.profile}，按提示改正"
            raise Failure(f"启动不了（{error}）→ {cure}") from None


def _said(error: OSError, dock_port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"端口 {dock_port} 已被别的程序占用 → 用 --dock-port 换一个"
    return why(error)
