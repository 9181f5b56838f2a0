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
    from drivers.contract.common import DeviceClass


def add(commands: Any) -> None:
    """Add the subcommand and its own."""
    parser = commands.add_parser("drivers", help="检查驱动包，或新写一个")
    actions = subcommands(parser, "action")
    linting = actions.add_parser("lint", help="检查说明文件，并按报告算出等级")
    linting.add_argument("--driver", action="append", default=[], metavar="ID", help="只看这个驱动，可以写多次")
    linting.add_argument("--signers", type=Path, metavar="FILE", help="认可的签名公钥（十六进制，一行一个）")
    add_json(linting)
    linting.set_defaults(run=run_lint)
    making = actions.add_parser("new", help="新写一个驱动包，生成后就能安装、能通过一致性测试")
    making.add_argument("name", metavar="NAME", help="驱动的名字：小写字母、数字、下划线，例如 maker_model")
    making.add_argument(
        "--class", required=True, dest="device_class", metavar="CLASS", help="设备类别，例如 code_scanner"
    )
    making.add_argument(
        "--out", type=Path, metavar="DIR", help="写到哪个文件夹（默认当前文件夹下的 NAME），不能已有内容"
    )
    making.set_defaults(run=run_new)


def run_lint(arguments: argparse.Namespace) -> int:
    """Tell each driver's standing; exit 1 when something must be mended."""
    from drivers import registry
    from drivers.conformance.standing import standing

    known = registry.manifests()
    for each in arguments.driver:
        if each not in known:
            raise unknown(each)
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


def run_new(arguments: argparse.Namespace) -> int:
    """Write a driver package; tell what to do next."""
    from drivers.skeleton import writer

    device_class = _class(arguments.device_class)
    folder = arguments.out or Path(arguments.name)
    try:
        written = writer.write(arguments.name, device_class, folder)
    except writer.NameInvalid:
        raise Usage(f"NAME：{arguments.name} 不行 → 只用小写字母、数字、下划线，以字母开头，例如 maker_model") from None
    except writer.NameTaken as error:
        raise Usage(f"NAME：{arguments.name} 已经有了（{error}）→ 换一个名字，例如 厂家_型号 的拼音或英文") from None
    except writer.NoSkeleton as error:
        raise Usage(
            f"--class {device_class}：这一类没有骨架 → 从自带的驱动改起：{error.instead}；"
            f"有骨架的类别：{'、'.join(writer.classes())}"
        ) from None
    except writer.FolderFull:
        raise Failure(f"{folder}：已经有内容，不会覆盖 → 用 --out 换一个文件夹") from None
    except OSError as error:
        raise Failure(f"{folder}：写不进去（{error.strerror}）→ 用 --out 换一个文件夹") from None
    say(f"{folder}：写好 {len(written)} 个文件。接下来：")
    say(f"    pip install -e {folder}")
    say(f"    kiosk device test --driver {arguments.name}")
    say(f"    把 src/{arguments.name}/frames.py 换成厂家的协议（见 {folder / 'README.md'}）")
    return 0


def unknown(driver_id: str) -> Usage:
    """What is told for a driver that there is not: the mistake in its manifest, where there is one."""
    from drivers import registry

    text = unusable(driver_id)
    return Usage(text or f"--driver {driver_id}：没有这个驱动 → 可用的有 {'、'.join(registry.manifests())}")


def unusable(driver_id: str) -> str:
    """Why a package that seems to hold this driver could not be used, "" when none does.

    A manifest that cannot be read has no id: it is known by its file's name, `<id>.manifest.toml`, or by its package's.
    """
    from drivers import registry

    named = [
        line
        for line in registry.problems()
        if f" {driver_id}.manifest.toml: " in line or line.startswith((f"{driver_id}: ", f"{driver_id} ("))
    ]
    if not named:
        return ""
    told = "\n".join(f"    {line}" for line in named)
    return f"--driver {driver_id}：它的程序包不能用 → 按下面的原因改好：\n{told}"


def _class(text: str) -> DeviceClass:
    from drivers.contract.common import DeviceClass

    try:
        return DeviceClass(text)
    except ValueError:
        raise Usage(f"--class {text}：没有这种设备 → 可用的有 {'、'.join(DeviceClass)}") from None


def _tell(found: Standing, trusted: frozenset[str] | None) -> None:
    from drivers.conformance.spoken import spoken
    from kiosk.locales.marks import chinese_marks

    say(f"{found.driver:<16} {level_word(_level(found, trusted))}")
    for problem in found.problems:
        say(f"    要改：{chinese_marks(spoken(problem))}")
    for note in (*found.notes, *_untrusted(found, trusted)):
        say(f"    {chinese_marks(spoken(note))}")


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
