"""`kiosk bundle`: the diagnostic bundle of this machine, signed and without personal data; and whether one that came is genuine."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kiosk.cli.common import add_json, reading_settings, say, say_json
from kiosk.cli.failure import Failure, Usage, why
from kiosk.cli.trusting import add_trust, trusted_roots


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("bundle", help="诊断包：签名，不含个人信息")
    parser.add_argument("--site", type=Path, metavar="SITE.toml", help="站点文件")
    parser.add_argument("--profile", type=Path, metavar="PROFILE.toml", help="机型文件")
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
    import msgspec

    from kiosk.attest import statement
    from kiosk.bindings.in_force import in_force
    from kiosk.bindings.whole import write_whole
    from kiosk.bundle import contents, sealed
    from kiosk.cli.snapshot import logbook_copy, snapshot
    from kiosk.documents.signer import KeyFile
    from kiosk.journal.store import JournalError
    from kiosk.logbook.store import LogbookError
    from kiosk.maintenance.readiness.report import kept
    from kiosk.settings.profile import load_profile
    from kiosk.settings.site import load_site

    now = datetime.now(UTC)
    with reading_settings():
        site = load_site(arguments.site)
        profile = load_profile(arguments.profile)
    state = site.state_folder
    try:
        signer = KeyFile(site.keys.kiosk_key, site.keys.kiosk_certificate)
        found = statement.state(site, in_force(site, profile).profile)
        with snapshot(state / "journal.sqlite") as journal, logbook_copy(state / "logbook.sqlite") as logbook:
            report = kept(logbook)
            files = contents.contents(
                site=site,
                devices=(),
                logbook=logbook,
                records=journal,
                attestation=statement.sign(found, site.kiosk_id, signer, at=now),
                report=None if report is None else msgspec.to_builtins(report),
            )
        path = arguments.out / sealed.name_of(site.kiosk_id, now.astimezone(site.zone))
        write_whole(path, sealed.seal(files, site.kiosk_id, signer, site.keys.operator_roots, at=now))
    except OSError as error:
        raise Usage(why(error)) from None
    except (ValueError, JournalError, LogbookError) as error:
        raise Failure(f"做不成诊断包：{error} → 检查钥匙、证书和 state_folder") from None
    if arguments.json:
        say_json({"file": str(path), "files": sorted(files)})
    else:
        say(f"已写到 {path}")
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from kiosk.bundle import sealed
    from kiosk.documents.chain import NotGenuine

    roots = trusted_roots(arguments)
    try:
        opened = sealed.open_sealed(arguments.verify.read_bytes(), roots)
        if arguments.unpack:
            _unpack(opened.files, arguments.unpack)
    except OSError as error:
        raise Usage(why(error)) from None
    except NotGenuine as error:
        raise Failure(f"{arguments.verify}：不是真的（{error}）→ 不要采信，请对方重新导出") from None
    except ValueError as error:
        raise Usage(f"{arguments.verify}：不是诊断包（{error}）→ 给出 kiosk bundle 或机器写到 U 盘的文件") from None
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
