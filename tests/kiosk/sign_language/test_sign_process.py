"""The process of its own: clips and calls become pictures on the screen that wants them, and on no other."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from drivers.link import memfd
from kiosk.locales import Phrasebook
from kiosk.sandbox.interpreter import Interpreter, answering
from kiosk.screens.parts import Typing, Way
from kiosk.screens.protocol import Show
from kiosk.screens.screen import Look, Screen
from kiosk.sign_language.clips import Clips
from kiosk.sign_language.messages import Picture
from kiosk.sign_language.settings import sign_settings
from kiosk.sign_language.signs import Signs
from tests.support.signing import clip, manifest

SAY = Phrasebook()
PATIENCE = 60.0
SETTINGS = sign_settings()
SMALL = msgspec.structs.replace(
    SETTINGS,
    picture=msgspec.structs.replace(SETTINGS.picture, width=96, height=120),
    playing=msgspec.structs.replace(SETTINGS.playing, again=100, start=60_000, silent=60_000),
)
"""As patient as a busy machine needs."""
HASTY = msgspec.structs.replace(SMALL, playing=msgspec.structs.replace(SMALL.playing, silent=2500))
SIGNED = Look(signs=True)


class Glass:
    """A window that keeps what was shown on it, by screen."""

    def __init__(self) -> None:
        self.pictures: list[tuple[int, np.ndarray]] = []
        self.notes: list[tuple[int, str]] = []

    def sign_picture(self, number: int, width: int, height: int, fd: int) -> None:
        pixels = np.frombuffer(memfd.read(fd, limit=width * height * 3), np.uint8)
        self.pictures.append((number, pixels.reshape(height, width, 3)))

    def sign_note(self, number: int, text: str) -> None:
        self.notes.append((number, text))

    def of(self, number: int) -> list[np.ndarray]:
        return [picture for shown, picture in self.pictures if shown == number]


def show(number: int, spoken: str, name: str = "card", look: Look = SIGNED, **more: Any) -> Show:
    return Show(number=number, screen=Screen(name=name, title="", spoken=spoken, **more), look=look)


async def until(so: Callable[[], object]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < give_up
        await asyncio.sleep(0.01)


def colour(picture: np.ndarray) -> str:
    red, _, blue = picture[-20].mean(axis=0)
    return "red" if red > 2 * blue else "blue" if blue > 2 * red else "none"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("clips")
    clip(found / "card.mp4", "red", seconds=0.6)
    clip(found / "choose.mp4", "blue", seconds=0.6)
    (found / "keeper.mp4").write_bytes(b"no film at all")
    return manifest(found, card=SAY("card.spoken"), choose=SAY("choose.spoken"), keeper=SAY("keeper.spoken"))


@asynccontextmanager
async def signing(folder: Path | None = None, settings: Any = SMALL, **more: Any) -> AsyncIterator[tuple[Signs, Glass]]:
    glass = Glass()
    signs = Signs(settings, glass, clips=Clips(folder) if folder else None, kiosk="TEST-1", **more)
    try:
        yield signs, glass
    finally:
        await signs.stop()


def test_a_screen_with_a_clip_keeps_a_place_and_the_clip_moves_there_again_and_again(folder: Path) -> None:
    async def play() -> None:
        async with signing(folder) as (signs, glass):
            prepared = signs.prepares(show(1, SAY("card.spoken")))
            assert prepared.screen.signs
            assert signs.pid is None, "the screen waited for the process"
            await until(lambda: len(glass.of(1)) > 20)
            pictures = glass.of(1)
            assert all(picture.shape == (120, 96, 3) and colour(picture) == "red" for picture in pictures)
            bars = [int(picture[40].mean(axis=1).argmax()) for picture in pictures]
            assert len(set(bars)) > 4, "it stands still"
            assert any(later < earlier for earlier, later in itertools.pairwise(bars)), "it began only once"

    asyncio.run(play())


def test_another_screen_ends_it_and_its_pictures_are_on_no_other(folder: Path) -> None:
    async def play() -> None:
        async with signing(folder) as (signs, glass):
            signs.prepares(show(1, SAY("card.spoken")))
            await until(lambda: glass.of(1))
            signs.prepares(show(2, SAY("choose.spoken")))
            await until(lambda: len(glass.of(2)) > 3)
            assert {colour(picture) for picture in glass.of(2)} == {"blue"}
            signs.prepares(show(3, "没有片段的话。"))
            before = len(glass.pictures)
            await asyncio.sleep(0.3)
            assert len(glass.pictures) == before
            assert signs.pid is not None, "the next screen may want it"

    asyncio.run(play())


@pytest.mark.parametrize(
    "shown",
    [
        show(1, SAY("card.spoken"), look=Look()),
        show(1, SAY("card.spoken"), look=Look(signs=True, language="en")),
        show(1, "没有片段的话。"),
        show(1, SAY("card.spoken"), blocks=(Typing(id="t", label="", ways=(Way.PINYIN,)),)),
        show(1, SAY("help.spoken"), name="help"),
    ],
    ids=["not wanted", "another language", "no clip", "somebody types", "nobody to be called"],
)
def test_where_there_is_nothing_to_show_no_place_is_kept_and_no_process_started(folder: Path, shown: Show) -> None:
    async def play() -> None:
        async with signing(folder) as (signs, _):
            assert signs.prepares(shown) == shown
            assert signs.pid is None
            assert signs._life is None

    asyncio.run(play())


def test_the_same_caption_on_a_screen_that_is_shown_anew_goes_on(folder: Path) -> None:
    async def play() -> None:
        async with signing(folder) as (signs, glass):
            signs.prepares(show(1, SAY("card.spoken")))
            await until(lambda: glass.of(1))
            playing = signs._wanted
            signs.prepares(show(2, SAY("card.spoken")))
            assert signs._wanted == playing
            await until(lambda: glass.of(2))

    asyncio.run(play())


def test_what_is_no_film_is_told_on_its_screen_and_the_next_one_is_signed(folder: Path) -> None:
    async def play() -> None:
        async with signing(folder) as (signs, glass):
            signs.prepares(show(1, SAY("keeper.spoken")))
            await until(lambda: (1, SAY("signs.broken")) in glass.notes)
            signs.prepares(show(2, SAY("card.spoken")))
            await until(lambda: glass.of(2))

    asyncio.run(play())


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "hangs"])
def test_a_process_that_is_gone_costs_one_screen(folder: Path, by: signal.Signals) -> None:
    async def play() -> None:
        async with signing(folder) as (signs, glass):
            signs.prepares(show(1, SAY("card.spoken")))
            await until(lambda: glass.of(1))
            signs._settings, seen = HASTY, len(glass.pictures)
            await until(lambda: len(glass.pictures) > seen)
            first = signs.pid
            assert first is not None
            os.kill(first, by)
            await until(lambda: signs.pid is None and signs._life is not None and signs._life.done())
            signs._settings = SMALL
            signs.prepares(show(2, SAY("choose.spoken")))
            await until(lambda: glass.of(2))
            assert signs.pid != first

    asyncio.run(play())


def test_nobody_wants_it_any_more(folder: Path) -> None:
    quick = msgspec.structs.replace(SMALL, playing=msgspec.structs.replace(SMALL.playing, linger=100))

    async def play() -> None:
        async with signing(folder, quick) as (signs, glass):
            signs.prepares(show(1, SAY("card.spoken")))
            await until(lambda: glass.of(1))
            signs.prepares(show(2, "没有片段的话。"))
            await until(lambda: signs.pid is None)

    asyncio.run(play())


# --- an interpreter who is there now


def help_screen(number: int) -> Show:
    return show(number, SAY("help.spoken"), name="help")


def test_help_calls_an_interpreter_who_is_seen_until_help_is_left(tmp_path: Path) -> None:
    async def play() -> None:
        async with (
            answering(tmp_path / "line", Interpreter(answers=0.2)) as interpreter,
            signing(interpreter=tmp_path / "line") as (signs, glass),
        ):
            assert signs.offered
            assert signs.prepares(help_screen(1)).screen.signs
            await until(lambda: len(glass.of(1)) > 5)
            assert glass.notes[0] == (1, SAY("signs.calling"))
            assert interpreter.calls == [{"type": "call", "kiosk": "TEST-1", "language": "csl"}]
            assert len({picture.tobytes() for picture in glass.of(1)}) > 3
            signs.prepares(help_screen(2))  # the next topic of help
            await until(lambda: len(glass.of(2)) > 3)
            assert len(interpreter.calls) == 1, "it is the same call"
            signs.prepares(show(3, "回到原来的问题。"))
            await until(lambda: interpreter.talking == 0)

    asyncio.run(play())


@pytest.mark.parametrize(
    ("interpreter", "note"),
    [
        (Interpreter(answers=0.0, busy=True), "signs.busy"),
        (Interpreter(answers=0.0, leaves=0.2), "signs.left"),
        (Interpreter(answers=0.0, garbles=True), "signs.left"),
        (None, "signs.busy"),
    ],
    ids=["busy", "hangs up", "speaks nonsense", "nobody there"],
)
def test_how_the_call_stands_is_written_where_the_picture_would_be(
    tmp_path: Path, interpreter: Interpreter | None, note: str
) -> None:
    async def play() -> None:
        async with signing(interpreter=tmp_path / "line") as (signs, glass):
            signs.prepares(help_screen(1))
            await until(lambda: (1, SAY(note)) in glass.notes)

    async def with_one(one: Interpreter) -> None:
        async with answering(tmp_path / "line", one):
            await play()

    asyncio.run(with_one(interpreter) if interpreter is not None else play())


def test_a_picture_that_was_on_its_way_when_the_screen_changed_is_shown_on_neither(folder: Path) -> None:
    async def play() -> None:
        async with signing(folder) as (signs, glass):
            signs.prepares(show(1, SAY("card.spoken")))
            await until(lambda: glass.of(1))
            late = Picture(id=signs._id, width=96, height=120)
            signs.prepares(show(2, SAY("choose.spoken")))
            before = len(glass.pictures)
            fd = memfd.seal(bytes(96 * 120 * 3))
            try:
                signs._handle(late, [fd])
            finally:
                os.close(fd)
            assert len(glass.pictures) == before

    asyncio.run(play())
