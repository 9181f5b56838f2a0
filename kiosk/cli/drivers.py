"""`kiosk drivers lint | new`: what driver packages are worth, and the beginning of a new one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.cli.common import add_json, say, say_json
from kiosk.cli.failure import Failure, Usage
from kiosk.cli.parser import subcommands

if TYPE_CHECKING:
    from drivers.conformance.standing import Standing


def add(commands: Any) -> None:
    """Add the subcommand and its own."""
    parser = commands.add_parser("drivers", help="检查驱动包，或新写一个")
    actions = subcommands(parser, "action")
    linting = actions.add_parser("lint", help="检查说明文件，并按报告算出等级")
    linting.add_argument("--driver", action="append", default=[], metavar="ID", help="只看这个驱动，可以写多次")
    linting.add_argument("--signers", type=Path, metavar="FILE", help="认可的签名公钥（十六进制，一行一个）")
    add_json(linting)
    linting.set_defaults(run=run_lint)


def run_lint(arguments: argparse.Namespace) -> int:
    """Tell each driver's standing; exit 1 when something must be mended."""
    from drivers import registry
    from drivers.conformance.standing import standing

    known = registry.manifests()
    for each in arguments.driver:
        if each not in known:
            raise Usage(f"--driver {each}：没有这个驱动 → 可用的有 {'、'.join(known)}")
    trusted = _signers(arguments.signers)
    found = [standing(each) for each in arguments.driver or known]
    broken = () if arguments.driver else registry.problems()
    if arguments.json:
        say_json({"drivers": [_as_json(each, trusted) for each in found], "broken": list(broken)})
    else:
        for line in broken:
            say(f"不能用  {line}")
        for each in found:
            _tell(each, trusted)
    return 1 if broken or any(each.problems for each in found) else 0


def _tell(found: Standing, trusted: frozenset[str] | None) -> None:
    say(f"{found.driver:<16} {level_word(_level(found, trusted))}")
    for problem in found.problems:
        say(f"    要改：{problem}")
    for note in (*found.notes, *_untrusted(found, trusted)):
        say(f"    {note}")


def _as_json(found: Standing, trusted: frozenset[str] | None) -> dict[str, Any]:
    return {
        "driver": found.driver,
        "level": _level(found, trusted),
        "problems": list(found.problems),
        "notes": [*found.notes, *_untrusted(found, trusted)],
    }


def _level(found: Standing, trusted: frozenset[str] | None) -> str | None:
    return found.level.value if found.level is not None and not _untrusted(found, trusted) else None


def _untrusted(found: Standing, trusted: frozenset[str] | None) -> list[str]:
    if trusted is None:
        return []
    signers = {each.signer for each in (found.emulated, found.real) if each is not None}
    return [f"signer {each[:16]}… is not one of those named by --signers" for each in sorted(signers - trusted)]


def _signers(path: Path | None) -> frozenset[str] | None:
    if path is None:
        return None
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path}：读不到认可的公钥（{error}）→ 检查路径") from None
    return frozenset(line.partition("#")[0].strip().lower() for line in lines) - {""}


_WORDS = {"bronze": "铜", "silver": "银", "gold": "金", "platinum": "白金"}


def level_word(level: str | None) -> str:
    """What a person reads for a level; a driver without one is marked."""
    return _WORDS[level] if level is not None else "未验证"
