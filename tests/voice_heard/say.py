"""Says captions through the voice's own process, each into a sound file: what the sound card would have pulled."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from kiosk.screens.screen import Look, Screen
from kiosk.voice import join, pack
from kiosk.voice.inventory import slotted
from kiosk.voice.messages import NO_CARD, Ended, How, Sound
from kiosk.voice.plan import Piece, Planner
from kiosk.voice.policy import voice_settings
from kiosk.voice.voice import Voice
from tests.voice_heard.captions import Caption

SETTINGS = voice_settings()
NOON = datetime(2026, 11, 22, 12)
SIDE_BY_SIDE = 4
"""A caption takes its own time to be said, and hardly any of the processor."""
PATIENCE = 60.0
_LOOK_SECONDS = 0.02


class Said(NamedTuple):
    """A caption that was said, the pieces it was said with, and its sound."""

    caption: str
    kind: str
    pieces: tuple[Piece, ...]
    sound: Path
    volume: float


def sayable(captions: Sequence[Caption]) -> tuple[list[Caption], list[Caption]]:
    """Those that can be said, and those that have no recording."""
    can = {each: bool(_planner(each).plan(each.text)) for each in captions}
    return [each for each in captions if can[each]], [each for each in captions if not can[each]]


def _planner(caption: Caption) -> Planner:
    return Planner((caption.alone,) if caption.alone else slotted(), pack.manifest().recordings)


async def say_all(captions: Sequence[Caption], folder: Path) -> list[Said]:
    """Say all of them, several voices side by side. Raise ValueError for one that cannot be said."""
    shares = [range(number, len(captions), SIDE_BY_SIDE) for number in range(SIDE_BY_SIDE)]
    found: dict[int, Said] = {}
    async with asyncio.TaskGroup() as group:
        for share in shares:
            group.create_task(_say_share(captions, share, folder, found))
    return [found[number] for number in range(len(captions))]


async def _say_share(captions: Sequence[Caption], share: range, folder: Path, found: dict[int, Said]) -> None:
    voice = Voice(SETTINGS, clock=lambda: NOON, speaker=NO_CARD, earphone=NO_CARD)
    ended: asyncio.Queue[Ended] = asyncio.Queue()
    voice.on_told = lambda message: ended.put_nowait(message) if isinstance(message, Ended) else None
    await voice.start()
    try:
        async with asyncio.timeout(PATIENCE):
            while voice.sound is Sound.UNKNOWN:
                await asyncio.sleep(_LOOK_SECONDS)
        for number in share:
            path = folder / f"{number:03}.wav"
            found[number] = await _say(voice, ended, captions[number], path)
    finally:
        await voice.stop()


async def _say(voice: Voice, ended: asyncio.Queue[Ended], caption: Caption, path: Path) -> Said:
    if caption.alone:
        return _put_together(caption, path)
    pieces = _planner(caption).plan(caption.text)
    voice.record(path)
    voice.shown(Screen(name="heard", title="", spoken=caption.text), Look())
    how = (await asyncio.wait_for(ended.get(), PATIENCE)).how
    voice.record(None)
    if how is not How.DONE:
        raise ValueError(f"{caption.text}: {how}")
    return Said(caption.text, caption.kind, pieces, path, SETTINGS.volume.day)


def _put_together(caption: Caption, path: Path) -> Said:
    """A value by itself, joined as the process joins it."""
    what = pack.manifest()
    pieces = _planner(caption).plan(caption.text)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(what.rate)
        file.writeframes(join.joined(pieces, pack.folder(), what, SETTINGS.pauses).astype("<i2").tobytes())
    return Said(caption.text, f"{caption.kind} alone", pieces, path, 1.0)
