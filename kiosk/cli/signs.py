"""`kiosk signs`: which captions have a clip in sign language, and what is wrong with a folder of clips."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.cli.common import add_json, say, say_json
from kiosk.cli.parser import subcommands

if TYPE_CHECKING:
    from kiosk.sign_language.clips import Clips


def add(commands: Any) -> None:
    """Add the subcommand and its own."""
    parser = commands.add_parser("signs", help="手语：哪些字幕有手语片段，还缺哪些")
    actions = subcommands(parser, "action")
    check = actions.add_parser("check", help="检查一个片段文件夹；不写文件夹就列出所有要拍的话")
    check.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="放着 manifest.toml 和片段的文件夹")
    add_json(check)
    check.set_defaults(run=run_check)


def run_check(arguments: argparse.Namespace) -> int:
    """Tell how many captions have a clip, and which have none; exit 1 when something is wrong with the folder."""
    from kiosk.settings.reading import Mistake
    from kiosk.sign_language.captions import standing
    from kiosk.sign_language.clips import Clips

    clips: Clips | None = None
    lines: list[str] = []
    if arguments.folder is not None:
        try:
            clips = Clips(arguments.folder)
            lines = mistakes(clips)
        except Mistake as mistake:
            lines = mistake.lines
    found = standing(clips)
    total = len(found.signed) + len(found.unsigned)
    if arguments.json:
        missing = [{"key": each.key, "says": each.text} for each in found.unsigned]
        say_json({"captions": total, "signed": len(found.signed), "missing": missing, "mistakes": lines})
        return 1 if lines else 0
    for each in found.unsigned:
        say(f"没有片段：{each.key}  {each.text}")
    for line in lines:
        say(line)
    say(summary(clips))
    return 1 if lines else 0


def summary(clips: Clips | None) -> str:
    """How many captions are signed, in a line."""
    from kiosk.sign_language.captions import standing

    found = standing(clips)
    signer = f"；{clips.manifest.signer}，{clips.manifest.licence}" if clips is not None else ""
    return f"手语：字幕 {len(found.signed) + len(found.unsigned)} 句，有片段的 {len(found.signed)} 句{signer}"


def mistakes(clips: Clips) -> list[str]:
    """A line for each file that cannot be shown, and for each that signs what is written nowhere any more."""
    from kiosk.sign_language.captions import standing
    from kiosk.sign_language.clips import MANIFEST
    from kiosk.sign_language.settings import sign_settings

    limits = sign_settings().clip
    where = clips.folder / MANIFEST
    lines = [f"{where}: {file}: 字幕已经改了，这个片段不会再放 → 照新的字幕重拍" for file in standing(clips).stale]
    for clip in clips.manifest.clips:
        wrong = _wrong_with(clips.folder / clip.file, limits.most_px, limits.most_seconds)
        lines += [f"{where}: {clip.file}: {wrong}"] if wrong else []
    return lines


def _wrong_with(path: Path, most_px: int, most_seconds: int) -> str:
    from kiosk.sign_language.film import about

    if not path.is_file():
        return "没有这个文件 → 放到 manifest.toml 旁边"
    try:
        found = about(path)
    except ValueError:
        return "放不了 → 存成 MP4（H.264）或 WebM（VP9）"
    if max(found.width, found.height) > most_px:
        return f"{found.width} × {found.height} 像素，太大 → 每边至多 {most_px}"
    if found.seconds > most_seconds:
        return f"{found.seconds:.0f} 秒，太长 → 至多 {most_seconds} 秒"
    return ""
