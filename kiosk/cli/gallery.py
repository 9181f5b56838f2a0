"""`kiosk gallery`: every screen in every look on every panel, as one page of pictures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from kiosk.cli.common import add_json, say, say_json
from kiosk.cli.failure import Usage
from kiosk.locales import languages, pilot_languages

_AXES = {
    "screen": "界面",
    "mode": "模式",
    "theme": "配色",
    "layout": "布局",
    "language": "语言",
    "panel": "屏幕",
}


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("gallery", help="把所有界面画成一页图册")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="写到这个文件夹，打开其中的 index.html")
    parser.add_argument(
        "--all", action="store_true", help="画出全部组合；不写就抽样：每个界面三张，任意两个取值都会碰到一起"
    )
    parser.add_argument("--staff", action="store_true", help="画维护人员看到的界面（只有一种样子）")
    for axis, title in _AXES.items():
        parser.add_argument(
            f"--{axis}", action="append", default=[], metavar=axis.upper(), help=f"只画这种{title}，可以写多次"
        )
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Draw; exit 0."""
    from kiosk.shell import gallery, matrix

    if arguments.staff:
        return _staff(arguments)
    only = {axis: tuple(given) for axis in _AXES if (given := getattr(arguments, axis))}
    known = {**matrix.values(), "language": (*languages(), *pilot_languages())}
    for axis, given in only.items():
        for value in given:
            if value not in known[axis]:
                raise Usage(f"--{axis}：没有 {value}，可用的有 {'、'.join(known[axis])}")
    cases = (matrix.whole if arguments.all else matrix.pairwise)(**only)

    def done(number: int, of: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number}/{of}")
            sys.stderr.flush()

    page = gallery.make(arguments.out, cases, done)
    if arguments.json:
        say_json({"page": str(page), "pictures": len(cases)})
    else:
        say(f"{page}：{len(cases)} 种组合")
    return 0


def _staff(arguments: argparse.Namespace) -> int:
    from kiosk.maintenance.samples import samples
    from kiosk.shell import album, tokens

    wanted = [screen for screen in samples() if not arguments.screen or screen.name in arguments.screen]
    if not wanted:
        names = "、".join(dict.fromkeys(screen.name for screen in samples()))
        raise Usage(f"--screen：维护界面里没有 {'、'.join(arguments.screen)}，可用的有 {names}")
    for panel in arguments.panel:
        if panel not in tokens.panels():
            raise Usage(f"--panel：没有 {panel}，可用的有 {'、'.join(tokens.panels())}")
    found = album.draw(arguments.out, wanted, arguments.panel or ("portrait_21",))
    if arguments.json:
        say_json({"page": str(arguments.out), "pictures": len(found)})
    else:
        say(f"{arguments.out}：{len(found)} 张图")
    return 0
