"""`kiosk voice`: what the voice can say, what is missing, the sound cards; say a sentence; make the recordings."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.cli.common import add_json, say, say_json
from kiosk.cli.failure import Failure, Usage
from kiosk.cli.parser import subcommands

if TYPE_CHECKING:
    from kiosk.voice.make import Speaker

_JOBS = 2


def add(commands: Any) -> None:
    """Add the subcommand and its own."""
    parser = commands.add_parser("voice", help="语音：检查、试听、制作语音包")
    actions = subcommands(parser, "action")
    check = actions.add_parser("check", help="每一句话有没有录音，这台机器能不能出声")
    add_json(check)
    check.set_defaults(run=run_check)
    speak = actions.add_parser("say", help="按字幕的说法读一句")
    speak.add_argument("caption", metavar="TEXT", help="要读的话，与字幕一字不差")
    speak.add_argument("--card", default="", metavar="NAME", help="声卡名字里的一段；不写用系统默认的，none 不出声")
    speak.add_argument("--file", type=Path, metavar="FILE.wav", help="同时把放出的声音存进这个文件")
    speak.set_defaults(run=run_say)
    listing = actions.add_parser("list", help="要录的每一句话，和它的文件名")
    listing.add_argument("--missing", action="store_true", help="只列还没有录音的")
    add_json(listing)
    listing.set_defaults(run=run_list)
    make = actions.add_parser("make", help="补做缺少的录音（开发用；要有合成引擎）")
    make.add_argument("--engine", type=Path, metavar="PYTHON", help="装有合成引擎的 Python")
    make.add_argument("--voices", type=Path, metavar="DIR", help="引擎的嗓音文件所在的文件夹")
    make.add_argument("--recorded", type=Path, metavar="DIR", help="不用引擎，用这个文件夹里真人录的 WAV")
    make.add_argument("--jobs", type=int, default=_JOBS, metavar="N", help="同时运行几个引擎")
    make.set_defaults(run=run_make)


def run_check(arguments: argparse.Namespace) -> int:
    """Tell what is missing, how large the pack is, and the sound cards; exit 1 when a sentence has no recording."""
    from kiosk.voice import pack
    from kiosk.voice.card import cards, keep_alsa_quiet
    from kiosk.voice.join import can_change_speed
    from kiosk.voice.make import missing, silent_labels, unused

    keep_alsa_quiet()
    where = pack.folder()
    lacking, unheard, left_over = missing(where), silent_labels(where), [path.name for path in unused(where)]
    size = sum(path.stat().st_size for path in where.iterdir())
    try:
        what = pack.manifest()
    except (OSError, ValueError) as error:
        raise Failure(f"语音包读不了（{error}）→ 重新安装本程序") from None
    found = {
        "recordings": len(what.recordings),
        "seconds": round(sum(each.ms for each in what.recordings.values()) / 1000),
        "megabytes": round(size / 1e6, 2),
        "missing": lacking,
        "unused": left_over,
        "silent_labels": unheard,
        "cards": cards(),
        "speed": can_change_speed(),
    }
    if arguments.json:
        say_json(found)
        return 1 if lacking else 0
    say(
        f"录音 {found['recordings']} 段，共 {found['seconds']} 秒，{found['megabytes']} MB；嗓音 {what.voice}，{what.licence}"
    )
    for text in lacking:
        say(f"没有录音：{text}")
    if lacking:
        say("→ 这些话只显示字幕；补做：make voice")
    if unheard:
        say(f"标签和数字的连读还缺 {len(unheard)} 段录音 → 补做：make voice")
    say(f"声卡：{'、'.join(cards())}" if cards() else "没有声卡，只显示字幕 → 接上声卡或音箱")
    if not can_change_speed():
        say("不能变速 → 安装 libsonic0")
    return 1 if lacking else 0


def run_say(arguments: argparse.Namespace) -> int:
    """Speak a caption through the voice's own process; exit 1 when it cannot be said or heard."""
    from kiosk.voice.messages import How

    heard = asyncio.run(_say(arguments.caption, arguments.card, arguments.file))
    if heard is How.CAPTION_ONLY:
        raise Failure("这句话没有录音 → 用 kiosk voice check 看哪些话有录音")
    if heard is not How.DONE:
        raise Failure("没有声卡，放不出声音 → 接上声卡，或用 --card none 只存文件")
    return 0


async def _say(caption: str, card: str, file: Path | None) -> object:
    from kiosk.screens.screen import Look, Screen
    from kiosk.voice.messages import Ended, Sound
    from kiosk.voice.policy import voice_settings
    from kiosk.voice.voice import Voice

    settings = voice_settings()
    voice = Voice(settings, clock=datetime.now, speaker=card)
    ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
    voice.on_told = lambda message: (
        None if ended.done() or not isinstance(message, Ended) else ended.set_result(message)
    )
    await voice.start()
    try:
        async with asyncio.timeout(_START_SECONDS):
            while voice.sound is Sound.UNKNOWN:
                await asyncio.sleep(_LOOK_SECONDS)
        voice.record(file)
        voice.shown(Screen(name="say", title="", spoken=caption), Look())
        return (await ended).how
    except TimeoutError:
        raise Failure("语音进程没有起来 → 用 kiosk voice check 检查") from None
    finally:
        await voice.stop()


_START_SECONDS = 20.0
_LOOK_SECONDS = 0.05


def run_list(arguments: argparse.Namespace) -> int:
    """List what is to be spoken, with the names of the files to record it in."""
    from kiosk.voice import pack
    from kiosk.voice.inventory import labels, recordings
    from kiosk.voice.make import file_of, making, missing, silent_labels

    where, how = pack.folder(), making()
    wanted = [*missing(where), *silent_labels(where)] if arguments.missing else [*recordings(), *labels()]
    named = [{"file": str(Path(file_of(each, how)).with_suffix(".wav")), "says": each} for each in wanted]
    if arguments.json:
        say_json(named)
    for each in [] if arguments.json else named:
        say(f"{each['file']}  {each['says']}")
    return 0


def run_make(arguments: argparse.Namespace) -> int:
    """Make what is missing; tell each."""
    from kiosk.voice import pack
    from kiosk.voice.make import make

    if arguments.jobs < 1:
        raise Usage("--jobs：至少是 1")
    tell = lambda number, total, spoken: say(f"{number}/{total} {spoken}")  # noqa: E731
    try:
        make(pack.folder(), _speaker(arguments), arguments.jobs, tell)
    except RuntimeError as error:
        raise Failure(f"录音没有做完（{error}）→ 看上面的话，改好以后再做一次") from None
    sys.stdout.flush()
    return 0


def _speaker(arguments: argparse.Namespace) -> Speaker:
    """The engine, or a person's recordings: one of them."""
    from kiosk.voice.make import engine, recorded

    if arguments.recorded is not None:
        if not arguments.recorded.is_dir():
            raise Usage(f"{arguments.recorded}：没有这个文件夹 → 给出放着 WAV 的文件夹")
        return recorded(arguments.recorded.absolute())
    if arguments.engine is None or arguments.voices is None:
        raise Usage("make：要有 --engine 和 --voices，或者 --recorded → 见 docs/voice.md")
    if not arguments.engine.exists():
        raise Usage(f"{arguments.engine}：没有这个文件 → 给出装有引擎的 Python，见 .ci/voice")
    if not arguments.voices.is_dir():
        raise Usage(f"{arguments.voices}：没有这个文件夹 → 给出 kokoro-js 包里的 voices")
    return engine(arguments.engine.absolute(), arguments.voices.absolute())
