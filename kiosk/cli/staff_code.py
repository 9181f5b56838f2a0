"""`kiosk staff key` and `kiosk staff code`: the operator's side of codes by telephone. No machine, no network."""

from __future__ import annotations

import argparse
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.cli.common import add_json, reading_settings, say, say_json
from kiosk.cli.failure import Failure, why


def add(actions: Any) -> None:
    """Add both."""
    key = actions.add_parser("key", help="为一台机器做授权码的密钥文件，机器和运营方各存一份")
    key.add_argument("file", type=Path, metavar="FILE", help="写到哪个文件；已有的不会被覆盖")
    key.set_defaults(run=run_key)
    code = actions.add_parser("code", help="运营方：给不在名单里的人做一个电话授权码")
    code.add_argument(
        "--secret", type=Path, required=True, metavar="FILE", help="这台机器的密钥文件（kiosk staff key）"
    )
    code.add_argument("--kiosk", type=_kiosk, required=True, metavar="ID", help="终端编号，例如 XJ-0001")
    code.add_argument("--role", default="technician", choices=("technician", "keeper"), help="放行的角色（默认维修员）")
    code.add_argument("--number", type=_number, required=True, metavar="N", help="这个人的工号，四位数字")
    code.add_argument(
        "--at", type=moment, metavar="TIME", help='机器的钟不准时：机器屏幕上显示的时间，例如 "2026-11-20 09:41"'
    )
    add_json(code)
    code.set_defaults(run=run_code)


def run_key(arguments: argparse.Namespace) -> int:
    """Make a secret."""
    from kiosk.maintenance.door.private import make_key

    try:
        make_key(arguments.file)
    except FileExistsError:
        raise Failure(f"{arguments.file}：已有这个文件，不覆盖 → 换一个名字，或先把旧的移走") from None
    except OSError as error:
        raise Failure(why(error)) from None
    say(f"{arguments.file} 已做好。放到机器上，在站点文件的 [staff] 里写 time_codes；运营方另存一份，用来做授权码。")
    return 0


def run_code(arguments: argparse.Namespace) -> int:
    """Make a code, to be read out."""
    from kiosk.maintenance.door import time_codes
    from kiosk.maintenance.door.private import read_key
    from kiosk.maintenance.door.rules import rules
    from kiosk.maintenance.rights import Role

    at = arguments.at or datetime.now().astimezone()
    with reading_settings():
        secret = read_key(arguments.secret)
    rule, role = rules().time_code, Role(arguments.role)
    given = {"kiosk": arguments.kiosk, "role": role, "number": arguments.number, "at": at.timestamp(), "rule": rule}
    code = time_codes.make(secret, **given)
    window = time_codes.window(at.timestamp(), rule)
    begins, ends = (datetime.fromtimestamp(each, at.tzinfo) for each in window)
    if arguments.json:
        told = {"code": code, "kiosk": arguments.kiosk, "role": role.value, "number": arguments.number}
        say_json({**told, "from": begins.isoformat(), "until": ends.isoformat()})
        return 0
    say(f"授权码 {code[:4]} {code[4:]}")
    say(f"只在 {arguments.kiosk}、工号 {arguments.number} 有效，用一次；按机器的钟，{begins:%H:%M} 到 {ends:%H:%M}。")
    say('读码前先问机器屏幕上的时间；与这里差得多，用 --at "机器上的时间" 另做一个。')
    return 0


def moment(text: str) -> datetime:
    """A date with a time of day; of this machine's zone where it names none."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise argparse.ArgumentTypeError(f'{text} 不是时间，要写成 "2026-11-20 09:41" 这样') from None


def _kiosk(text: str) -> str:
    if not re.fullmatch(r"[A-Z0-9-]{4,24}", text):
        raise argparse.ArgumentTypeError(f"{text} 不是终端编号，要写成 XJ-0001 这样，与站点文件的 kiosk_id 相同")
    return text


def _number(text: str) -> str:
    if not re.fullmatch(r"[0-9]{4}", text):
        raise argparse.ArgumentTypeError(f"{text} 不行，工号要四位数字")
    return text
