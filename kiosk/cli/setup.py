"""`kiosk setup`: the first start of a new machine, on its touch screen or from a file of answers."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.cli.common import add_json, reading_settings, say, say_json, until_told
from kiosk.cli.failure import Exit, Failure, Usage, why

if TYPE_CHECKING:
    from kiosk.setup.folder import SetupFolder
    from kiosk.setup.frame import Step
    from kiosk.setup.work import Work


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("setup", help="新机器的设置：在触摸屏上，或按答案文件")
    parser.add_argument(
        "--folder", type=Path, required=True, metavar="DIR", help="文件写到哪里；中断以后用同一个文件夹接着来"
    )
    parser.add_argument("--answers", type=Path, metavar="FILE.toml", help="先读这些回答；屏幕上只问还没有的")
    parser.add_argument("--yes", action="store_true", help="不开窗口，按答案文件做完（要有 --answers）")
    parser.add_argument("--export", type=Path, metavar="DIR", help="不设置，把已设置好的文件打成一个包写到这里")
    parser.add_argument("--with-keys", action="store_true", help="打包时连私钥、密钥和人员名单一起（要有 --export）")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Set up, or export. Exit 130 when it was put off."""
    from kiosk.setup.folder import SetupFolder

    folder = SetupFolder(arguments.folder.resolve())
    if arguments.with_keys and arguments.export is None:
        raise Usage("--with-keys：只在打包时有用 → 同时写 --export DIR")
    if arguments.yes and arguments.answers is None:
        raise Usage("--yes：没有屏幕就要有答案文件 → 同时写 --answers FILE.toml")
    try:
        if arguments.export is not None:
            return _export(folder, arguments)
        return _set_up(folder, arguments)
    except OSError as error:
        raise Failure(why(error)) from None


def _export(folder: SetupFolder, arguments: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from kiosk.setup.export import export

    if not folder.finished:
        raise Usage(f"{folder.root}：这里还没有设置好的机器 → 先运行 kiosk setup --folder {folder.root}")
    with reading_settings():
        try:
            path = export(folder, arguments.export, datetime.now(UTC), private=arguments.with_keys)
        except ValueError as error:
            raise Failure(f"打不了包（{error}）→ 检查 {folder.root} 里的钥匙和证书") from None
    if arguments.json:
        say_json({"file": str(path), "private": arguments.with_keys})
        return 0
    say(f"写好了：{path}")
    if arguments.with_keys:
        say("里面有私钥、密钥和人员名单，拿到的人能冒充这台机器 → 像钥匙一样保管，用完就删")
        say("工作人员的卡没有带上 → 在新机器上重新登记")
    return 0


def _set_up(folder: SetupFolder, arguments: argparse.Namespace) -> int:
    from kiosk.cli.drivers import level_word
    from kiosk.setup.answers import load_answers
    from kiosk.setup.work import Machine, Work

    if folder.finished:
        raise Usage(
            f"{folder.root}：这台机器已经设置好了 → 直接运行 {_command(folder)}；要重新设置，先把这个文件夹移走"
        )

    def level(driver: str) -> str:
        from drivers.conformance.standing import standing

        return level_word(standing(driver).level)

    with reading_settings():
        work = Work.taken_up(folder, Machine(level=level))
        if arguments.answers is not None:
            work.adopt(*load_answers(arguments.answers))
        return _without_screen(work, arguments) if arguments.yes else _on_screen(work, folder)


def _on_screen(work: Work, folder: SetupFolder) -> int:
    from kiosk.setup.app import set_up
    from kiosk.setup.display import NoDisplay, read_display

    serve: list[bool | None] = []

    async def sit() -> int:
        serve.append(await set_up(work, display))
        return 0

    try:
        display = read_display()
        asyncio.run(until_told(sit()))
    except NoDisplay as error:
        raise Failure(str(error)) from None
    except TimeoutError:
        raise Failure("窗口没有打开 → 检查 DISPLAY 指的屏幕是否在运行，再看 kiosk doctor") from None
    finally:
        work.forget()
    if serve == [True]:
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-m", "kiosk", "run", *_files(folder)])
    if serve != [False]:
        say(f"没有做完，已经回答的都保存了 → 接着做：kiosk setup --folder {folder.root}")
        return Exit.INTERRUPTED
    say(f"设置好了 → 开始服务：{_command(folder)}")
    return 0


def _without_screen(work: Work, arguments: argparse.Namespace) -> int:
    from kiosk.gateways.fault import GatewayFault
    from kiosk.locales.marks import chinese_marks
    from kiosk.locales.staff import tell
    from kiosk.setup import checking
    from kiosk.setup.enrolling import BadAnswer, BadCode
    from kiosk.setup.headless import CannotReach, Lacks, set_up_from_answers

    def told(step: Step, words: str) -> None:
        if not arguments.json:
            say(f"好  {tell(f'setup.step_{step.value}')}：{words}")

    try:
        outcomes = asyncio.run(set_up_from_answers(work, told))
    except Lacks as lack:
        raise Usage(f"{arguments.answers}: {lack}: 缺少这一项，或不能用 → 补上，再运行一次") from None
    except CannotReach as error:
        part, words = error.found.failed, error.found.findings[-1].words
        raise Failure(f"政务平台：{tell(f'setup.reach_{part}_bad', words=words)}") from None
    except BadCode as error:
        raise Failure(f"登记码：{tell(f'setup.code_{error.why}')}") from None
    except BadAnswer as error:
        raise Failure(f"政务平台：{tell(f'setup.answer_{error.why}')}") from None
    except GatewayFault as fault:
        raise Failure(f"{chinese_marks(fault.entry.cause)} → {chinese_marks(fault.entry.cure)}") from None
    finally:
        work.forget()
    devices = work.answers.devices or {}
    good = checking.good(outcomes, {name: each.required for name, each in devices.items()})
    if arguments.json:
        import msgspec

        say_json({"ok": good, "folder": str(work.folder.root), "checks": msgspec.to_builtins(outcomes)})
        return 0 if good else 1
    for each in outcomes:
        name = each.name or tell(f"setup.about_{each.about.value}")
        say(f"{'好' if each.ok else '需处理'}  {name}" + (f"：{each.words}" if each.words else ""))
    say(f"设置好了 → 开始服务：{_command(work.folder)}")
    return 0 if good else 1


def _files(folder: SetupFolder) -> list[str]:
    return ["--site", str(folder.site), "--profile", str(folder.profile)]


def _command(folder: SetupFolder) -> str:
    return " ".join(["kiosk", "run", *_files(folder)])
