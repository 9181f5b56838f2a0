"""The voice's own process: what it plays is captured as the sound card pulls it, and compared with the recordings."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from kiosk.locales import Phrasebook
from kiosk.screens.protocol import Focused, Hearing, Keyed, LiveHint, SayAgain, Show, Stirred, Touched
from kiosk.screens.screen import Answer, Look, Mode, Screen
from kiosk.voice import join, pack
from kiosk.voice.ears import Ears
from kiosk.voice.inventory import slotted
from kiosk.voice.messages import NO_CARD, Began, Ended, FromVoice, How, Say, Sound
from kiosk.voice.plan import Planner
from kiosk.voice.policy import voice_settings
from kiosk.voice.voice import Voice

SETTINGS = voice_settings()
SAY = Phrasebook()
LONG, SHORT = SAY("keeper.spoken"), SAY("choose.spoken")
NOON, MIDNIGHT = datetime(2026, 11, 22, 12), datetime(2026, 11, 22, 23, 30)
RATE = 24000
PATIENCE = 60.0


class Listening:
    """A voice, and what it told."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self.told: list[FromVoice] = []
        voice.on_told = self.told.append

    async def until(self, kind: type[Any], count: int = 1, seconds: float = PATIENCE) -> Any:
        give_up = time.monotonic() + seconds
        while len(found := [each for each in self.told if isinstance(each, kind)]) < count:
            assert time.monotonic() < give_up, self.told
            await asyncio.sleep(0.01)
        return found[count - 1]


@asynccontextmanager
async def listening(now: datetime = NOON, **options: Any) -> AsyncIterator[Listening]:
    found = Listening(Voice(SETTINGS, **{"clock": lambda: now, "speaker": NO_CARD, "earphone": NO_CARD, **options}))
    await found.voice.start()
    give_up = time.monotonic() + PATIENCE
    try:
        while found.voice.sound is Sound.UNKNOWN:
            assert time.monotonic() < give_up
            await asyncio.sleep(0.01)
        yield found
    finally:
        await found.voice.stop()


def screen(spoken: str, name: str = "keeper") -> Screen:
    return Screen(name=name, title="", spoken=spoken)


def meant(caption: str) -> join.Samples:
    what = pack.manifest()
    pieces = Planner(slotted(), what.recordings).plan(caption)
    assert pieces, f"no recording of {caption}"
    return join.joined(pieces, pack.folder(), what, SETTINGS.pauses)


def captured(path: Path) -> join.Samples:
    return np.asarray(soundfile.read(path, dtype="int16")[0], np.int16)


def found_at(sound: join.Samples, wanted: join.Samples) -> tuple[float, int]:
    """The best normalised correlation of `wanted` within `sound`, and where."""
    size = 1 << (len(sound) + len(wanted)).bit_length()
    one, other = sound.astype(float), wanted.astype(float)
    product = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size)), size)[
        : len(one) - len(other) + 1
    ]
    power = np.cumsum(np.concatenate([[0.0], np.square(one)]))
    here = np.sqrt(np.maximum(power[len(other) :] - power[: -len(other)], 1.0))
    match = product / (here * np.sqrt(np.sum(np.square(other))))
    return float(match.max()), int(match.argmax())


def test_what_is_played_is_what_the_caption_says(tmp_path: Path) -> None:
    async def play() -> None:
        async with listening() as heard:
            heard.voice.record(tmp_path / "sound.wav")
            heard.voice.shown(screen(LONG), Look())
            began = await heard.until(Began)
            assert (await heard.until(Ended)).how is How.DONE
            assert abs(began.seconds - len(meant(LONG)) / RATE) < 0.01

    asyncio.run(play())
    match, _ = found_at(captured(tmp_path / "sound.wav"), meant(LONG))
    assert match > 0.99
    other, _ = found_at(captured(tmp_path / "sound.wav"), meant(SHORT))
    assert other < 0.5


A_FEW_BLOCKS = 0.3
"""Seconds: what lies ready in the sound card, and more."""


