"""`kiosk verify CODE-TEXT`: what a printed paper's code is worth."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.cli.common import add_json, reading_settings, say, say_json
from kiosk.cli.failure import Usage, why

if TYPE_CHECKING:
    from kiosk.gateways.transport import HttpSettings

TRUST_VARIABLE = "KIOSK_OPERATOR_ROOTS"
PLATFORM_VARIABLE = "KIOSK_PLATFORM"


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("verify", help="核验打印件上的码")
    parser.add_argument("code", metavar="CODE-TEXT", help="二维码的文字；写 - 就从标准输入读")
    parser.add_argument("--offline", action="store_true", help="不问平台这份材料现在是否还有效")
    parser.add_argument("--site", type=Path, metavar="SITE.toml", help="信任谁、问哪个平台，都按这个站点文件")
    parser.add_argument(
        "--trust", type=Path, metavar="ROOTS.pem", help=f"运营方的根证书（或用环境变量 {TRUST_VARIABLE}）"
    )
    parser.add_argument("--platform", metavar="URL", help=f"平台的网址（或用环境变量 {PLATFORM_VARIABLE}）")
    parser.add_argument("--authority", type=Path, metavar="CA.pem", help="平台 TLS 证书的根证书，平台用自建的根时才要")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the verdict; exit 0 for a genuine paper (also with unknown status), 1 for every other verdict."""
    with reading_settings():
        roots, platform = _sources(arguments)
    verdict = asyncio.run(_judge(_text(arguments.code), roots, platform))
    if arguments.json:
        import msgspec

        facts = msgspec.to_builtins(verdict)
        say_json({"verdict": facts.pop("finding"), **facts})
    else:
        say(verdict.sentence)
    return 0 if verdict.finding.value in ("genuine", "genuine_status_unknown") else 1


def _text(argument: str) -> str:
    if argument != "-":
        return argument
    # What is no text is no code either, and is judged as one.
    return sys.stdin.buffer.read(LONGEST_INPUT).decode("utf-8", "replace").strip("\r\n")


LONGEST_INPUT = 20_000
"""Bytes read from standard input; a code has fewer than 1,500."""


def _sources(arguments: argparse.Namespace) -> tuple[Sequence[Any], HttpSettings | None]:
    """Return whom to trust, and the platform to ask (None: nobody). Raise Usage."""
    from kiosk.settings.site import load_site

    trust, authority = arguments.trust, arguments.authority
    platform = arguments.platform or os.environ.get(PLATFORM_VARIABLE, "")
    if arguments.site:
        site = load_site(arguments.site)
        trust, authority = trust or site.keys.operator_roots, authority or site.platform.authority_file
        platform = platform or site.platform.url
    if trust is None and os.environ.get(TRUST_VARIABLE):
        trust = Path(os.environ[TRUST_VARIABLE])
    if trust is None:
        raise Usage(f"不知道信任谁签的码 → 给出 --site，或 --trust ROOTS.pem，或环境变量 {TRUST_VARIABLE}")
    roots = _roots(trust)
    return roots, None if arguments.offline or not platform else _platform(platform, authority)


def _roots(trust: Path) -> Sequence[Any]:
    from kiosk.documents.chain import load_roots

    try:
        return load_roots(trust)
    except OSError as error:
        raise Usage(why(error)) from None
    except ValueError as error:
        raise Usage(f"{trust}：不能当根证书用（{error}）→ 向运营方要根证书（PEM）") from None


def _platform(address: str, authority: Path | None) -> HttpSettings:
    from kiosk.gateways import transport

    try:
        if authority is not None:
            transport.trust(authority)
        return transport.HttpSettings(address=address, authority_file=authority)
    except OSError as error:
        raise Usage(why(error)) from None
    except ValueError as error:
        raise Usage(
            f"平台 {address} 用不了（{error}）→ 写成 https://主机[:端口][/路径]；http 只能用于本机（127.0.0.1）"
        ) from None


async def _judge(text: str, roots: Sequence[Any], platform: HttpSettings | None) -> Any:
    from kiosk.documents.verify import judge

    if platform is None:
        return await judge(text, operator_roots=roots, now=time.time())
    from kiosk.gateways.http import HttpPlatform
    from kiosk.operations.lookup import public_lookup

    client = HttpPlatform(platform)
    try:
        return await judge(text, operator_roots=roots, now=time.time(), lookup=public_lookup(client))
    finally:
        await client.aclose()
