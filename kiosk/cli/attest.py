"""`kiosk attest`: which program, drivers, catalogue, profile and bindings are on this machine, signed; and whether as expected."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kiosk.cli.common import add_json, say, say_json
from kiosk.cli.failure import Usage, why
from kiosk.cli.measuring import Measured, add_machine, believing, measured
from kiosk.cli.trusting import add_trust, trusted_roots


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("attest", help="这台机器上的程序、驱动、事项、配置是哪个版本，签名为证")
    add_machine(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="把签好名的说明写到这个文件")
    parser.add_argument("--against", type=Path, metavar="FILE", help="与另一份说明比对，逐个文件说出不同")
    parser.add_argument("--verify", type=Path, metavar="FILE", help="不量这台机器，只核验别处送来的一份说明")
    add_trust(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure or verify; exit 1 when something differs or is not genuine."""
    if arguments.verify:
        return _verify(arguments)
    if not (arguments.site and arguments.profile):
        raise Usage("要量这台机器，就给出 --site 和 --profile；只核验一份说明，用 --verify FILE")
    return _measure(arguments)


def _measure(arguments: argparse.Namespace) -> int:
    from kiosk.attest import statement

    here = measured(arguments)
    raw = statement.sign(here.found, here.site.kiosk_id, here.signer, at=datetime.now(UTC))
    if arguments.out:
        try:
            arguments.out.write_bytes(raw)
        except OSError as error:
            raise Usage(f"--out {why(error)}") from None
    differences = _differences(arguments, here) if arguments.against else ()
    _tell(arguments, here.found, here.site.kiosk_id, differences)
    return 1 if differences else 0


def _differences(arguments: argparse.Namespace, here: Measured) -> tuple[Any, ...]:
    from kiosk.attest.statement import compare

    expected, _ = _read(arguments.against, trusted_roots(arguments))
    return compare(expected, here.found)


def _verify(arguments: argparse.Namespace) -> int:
    found, record = _read(arguments.verify, trusted_roots(arguments))
    if arguments.json:
        import msgspec

        say_json({"genuine": True, "kiosk": record.kiosk, "at": record.at, **msgspec.to_builtins(found)})
    else:
        say(f"真的：{record.kiosk} 在 {record.at} 签的")
        for line in lines(found):
            say(line)
    return 0


def _read(path: Path, roots: Any) -> tuple[Any, Any]:
    """A statement and its record. Raise Failure unless a kiosk of the operator signed it."""
    from kiosk.attest import statement
    from kiosk.documents.signed_record import claimed_kiosk

    with believing(path, "版本说明", "kiosk attest --out 写的文件"):
        raw = path.read_bytes()
        return statement.read(raw, claimed_kiosk(raw), roots)


def _tell(arguments: argparse.Namespace, found: Any, kiosk: str, differences: tuple[Any, ...]) -> None:
    import msgspec

    if arguments.json:
        body = msgspec.to_builtins(found)
        say_json({"kiosk": kiosk, "digest": found.digest, **body, "differences": msgspec.to_builtins(differences)})
        return
    for line in lines(found):
        say(line)
    for each in differences:
        names = "、".join(each.files[:_MOST_FILES]) + (
            f" 等 {len(each.files)} 个" if len(each.files) > _MOST_FILES else ""
        )
        say(f"不同  {each.kind.value} {each.name}：{names or '内容不同'}")
    if arguments.against and not differences:
        say("与那一份完全相同")
    if arguments.out:
        say(f"已签名，写到 {arguments.out}")


_MOST_FILES = 8


def lines(found: Any) -> list[str]:
    """A statement for a person."""
    from kiosk.attest.statement import SHORT

    told = [f"总号  {found.digest[:SHORT]}  程序 {found.runtime}  Python {found.python}  {found.system}"]
    for each in found.parts:
        tested = {True: "  测过", False: "  没有这些文件的测试报告", None: ""}[each.tested]
        told.append(f"{each.digest[:SHORT]}  {each.kind.value} {each.name}（{each.count}）{tested}")
    return told