def test_a_new_screen_stops_it_at_once_and_its_own_caption_follows(tmp_path: Path) -> None:
    async def play() -> float:
        async with listening() as heard:
            heard.voice.record(tmp_path / "sound.wav")
            began = time.monotonic()
            heard.voice.shown(screen(LONG), Look())
            await heard.until(Began)
            await asyncio.sleep(0.5)
            heard.voice.shown(screen(SHORT, "choose"), Look())
            assert (await heard.until(Ended)).how is How.STOPPED
            took = time.monotonic() - began
            assert (await heard.until(Ended, 2)).how is How.DONE
            return took

    took = asyncio.run(play())
    sound = captured(tmp_path / "sound.wav")
    match, where = found_at(sound, meant(SHORT))
    assert match > 0.98
    first, begins = found_at(sound[:where], meant(LONG)[: RATE // 3])
    assert first > 0.98
    assert where - begins < (took + A_FEW_BLOCKS) * RATE, "the first went on after the second was shown"


@pytest.mark.parametrize(
    "message", [Touched(number=1, answer=Answer(action="ok")), Stirred(number=1)], ids=["answered", "stirred"]
)
def test_a_touch_stops_it_at_once(tmp_path: Path, message: object) -> None:
    async def play() -> float:
        async with listening() as heard:
            ears = Ears(heard.voice)
            heard.voice.record(tmp_path / "sound.wav")
            began = time.monotonic()
            ears(Show(number=1, screen=screen(LONG), look=Look()))
            await heard.until(Began)
            await asyncio.sleep(0.3)
            ears(message)
            assert (await heard.until(Ended)).how is How.STOPPED
            took = time.monotonic() - began
            await asyncio.sleep(0.8)
            return took

    took = asyncio.run(play())
    sound = captured(tmp_path / "sound.wav")
    assert np.abs(sound).max() > 1000
    spoken = np.flatnonzero(np.abs(sound.astype(int)) > 100)
    assert spoken[-1] - spoken[0] < (took + A_FEW_BLOCKS) * RATE
    assert np.abs(sound[-RATE // 10 :]).max() == 0


def test_again_says_it_again_and_the_same_screen_redrawn_does_not(tmp_path: Path) -> None:
    async def play() -> None:
        async with listening() as heard:
            ears = Ears(heard.voice)
            ears(Show(number=1, screen=screen(SHORT), look=Look()))
            await heard.until(Began)
            ears(Show(number=2, screen=screen(SHORT), look=Look()))
            assert (await heard.until(Ended)).how is How.DONE
            assert len([each for each in heard.told if isinstance(each, Began)]) == 1
            ears(SayAgain(number=2))
            assert (await heard.until(Ended, 2)).how is How.DONE

    asyncio.run(play())


def test_an_idle_screen_waits_for_somebody(tmp_path: Path) -> None:
    async def play() -> None:
        async with listening() as heard:
            ears = Ears(heard.voice)
            ears(Show(number=1, screen=screen(SAY("idle.spoken"), "idle"), look=Look()))
            await asyncio.sleep(0.3)
            assert not [each for each in heard.told if isinstance(each, Began)]
            ears(Stirred(number=1))
            await heard.until(Began)
            ears(Show(number=2, screen=screen(SAY("idle.spoken"), "idle"), look=Look()))
            ears(Touched(number=2, answer=Answer(action="elder")))
            await asyncio.sleep(0.2)
            assert len([each for each in heard.told if isinstance(each, Began)]) == 1

    asyncio.run(play())


def test_by_night_it_is_quieter_and_elder_mode_is_slower() -> None:
    async def play(now: datetime, look: Look) -> tuple[float, float]:
        async with listening(now) as heard:
            sent: list[Any] = []
            heard.voice._send = lambda message: sent.append(message) or True  # type: ignore[method-assign,func-returns-value]
            heard.voice.shown(screen(LONG), look)
            return sent[-1].volume, sent[-1].speed

    day, night = asyncio.run(play(NOON, Look())), asyncio.run(play(MIDNIGHT, Look(mode=Mode.ELDER)))
    assert day == (SETTINGS.volume.day, SETTINGS.speed.standard)
    assert night == (SETTINGS.volume.night, SETTINGS.speed.elder)
    assert night[0] < day[0]


def test_by_earphone_volume_and_speed_change_step_by_step_and_the_pitch_does_not(tmp_path: Path) -> None:
    async def play() -> None:
        async with listening() as heard:
            heard.voice.shown(screen(LONG), Look())
            heard.voice.keyed(Hearing.EARPHONE_IN)
            plain = await heard.until(Began, 2)
            heard.voice.record(tmp_path / "sound.wav")
            heard.voice.keyed(Hearing.FASTER)
            fast = await heard.until(Began, 3)
            assert plain.seconds / fast.seconds == pytest.approx(1.25, rel=0.02)
            heard.voice.keyed(Hearing.FASTER)  # the end of the scale
            assert (await heard.until(Began, 4)).seconds == fast.seconds
            while len([each for each in heard.told if isinstance(each, Ended)]) < 4:
                await asyncio.sleep(0.02)

    asyncio.run(play())
    assert pitch(captured(tmp_path / "sound.wav")) == pytest.approx(pitch(meant(LONG)), rel=0.06)


def pitch(sound: join.Samples) -> float:
    """The median pitch of what is voiced, in Hz, by autocorrelation."""
    found = []
    for begin in range(0, len(sound) - 1200, 600):
        part = sound[begin : begin + 1200].astype(float)
        if np.sqrt(np.mean(np.square(part))) < 1000:
            continue
        same = np.correlate(part, part, "full")[len(part) - 1 :]
        lag = 60 + int(np.argmax(same[60:340]))
        if same[lag] > 0.6 * same[0]:
            found.append(RATE / lag)
    return float(np.median(found))


def test_what_has_the_focus_waits_for_the_new_screen_s_caption_and_no_longer() -> None:
    async def play() -> None:
        async with listening() as heard:
            heard.voice.shown(screen(SHORT), Look())
            await heard.until(Began)
            heard.voice.focused(LONG, LONG)
            assert (await heard.until(Ended)).how is How.DONE
            await heard.until(Began, 2)
            heard.voice.focused(SHORT, SHORT)
            assert (await heard.until(Ended, 2)).how is How.STOPPED

    asyncio.run(play())


def test_a_hint_never_interrupts() -> None:
    async def play() -> None:
        async with listening() as heard:
            ears = Ears(heard.voice)
            ears(Show(number=1, screen=screen(SHORT), look=Look()))
            await heard.until(Began)
            ears(LiveHint(text=LONG))
            assert (await heard.until(Ended)).how is How.DONE
            ears(LiveHint(text=LONG))
            await heard.until(Began, 2)

    asyncio.run(play())


def test_what_has_no_recording_or_another_language_is_a_caption_only() -> None:
    async def play() -> None:
        async with listening() as heard:
            heard.voice.shown(screen("没有录过的话。"), Look())
            assert (await heard.until(Ended)).how is How.CAPTION_ONLY
            heard.voice.shown(screen(LONG), Look(language="en"))
            await asyncio.sleep(0.2)
            assert len([each for each in heard.told if isinstance(each, Ended)]) == 1

    asyncio.run(play())


def test_without_a_sound_card_nothing_fails() -> None:
    async def play() -> None:
        async with listening(speaker="no card has this name") as heard:
            assert heard.voice.sound is Sound.NO_CARD
            heard.voice.shown(screen(LONG), Look())
            assert (await heard.until(Ended)).how is How.NOT_HEARD
            assert heard.voice.restarts == 0

    asyncio.run(play())


def test_a_voice_that_dies_is_there_again_and_the_next_screen_is_spoken() -> None:
    async def play() -> None:
        async with listening() as heard:
            first = heard.voice.pid
            assert first is not None
            heard.voice.shown(screen(LONG), Look())
            await heard.until(Began)
            os.kill(first, signal.SIGKILL)
            give_up = time.monotonic() + PATIENCE
            while heard.voice.pid in (None, first):
                assert time.monotonic() < give_up
                await asyncio.sleep(0.02)
            heard.voice.shown(screen(SHORT), Look())
            await heard.until(Began, 2)
            assert heard.voice.restarts == 1

    asyncio.run(play())


def test_a_voice_that_hangs_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.voice.voice._PING_SECONDS", 0.2)
    monkeypatch.setattr("kiosk.voice.voice._SILENT_SECONDS", 2.0)

    async def play() -> None:
        async with listening() as heard:
            first = heard.voice.pid
            assert first is not None
            os.kill(first, signal.SIGSTOP)
            give_up = time.monotonic() + PATIENCE
            while heard.voice.pid in (None, first):
                assert time.monotonic() < give_up
                await asyncio.sleep(0.02)

    asyncio.run(play())


def test_the_program_is_not_started_by_hand() -> None:
    done = subprocess.run([sys.executable, "-m", "kiosk.voice.worker"], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"started by the kiosk core" in done.stderr


def test_what_is_for_the_earphone_never_comes_out_of_the_loudspeaker(tmp_path: Path) -> None:
    """Its card is gone: who listens hears nothing, and the hall does not hear it instead."""

    async def play() -> None:
        async with listening(earphone="no card has this name") as heard:
            heard.voice.record(tmp_path / "sound.wav")
            heard.voice.shown(screen(SHORT), Look())
            await heard.until(Began)
            heard.voice.keyed(Hearing.EARPHONE_IN)
            assert (await heard.until(Ended, 2)).how is How.NOT_HEARD
            heard.voice.focused("证件号码，一二三", "证件号码")
            assert (await heard.until(Ended, 3)).how in (How.NOT_HEARD, How.CAPTION_ONLY)
            assert len([each for each in heard.told if isinstance(each, Began)]) == 1

    asyncio.run(play())


def test_a_plug_that_is_pulled_silences_it_and_the_hall_hears_nothing_of_what_was_being_said() -> None:
    async def play() -> None:
        async with listening() as heard:
            heard.voice.keyed(Hearing.EARPHONE_IN)
            heard.voice.shown(screen(LONG), Look())
            began = await heard.until(Began)
            heard.voice.keyed(Hearing.EARPHONE_OUT)
            ended = await heard.until(Ended)
            assert (ended.id, ended.how) == (began.id, How.STOPPED)
            await asyncio.sleep(0.2)
            assert len([each for each in heard.told if isinstance(each, Began)]) == 1

    asyncio.run(play())


def test_by_earphone_the_whole_is_said_and_aloud_only_what_the_room_may_hear() -> None:
    async def play() -> None:
        async with listening() as heard:
            sent: list[Any] = []
            heard.voice._send = lambda message: sent.append(message) or True  # type: ignore[method-assign,func-returns-value]
            ears = Ears(heard.voice)
            ears(Focused(number=1, said="姓名，张三", aloud="姓名"))
            ears(Keyed(key=Hearing.EARPHONE_IN))
            ears(Focused(number=1, said="姓名，张三", aloud="姓名"))
            said = [(each.caption, each.ear) for each in sent if isinstance(each, Say)]
            assert said[0] == ("姓名", False)
            assert said[-1] == ("姓名，张三", True)

    asyncio.run(play())


def test_nobody_inherits_the_volume_and_the_speed_that_somebody_else_has_chosen() -> None:
    async def play() -> None:
        async with listening() as heard:
            sent: list[Any] = []
            heard.voice._send = lambda message: sent.append(message) or True  # type: ignore[method-assign,func-returns-value]
            heard.voice.shown(screen(LONG), Look())
            for key in (Hearing.EARPHONE_IN, *[Hearing.LOUDER] * 9, *[Hearing.FASTER] * 9):
                heard.voice.keyed(key)
            chosen = (sent[-1].volume, sent[-1].speed)
            assert chosen == (max(SETTINGS.earphone.volumes), max(SETTINGS.earphone.speeds))
            heard.voice.shown(screen(SAY("idle.spoken"), "idle"), Look())
            heard.voice.shown(screen(SHORT), Look())
            assert (sent[-1].volume, sent[-1].speed) == (SETTINGS.earphone.volume, SETTINGS.earphone.speed)

    asyncio.run(play())
