"""`kiosk face match A.jpg B.jpg`: compare two photographs, for the bench."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kiosk.cli.common import add_json, say, say_json
from kiosk.cli.failure import Failure, Usage, why
from kiosk.cli.parser import subcommands


def add(commands: Any) -> None:
    """Add the subcommand and its own."""
    parser = commands.add_parser("face", help="单独试人脸比对")
    actions = subcommands(parser, "action")
    match = actions.add_parser("match", help="比对两张照片")
    match.add_argument("first", type=Path, metavar="A.jpg", help="一张照片")
    match.add_argument("second", type=Path, metavar="B.jpg", help="另一张")
    add_json(match)
    match.set_defaults(run=run_match)


_WORDS = {
    "match": "是同一个人",
    "unsure": "说不准",
    "no_match": "没有比中",
    "no_face": "有一张里找不到人脸",
    "many_faces": "有一张里不止一张脸",
}


def run_match(arguments: argparse.Namespace) -> int:
    """Print the decision; exit 0 whatever it is, 2 when a file cannot be read as a photograph, 1 without a face engine."""
    from kiosk.identity.face.compare import compare_files
    from kiosk.identity.face.engine import EngineMissing
    from kiosk.locales.marks import chinese_marks

    for file in (arguments.first, arguments.second):
        if file.exists() and not (file.is_file() or file.is_dir()):
            raise Usage(f"{file}：不是普通文件 → 请给一个 JPEG 或 PNG 照片文件")
    try:
        found = compare_files(arguments.first, arguments.second)
    except OSError as error:
        raise Usage(why(error)) from None
    except ValueError as error:
        raise Usage(str(error)) from None
    except EngineMissing as error:
        raise Failure(chinese_marks(str(error))) from None
    if arguments.json:
        say_json(found)
    else:
        distance = "" if found["distance"] is None else f"，距离 {found['distance']}"
        say(f"{found['decision']}：{_WORDS[found['decision']]}{distance}")
    return 0
