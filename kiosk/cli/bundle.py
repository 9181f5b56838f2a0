"""`kiosk bundle`: the diagnostic bundle of this machine, signed and without personal data; and whether one that came is genuine."""

from __future__ import annotations

import argparse
import errno
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kiosk.cli.common import add_json, say, say_json
from kiosk.cli.failure import Failure, Usage, why
from kiosk.cli.measuring import add_machine, believing, measured
from kiosk.cli.trusting import add_trust, trusted_roots


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("bundle", help="诊断包：签名，不含个人信息")
    add_machine(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="写到这个文件夹，例如 U 盘")
    parser.add_argument("--verify", type=Path, metavar="FILE", help="核验收到的一个诊断包")
    parser.add_argument("--unpack", type=Path, metavar="DIR", help="核验通过后，解到这个文件夹")
    add_trust(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make or verify; exit 1 for a bundle that is not genuine."""
    if arguments.verify:
        return _verify(arguments)
    if not (arguments.site and arguments.profile and arguments.out):
        raise Usage("要做诊断包，就给出 --site、--profile 和 --out；核验收到的，用 --verify FILE")
    return _make(arguments)


def _make(arguments: argparse.Namespace) -> int:
    """Of a kiosk that runs beside it or does not: everything is read from its files, and none of them is changed."""
    import msgspec

    from kiosk.attest import statement
    from kiosk.bundle import contents, sealed
    from kiosk.bundle.devices import last_known
    from kiosk.cli.snapshot import logbook_copy, snapshot
    from kiosk.journal.store import JournalError
    from kiosk.logbook.store import LogbookError
    from kiosk.maintenance.readiness.report import kept
    from kiosk.opening import pauses, start

    _require_folder(arguments.out)
    here = measured(arguments)
    site, now = here.site, datetime.now(UTC)
    state = site.state_folder
    paused = pauses.running(state / pauses.FILE, now.timestamp())
    try:
        with snapshot(state / "journal.sqlite") as journal, logbook_copy(state / "logbook.sqlite") as logbook:
            report = kept(logbook)
            files = contents.contents(
                site=site,
                devices=last_known(here.bound.profile, logbook),
                bound=here.bound,
                pauses=paused or (),
                start={**start.left_behind(state), "pauses_unreadable": paused is None},
                logbook=logbook,
                records=journal,
                attestation=statement.sign(here.found, site.kiosk_id, here.signer, at=now),
                report=None if report is None else msgspec.to_builtins(report),
            )
        raw = sealed.seal(files, site.kiosk_id, here.signer, site.keys.operator_roots, at=now)
    except OSError as error:
        raise Usage(why(error)) from None
    except (ValueError, JournalError, LogbookError) as error:
        raise Failure(f"做不成诊断包：{error} → 检查钥匙、证书和 state_folder") from None
    path = arguments.out / sealed.name_of(site.kiosk_id, now.astimezone(site.zone))
    _write(path, raw)
    if arguments.json:
        say_json({"file": str(path), "files": sorted(files)})
    else:
        say(f"已写到 {path}")
    return 0


def _require_folder(out: Path) -> None:
    """Before the work, which takes seconds: whether there is somewhere to write to."""
    if out.is_dir():
        return
    if out.exists():
        raise Usage(f"--out {out}：是文件，不是文件夹 → 给出文件夹，例如 U 盘挂载在的 {out.parent}；文件名由本命令来取")
    raise Usage(
        f"--out {out}：没有这个文件夹 → 要写到 U 盘，先插好并挂载它（lsblk 能看到挂载在哪里）；否则先建好文件夹"
    )


def _write(path: Path, raw: bytes) -> None:
    from kiosk.bindings.whole import write_whole

    try:
        write_whole(path, raw)
    except OSError as error:
        path.with_name(f".{path.name}.new").unlink(missing_ok=True)
        raise Usage(f"--out {path.parent}：{_UNWRITABLE.get(error.errno or 0) or why(error)}") from None


_UNWRITABLE = {
    errno.ENOSPC: "满了 → 腾出空间，或换一个文件夹",
    errno.EDQUOT: "满了 → 腾出空间，或换一个文件夹",
    errno.EROFS: "不让写 → 打开 U 盘的写保护开关，或换一个文件夹",
    errno.EACCES: "没有写的权限 → 换有权限的账号，或换一个文件夹",
    errno.EPERM: "没有写的权限 → 换有权限的账号，或换一个文件夹",
}


def _verify(arguments: argparse.Namespace) -> int:
    from kiosk.bundle import sealed

    roots = trusted_roots(arguments)
    with believing(arguments.verify, "诊断包", "kiosk bundle 或机器写到 U 盘的文件"):
        opened = sealed.open_sealed(arguments.verify.read_bytes(), roots)
        if arguments.unpack:
            _unpack(opened.files, arguments.unpack)
    if arguments.json:
        facts = {"kiosk": opened.kiosk, "at": opened.at, "chain_broken_at": opened.chain, "withheld": opened.withheld}
        say_json({"genuine": True, **facts, "files": sorted(opened.files)})
    else:
        say(f"真的：{opened.kiosk} 在 {opened.at} 签的，{len(opened.files)} 个文件")
        say("防篡改记录完整" if opened.chain is None else f"防篡改记录在第 {opened.chain} 条断开")
        if opened.withheld:
            say(f"有 {opened.withheld} 条记录没有导出（里面有像公民身份号码的内容，请报告维护者）")
    return 0


def _unpack(files: dict[str, bytes], folder: Path) -> None:
    """The names are ours: `open_sealed` takes no others."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
