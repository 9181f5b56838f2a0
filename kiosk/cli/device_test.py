"""`kiosk device test`: the conformance kit on one driver, at its emulator or at a real device; exit 0 only if it conforms.

Without a `--set` that says where the device is, the driver's own emulator is started. With one, the device is real: what needs a
hand is asked for at the terminal, or skipped where there is none (or `--no-interaction` says so), and the report says so.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import termios
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.cli.common import add_json, add_set, assignments, say, say_json
from kiosk.cli.device_faults import blaming
from kiosk.cli.drivers import level_word, unknown
from kiosk.cli.failure import Failure, Usage
from kiosk.cli.parser import count

if TYPE_CHECKING:
    from drivers.conformance.hands import Ask, Hands
    from drivers.conformance.report import Outcome, Report
    from drivers.manifest import Manifest

PLATINUM_CYCLES = "1000"


def add(actions: Any) -> None:
    """Add the subcommand."""
    parser = actions.add_parser("test", help="对一个驱动做一致性测试，留下签名的报告")
    parser.add_argument("--driver", required=True, metavar="ID", help="驱动的名字，见 kiosk device list")
    parser.add_argument("--report", type=Path, metavar="OUT.json", help="报告写到哪里（默认只显示，不写文件）")
    parser.add_argument("--no-interaction", action="store_true", help="不问人；要动手的检查跳过，并记在报告里")
    parser.add_argument(
        "--cycles", type=count, default=0, metavar="N", help=f"再连续工作 N 次（白金级要真机 {PLATINUM_CYCLES} 次）"
    )
    parser.add_argument("--key", type=Path, metavar="FILE", help="签名用的私钥（默认用本机的，没有就新建）")
    add_json(parser)
    add_set(parser, "port=/dev/serial/by-path/…")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the suite, tell each outcome, sign and write the report."""
    from drivers import registry
    from drivers.conformance import report, suite
    from drivers.conformance.bench import captured_stderr
    from drivers.conformance.spoken import spoken
    from drivers.conformance.titles import title
    from kiosk.locales.marks import chinese_marks

    manifest = registry.manifests().get(arguments.driver)
    if manifest is None:
        raise unknown(arguments.driver)
    settings = assignments(arguments)
    late: list[Outcome] = []

    def told(outcome: Outcome) -> None:
        if busy(outcome, os.getloadavg()[0], os.cpu_count() or 1):
            late.append(outcome)
        if not arguments.json:
            words = f"（{chinese_marks(spoken(outcome.words))}）" if outcome.words else ""
            say(f"{_MARKS[outcome.verdict]}  {chinese_marks(title(outcome.id))}{words}")

    with blaming(manifest.id), captured_stderr() as log:
        hands = _hands(manifest, settings, _asker(arguments))
        if not arguments.json:
            say(f"{manifest.id}：{'模拟设备' if hands.emulated else '真实设备'}")
        made = asyncio.run(suite.run(manifest, settings, hands, log, cycles=arguments.cycles, told=told))
    if arguments.report is not None:
        made = report.signed(made, _key(arguments.key))
        _write(arguments.report, report.encode(made))
    if arguments.json:
        import msgspec

        say_json({**msgspec.to_builtins(made), "conforms": made.conforms, "level": _level(made)})
    else:
        say(_verdict(made))
        if late:
            say("机器正忙，请空闲时再测一次")
        if arguments.report is not None:
            say(_written(arguments.report, made))
    return 0 if made.conforms else 1


_MARKS = {"passed": "通过", "failed": "不通过", "skipped": "跳过", "not_applicable": "不适用"}


def _hands(manifest: Manifest, settings: dict[str, Any], ask: Ask | None) -> Hands:
    """The emulator, unless a setting says where a real device is."""
    from drivers.conformance.hands import EmulatorHands, NoHands, PersonHands
    from drivers.conformance.titles import prompts
    from drivers.emulators.__main__ import create

    addresses = {key for rule in manifest.match for key in rule.address.split(":")}
    if addresses & set(settings):
        words = prompts(manifest.device_class)
        if ask is None:
            return NoHands(manifest.device_class, settings, words)
        return PersonHands(manifest.device_class, settings, words, ask)
    if not manifest.emulator:
        missing = "、".join(sorted(addresses)) or "设备的地址"
        raise Usage(f"--driver {manifest.id}：这个驱动没有模拟设备 → 用 --set 写明真实设备在哪里（{missing}）")
    return EmulatorHands(create(manifest.id, **manifest.emulator_options))


def _asker(arguments: argparse.Namespace) -> Ask | None:
    """How to ask the person at the terminal; None when nobody is to be asked, or nobody is there."""
    if arguments.no_interaction or arguments.json or not sys.stdin.isatty():
        return None
    from kiosk.locales.marks import chinese_marks

    async def ask(verb: str, words: str) -> None:
        # Not by input(): at a terminal it writes its words to standard error, which is captured for the log check, and a
        # thread that waits in it would outlive Ctrl-C.
        # What was entered for a question that the device has answered itself is forgotten before the next one is put: an
        # answer as quick as the eye must count.
        termios.tcflush(sys.stdin, termios.TCIFLUSH)
        sys.stdout.write(f"{chinese_marks(words)}，然后按回车：")
        sys.stdout.flush()
        try:
            await _entered(sys.stdin.fileno())
        except asyncio.CancelledError:
            say("")
            raise

    return ask


async def _entered(terminal: int) -> None:
    """Wait until a line was entered; what it says does not matter."""
    loop = asyncio.get_running_loop()
    entered = asyncio.Event()
    loop.add_reader(terminal, entered.set)
    try:
        await entered.wait()
        os.read(terminal, _LINE)
    finally:
        loop.remove_reader(terminal)


_LINE = 4096
"""Bytes of a line that a terminal hands over at once (termios, canonical mode)."""


def _key(path: Path | None) -> Any:
    from drivers.conformance.report import signing_key

    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    chosen = path or state / "kiosk" / "conformance.key"
    try:
        return signing_key(chosen)
    except (OSError, ValueError) as error:
        raise Failure(f"{chosen}：签名用的私钥读不到也建不了（{error}）→ 用 --key 换一个位置") from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{path}：报告写不进去（{error.strerror}）→ 换一个位置") from None


def _written(path: Path, made: Report) -> str:
    """Where the report lies, and what it is worth: `kiosk drivers lint` reads it the same way."""
    if made.conforms:
        return f"报告：{path}"
    level = _level(made)
    worth = f"只算到{level_word(level)}级" if level is not None else "这份不算数"
    return f"报告：{path}，但这次不符合，{worth} → 改好后重新测"


_LATE = ("host_died", "host_hung", "deadline")


def busy(outcome: Outcome, load: float, processors: int) -> bool:
    """Whether a check may have failed only because the machine had more to do than it can: too late, or a host that died."""
    return outcome.verdict == "failed" and any(word in outcome.words for word in _LATE) and load > processors


def _level(made: Report) -> str | None:
    from drivers.conformance.levels import earned

    level = earned(made, None) if made.emulated else earned(None, made)
    return level.value if level else None


def _verdict(made: Report) -> str:
    from drivers.conformance.check import Verdict

    counts = {each: sum(1 for one in made.outcomes if one.verdict is each) for each in Verdict}
    numbers = "，".join(f"{_MARKS[verdict]} {number}" for verdict, number in counts.items() if number)
    return f"{'符合' if made.conforms else '不符合'}：{numbers}；等级 {level_word(_level(made))}"
