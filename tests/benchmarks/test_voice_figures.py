"""What the voice and sign language cost, measured on their own processes (`make bench`): memory, and how soon they begin."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from datetime import datetime
from pathlib import Path

import psutil
import pytest

from drivers.link import memfd
from kiosk.locales import Phrasebook
from kiosk.screens.protocol import Show, SignPicture
from kiosk.screens.screen import Look, Screen
from kiosk.shell.bench import DEMO_PANEL, bench
from kiosk.shell.display import virtual_display
from kiosk.shell.samples.pictures import signing_rgb
from kiosk.sign_language.clips import Clips
from kiosk.sign_language.settings import sign_settings
from kiosk.sign_language.signs import Signs
from kiosk.voice.inventory import templates
from kiosk.voice.messages import NO_CARD, Began, Sound
from kiosk.voice.policy import voice_settings
from kiosk.voice.voice import Voice
from tests.support.signing import clip, manifest

pytestmark = pytest.mark.bench

VOICE_BEGINS_P95_MS = 250.0
"""As the next screen: who reads and who listens begin together."""
VOICE_PSS_MB = 45.0
SIGNS_BEGIN_MS = 2000.0
"""The first picture of a visit: its process is started for it."""
SIGNS_NEXT_MS = 200.0
SIGNS_PSS_MB = 70.0
SIGNS_CPU_PERCENT = 25.0
"""Of one core, while a clip of 480 × 600 at 25 pictures a second is shown."""
SLOT_CPU_PERCENT = 60.0
"""Of one core, in the shell: software GL draws the whole panel anew for each picture."""
CAPTIONS = 20


def told(name: str, value: float, limit: float, unit: str) -> None:
    print(f"\n{name:<46}{value:10.2f} {unit:<4} (at most {limit:g})")
    assert value <= limit


def pss_mb(pid: int | None) -> float:
    return float(psutil.Process(pid).memory_full_info().pss) / 1e6


def test_how_soon_the_voice_begins_and_its_memory() -> None:
    async def play() -> tuple[list[float], float]:
        voice = Voice(voice_settings(), clock=lambda: datetime(2026, 11, 22, 12), speaker=NO_CARD, earphone=NO_CARD)
        began: asyncio.Queue[float] = asyncio.Queue()
        voice.on_told = lambda message: began.put_nowait(time.monotonic()) if isinstance(message, Began) else None
        await voice.start()
        try:
            while voice.sound is Sound.UNKNOWN:
                await asyncio.sleep(0.01)
            found = []
            for number, text in enumerate(templates()[::7][:CAPTIONS]):
                if "{" in text:
                    continue
                at = time.monotonic()
                voice.shown(Screen(name=f"s{number}", title="", spoken=text), Look())
                found.append(1000 * (await asyncio.wait_for(began.get(), 10) - at))
                await asyncio.sleep(0.2)
            return found, pss_mb(voice.pid)
        finally:
            await voice.stop()

    waits, memory = asyncio.run(play())
    settings = voice_settings().playing
    ahead = settings.period * settings.periods
    print(f"\nthe sound card has {ahead} ms more ahead of it; median {statistics.median(waits):.1f} ms")
    told("voice: screen to first sound, P95", statistics.quantiles(waits, n=20)[-1] + ahead, VOICE_BEGINS_P95_MS, "ms")
    told("voice: memory (PSS)", memory, VOICE_PSS_MB, "MB")


class _Glass:
    def __init__(self) -> None:
        self.at: asyncio.Queue[tuple[int, float]] = asyncio.Queue()

    def sign_picture(self, number: int, width: int, height: int, fd: int) -> None:
        self.at.put_nowait((number, time.monotonic()))

    def sign_note(self, number: int, text: str) -> None: ...


def test_how_soon_a_clip_is_seen_and_what_decoding_costs(tmp_path: Path) -> None:
    say = Phrasebook()
    for name in ("card", "choose"):
        clip(tmp_path / f"{name}.mp4", seconds=3.0, size=(480, 600))
    manifest(tmp_path, card=say("card.spoken"), choose=say("choose.spoken"))

    async def first(glass: _Glass, signs: Signs, number: int, spoken: str) -> float:
        at = time.monotonic()
        signs.prepares(Show(number=number, screen=Screen(name="s", title="", spoken=spoken), look=Look(signs=True)))
        while True:
            shown, when = await asyncio.wait_for(glass.at.get(), 20)
            if shown == number:
                return 1000 * (when - at)

    async def play() -> tuple[float, float, float, float]:
        glass = _Glass()
        signs = Signs(sign_settings(), glass, clips=Clips(tmp_path))
        try:
            cold = await first(glass, signs, 1, say("card.spoken"))
            warm = await first(glass, signs, 2, say("choose.spoken"))
            process = psutil.Process(signs.pid)
            process.cpu_percent()
            await asyncio.sleep(2.5)
            return cold, warm, process.cpu_percent(), pss_mb(signs.pid)
        finally:
            await signs.stop()

    cold, warm, cpu, memory = asyncio.run(play())
    told("sign language: first picture of a visit", cold, SIGNS_BEGIN_MS, "ms")
    told("sign language: first picture of the next screen", warm, SIGNS_NEXT_MS, "ms")
    told("sign language: processor while a clip is shown", cpu, SIGNS_CPU_PERCENT, "%")
    told("sign language: memory (PSS)", memory, SIGNS_PSS_MB, "MB")


def test_what_the_window_needs_for_a_clip() -> None:
    picture = sign_settings().picture

    async def play(display: str) -> float:
        async with bench(display) as at:
            say = Phrasebook()
            shown = await at.show(
                Screen(name="s", title=say("card.title"), spoken=say("card.spoken"), signs=True), Look()
            )
            process = psutil.Process(at.shell.pid)
            process.cpu_percent()
            for number in range(picture.most_fps * 4):
                phase = number % picture.most_fps / picture.most_fps
                fd = memfd.seal(signing_rgb(picture.width, picture.height, phase))
                at.send(SignPicture(number=shown.number, width=picture.width, height=picture.height), [fd])
                os.close(fd)
                await asyncio.sleep(1 / picture.most_fps)
            return float(process.cpu_percent())

    with virtual_display(DEMO_PANEL.px) as display:
        told("sign language: processor of the window", asyncio.run(play(display)), SLOT_CPU_PERCENT, "%")
