"""`kiosk journal show`: what happened, from the journal file. There is no personal data in it to hide."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.cli.common import add_json, fail, say, say_json


def add(commands: Any) -> None:
    """Add the subcommand and its own."""
    parser = commands.add_parser("journal", help="the journal")
    actions = parser.add_subparsers(dest="action", required=True)
    show = actions.add_parser("show", help="operations, outbox and audit chain")
    where = show.add_mutually_exclusive_group(required=True)
    where.add_argument("--site", type=Path, help="the site's TOML file")
    where.add_argument("--file", type=Path, help="the journal file itself")
    add_json(show)
    show.set_defaults(run=run_show)


def run_show(arguments: argparse.Namespace) -> int:
    """Print the journal; exit 1 when its chain is broken."""
    from kiosk.journal.store import Journal, JournalError
    from kiosk.settings.reading import Mistake
    from kiosk.settings.site import load_site

    try:
        path = arguments.file or load_site(arguments.site).state_folder / "journal.sqlite"
        if not path.is_file():
            return fail(f"{path}: 没有日志文件 → 检查路径;机器运行过一次后才会有")
        journal = Journal(path)
    except (Mistake, JournalError) as error:
        return fail(str(error))
    broken = journal.verify_chain()
    try:
        if arguments.json:
            say_json(as_json(journal, broken))
        else:
            for line in as_text(journal, broken):
                say(line)
    except JournalError as error:
        return fail(f"{error} → 链条在第 {broken} 条断开;把这个文件交给管理员,不要再改动")
    finally:
        journal.close()
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
