"""`kiosk report`: the newest readiness report of this machine, as text, page, QR code or JSON; and whether one is genuine."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kiosk.cli.common import add_json, reading_settings, say, say_json
from kiosk.cli.failure import Failure, Usage, why
from kiosk.cli.trusting import add_trust, trusted_roots

_OLD_HOURS = 24


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("report", help="就绪报告：哪些能用、纸用到哪天、什么版本")
    parser.add_argument(
        "--site", type=Path, metavar="SITE.toml", help="站点文件；报告在它的 state_folder 里，用它的钥匙签名"
    )
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="画成一页纸（PDF），写到这个文件")
    parser.add_argument("--qr", type=Path, metavar="FILE", help="签名摘要的二维码（PNG 或 SVG），写到这个文件")
    parser.add_argument("--verify", metavar="FILE", help="核验一份签名摘要（扫码得到的文字）；写 - 就从标准输入读")
    add_trust(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show or verify; exit 0 for a machine that is ready and for a genuine text, 1 otherwise."""
    if arguments.verify:
        return _verify(arguments)
    if arguments.site is None:
        raise Usage("要看这台机器的报告，就给出 --site；核验别处的摘要，用 --verify FILE")
    return _show(arguments)


def _show(arguments: argparse.Namespace) -> int:
    import msgspec

    from kiosk.documents.signer import KeyFile
    from kiosk.maintenance.readiness import compact, paper
    from kiosk.maintenance.readiness.report import Ready
    from kiosk.settings.site import load_site

    with reading_settings():
        site = load_site(arguments.site)
    report = _newest(site.state_folder / "logbook.sqlite")
    text = compact.text_of(report)
    try:
        if arguments.pdf or arguments.qr:
            signer = KeyFile(site.keys.kiosk_key, site.keys.kiosk_certificate)
            signed = compact.signed(text, signer, at=datetime.now(UTC))
            if arguments.pdf:
                arguments.pdf.write_bytes(paper.draw(report, signed))
            if arguments.qr:
                compact.code(signed).save(str(arguments.qr), scale=6)
    except OSError as error:
        raise Usage(why(error)) from None
    except ValueError as error:
        raise Failure(f"做不成：{error} → 按 docs/install.md 第 4 节检查钥匙和证书；二维码写成 .png 或 .svg") from None
    if arguments.json:
        say_json({"state": report.state.value, **msgspec.to_builtins(report)})
    else:
        say(text)
        if time.time() - report.at > _OLD_HOURS * 3600:
            say(f"提醒：这份报告是 {_OLD_HOURS} 小时以前的 → 机器可能没有在运行")
    return 0 if report.state is Ready.READY else 1


def _newest(path: Path) -> Any:
    from kiosk.cli.snapshot import logbook_copy
    from kiosk.maintenance.readiness.report import kept

    with logbook_copy(path) as logbook:
        report = kept(logbook)
    if report is None:
        raise Failure(f"{path}：还没有报告 → 机器运行几分钟后才有")
    return report


def _verify(arguments: argparse.Namespace) -> int:
    from kiosk.documents.chain import NotGenuine
    from kiosk.maintenance.readiness import compact

    try:
        raw = sys.stdin.buffer.read(_LONGEST) if arguments.verify == "-" else Path(arguments.verify).read_bytes()
        judged = compact.verified(raw[:_LONGEST].decode("utf-8", "replace"), trusted_roots(arguments))
    except OSError as error:
        raise Usage(why(error)) from None
    except NotGenuine as error:
        raise Failure(f"不是真的（{error}）→ 不要采信，到机器前重新扫码") from None
    except ValueError:
        raise Failure("不是签名摘要，或没有扫全 → 重新扫码，把全部文字放进来") from None
    if arguments.json:
        say_json({"genuine": True, "kiosk": judged.kiosk, "at": judged.at.isoformat(), "text": judged.text})
    else:
        say(f"真的：{judged.kiosk} 在 {judged.at.isoformat()} 签的")
        say(judged.text)
    return 0


_LONGEST = 10_000
"""Bytes; a code holds fewer than 3,000."""
