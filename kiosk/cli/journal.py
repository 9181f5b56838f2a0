"""`kiosk journal show`: what happened, from the journal file. There is no personal data in it to hide."""

from __future__ import annotations

import argparse
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.cli.common import add_json, reading_settings, say, say_json
from kiosk.cli.failure import Failure
from kiosk.cli.parser import subcommands


def add(commands: Any) -> None:
    """Add the subcommand and its own."""
    parser = commands.add_parser("journal", help="日志")
    actions = subcommands(parser, "action")
    show = actions.add_parser("show", help="操作、待送达、防篡改记录")
    where = show.add_mutually_exclusive_group(required=True)
    where.add_argument("--site", type=Path, metavar="SITE.toml", help="站点文件，日志在它的 state_folder 里")
    where.add_argument("--file", type=Path, metavar="FILE", help="日志文件本身")
    add_json(show)
    show.set_defaults(run=run_show)


def run_show(arguments: argparse.Namespace) -> int:
    """Print the journal; exit 1 when its chain is broken."""
    from kiosk.cli.snapshot import snapshot
    from kiosk.journal.store import JournalError
    from kiosk.settings.site import load_site

    with reading_settings():
        path = arguments.file or load_site(arguments.site).state_folder / "journal.sqlite"
    with snapshot(path) as journal:
        try:
            broken = journal.verify_chain()
            shown = as_json(journal, broken) if arguments.json else "\n".join(as_text(journal, broken))
        except (JournalError, sqlite3.Error, ValueError, TypeError) as error:
            # Somebody wrote into the file by hand. What stands there could be anything, so only the kind of mistake is told.
            raise Failure(
                f"{path}：里面有读不懂的记录（{type(error).__name__}）→ 把这个文件交给管理员，不要再改动"
            ) from None
    if arguments.json:
        say_json(shown)
    else:
        say(str(shown))
    return 0 if broken is None else 1


def as_json(journal: Any, broken: int | None) -> dict[str, Any]:
    """Return the journal as JSON values."""
    import msgspec

    return {
        "chain": "whole" if broken is None else f"broken at {broken}",
        "operations": [msgspec.to_builtins(each) for each in journal.operations()],
        "waiting": journal.waiting(),
        "audit": [msgspec.to_builtins(each) for each in journal.audit_rows()],
    }


def as_text(journal: Any, broken: int | None) -> list[str]:
    """Return the journal as lines for a person."""
    lines = ["== 操作"]
    for each in journal.operations():
        lines.append(f"{_time(each.updated)}  {each.kind} {each.id}  {each.state.value:<9} 编号 {each.serial or '-'}")
    lines += ["", f"== 待送达 {journal.waiting()}", "", "== 记录"]
    for row in journal.audit_rows():
        facts = "  ".join(f"{key}={value}" for key, value in row.payload.items())
        lines.append(f"{row.seq:>5} {_time(row.at)}  {row.event:<12} {row.operation:<17} {facts}".rstrip())
    lines += ["", "链条完整" if broken is None else f"链条在第 {broken} 条断开"]
    return lines


def _time(unix: float) -> str:
    return datetime.fromtimestamp(unix).astimezone().strftime("%Y-%m-%d %H:%M:%S")
