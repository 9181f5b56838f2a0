"""`kiosk verify CODE-TEXT`: what a printed paper's code is worth."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kiosk.cli.common import add_json, fail, say, say_json

TRUST_VARIABLE = "KIOSK_OPERATOR_ROOTS"
PLATFORM_VARIABLE = "KIOSK_PLATFORM"


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("verify", help="judge the code of a printed paper")
    parser.add_argument("code", metavar="CODE-TEXT", help="what the QR code says, or - to read it from standard input")
    parser.add_argument("--offline", action="store_true", help="do not ask the platform whether the paper still counts")
    parser.add_argument("--site", type=Path, help="take trust and platform from this site file")
    parser.add_argument("--trust", type=Path, help=f"the operator's root certificates, PEM (or {TRUST_VARIABLE})")
    parser.add_argument("--platform", help=f"the platform's address (or {PLATFORM_VARIABLE})")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the verdict; exit 0 for a genuine paper (also with unknown status), 1 for every other verdict."""
    from kiosk.settings.reading import Mistake

    try:
        roots, platform = _sources(arguments)
        verdict = asyncio.run(_judge(_text(arguments.code), roots, "" if arguments.offline else platform))
    except (Mistake, OSError, ValueError) as error:
        return fail(str(error))
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
    import sys

    return sys.stdin.read(LONGEST_INPUT).strip("\r\n")


LONGEST_INPUT = 20_000
"""Characters read from standard input; a code has fewer than 1,500."""


def _sources(arguments: argparse.Namespace) -> tuple[Sequence[Any], str]:
    import os

    from kiosk.licences.sealed import read_roots
    from kiosk.settings.site import load_site

    trust, platform = arguments.trust, arguments.platform or os.environ.get(PLATFORM_VARIABLE, "")
    if arguments.site:
        site = load_site(arguments.site)
        trust, platform = trust or site.keys.operator_roots, platform or site.platform.url
    if trust is None and os.environ.get(TRUST_VARIABLE):
        trust = Path(os.environ[TRUST_VARIABLE])
    if trust is None:
        raise ValueError(f"whom to trust? give --site, --trust FILE, or set {TRUST_VARIABLE}")
    return read_roots(trust), platform


async def _judge(text: str, roots: Sequence[Any], platform: str) -> Any:
    from kiosk.documents.verify import judge

    if not platform:
        return await judge(text, operator_roots=roots, now=time.time())
    from kiosk.gateways.http import HttpPlatform
    from kiosk.gateways.transport import HttpSettings
    from kiosk.operations.lookup import public_lookup

    client = HttpPlatform(HttpSettings(address=platform))
    try:
        return await judge(text, operator_roots=roots, now=time.time(), lookup=public_lookup(client))
    finally:
        await client.aclose()
