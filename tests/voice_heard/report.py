"""The dated report of a hearing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from kiosk.voice import pack
from kiosk.voice.plan import Pause
from tests.voice_heard.compare import Heard
from tests.voice_heard.joints import Measured
from tests.voice_heard.say import SETTINGS


def write(folder: Path, heard: Sequence[Heard], measured: Sequence[Measured], every: int) -> Path:
    """Write docs/reports/voice-DATE.md; return its path."""
    what = pack.manifest()
    size = sum(path.stat().st_size for path in pack.folder().iterdir())
    seconds = sum(each.ms for each in what.recordings.values()) / 1000
    lines = [
        f"# The voice, heard by a recogniser, {date.today().isoformat()}",
        "",
        f"`python -m tests.voice_heard --every {every}`: {len(heard)} captions were said by the voice's own process into sound "
        "files (samples as the sound card pulls them) and written down by Whisper base, offline. Syllables are compared without "
        "tones, so homophones count as heard.",
        "",
        f"The pack: {len(what.recordings)} recordings, {seconds:.0f} s, {size / 1e6:.2f} MB; {what.engine}, {what.voice}.",
        "",
        *_kinds(heard),
        "",
        *_joints(measured),
        "",
        "## What was misheard",
        "",
        *_misheard(heard),
        "",
        "A recogniser is no listener: it makes mistakes of its own on short sentences, hears no tone and no beauty. Nobody has "
        "listened to these recordings in a hall.",
    ]
    path = folder / f"voice-{date.today().isoformat()}.md"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _kinds(heard: Sequence[Heard]) -> list[str]:
    rows = ["| what was said | captions | syllables | misheard | share |", "|---|---|---|---|---|"]
    kinds = dict.fromkeys(each.said.kind for each in heard)
    parts = [("**all**", list(heard)), *((kind, [each for each in heard if each.said.kind == kind]) for kind in kinds)]
    for kind, part in parts:
        wrong, of = sum(each.wrong for each in part), sum(each.of for each in part)
        rows.append(f"| {kind} | {len(part)} | {of} | {wrong} | {100 * wrong / of:.1f} % |")
    return rows


def _joints(measured: Sequence[Measured]) -> list[str]:
    told = {Pause.SENTENCE: "after a sentence", Pause.PHRASE: "after a phrase", Pause.JOINT: "within a phrase"}
    set_to = {
        Pause.SENTENCE: SETTINGS.pauses.sentence,
        Pause.PHRASE: SETTINGS.pauses.phrase,
        Pause.JOINT: SETTINGS.pauses.joint,
    }
    rows = ["| joint | number | set to, ms | silence, ms: median | least | most |", "|---|---|---|---|---|---|"]
    for pause, words in told.items():
        gaps = [gap for each in measured for gap in each.gaps[pause]]
        if gaps:
            rows.append(
                f"| {words} | {len(gaps)} | {set_to[pause]} | {np.median(gaps):.0f} | {min(gaps):.0f} | {max(gaps):.0f} |"
            )
    clicks = [click for each in measured for click in each.clicks]
    lost = [each.said.caption for each in measured if each.lost]
    rows += ["", f"Clicks at a border of recordings: {len(clicks)}{''.join(f'; {each}' for each in clicks[:5])}."]
    rows += [f"Captions of which the sound card did not get every sample as it was joined: {len(lost)}."]
    return rows


def _misheard(heard: Sequence[Heard]) -> list[str]:
    worst = sorted((each for each in heard if each.wrong), key=lambda each: -each.wrong / each.of)
    if not worst:
        return ["Nothing."]
    rows = ["| said | written down | syllables |", "|---|---|---|"]
    return rows + [f"| {each.said.caption} | {each.text} | {each.wrong} of {each.of} |" for each in worst]
