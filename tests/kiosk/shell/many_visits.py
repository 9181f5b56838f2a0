"""One window and one visitor after another, each with another name, number, page and face: `visit` is one of them.

The screens are the samples, with the invented person's texts replaced; on the way a live picture runs, a finger touches, and
the picture of a page comes and goes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random

import msgspec
import psutil

from drivers.link import memfd
from kiosk.screens.parts import Live, Pages
from kiosk.screens.protocol import LiveFrame, LiveHint
from kiosk.screens.screen import Look, Mode, Screen
from kiosk.shell.bench import Bench
from kiosk.shell.samples import samples
from kiosk.shell.samples.common import stage

_CAMERA = (640, 480)
_FRAMES = 6
_HAN = (0x4E00, 0x9FA5)


def person(draw: Random) -> dict[str, str]:
    """What stands on the samples, and what stands in its place for this visitor. The code 999999 is nobody's."""
    values = stage(Mode.STANDARD, "zh-Hans").value
    name = "".join(chr(draw.randint(*_HAN)) for _ in range(draw.randint(2, 4)))
    number = f"999999{draw.randrange(10**12):012d}"
    return {values.name: name, values.number: number, values.address: f"{name}路 {number[6:10]} 号"}


def screens(mode: Mode, texts: dict[str, str]) -> Iterator[Screen]:
    """The screens of this person's visit."""
    for screen in samples(mode):
        encoded = msgspec.json.encode(screen).decode()
        for old, new in texts.items():
            encoded = encoded.replace(old, new)
        yield msgspec.json.decode(encoded, type=Screen)


async def visit(at: Bench, mode: Mode, draw: Random) -> int:
    """Show them all; return how many there were."""
    count = 0
    for screen in screens(mode, person(draw)):
        pages = [_sealed(draw, size) for block in screen.blocks if isinstance(block, Pages) for size in block.sizes]
        await at.show(screen, Look(mode=mode), pages)
        _close(pages)
        if any(isinstance(block, Live) for block in screen.blocks):
            await _look(at, draw)
        count += 1
    await at.touch(draw.randrange(300, 700), draw.randrange(300, 600))
    await at.show(Screen(name="empty", title=""), Look())
    return count


async def _look(at: Bench, draw: Random) -> None:
    """Frames of a camera, and hints, each drawn before the next."""
    for number in range(_FRAMES):
        frames = [_sealed(draw, _CAMERA)]
        at.send(LiveFrame(width=_CAMERA[0], height=_CAMERA[1]), frames)
        _close(frames)
        at.send(LiveHint(text=f"请看镜头，还剩 {number} 秒"))
        ticks = at.ticks
        while at.ticks == ticks:
            await at.hear()


def _sealed(draw: Random, size: tuple[int, int]) -> int:
    """A picture that is like no other."""
    return memfd.seal(bytes([draw.randrange(256)]) * (size[0] * size[1] * 3))


def _close(descriptors: list[int]) -> None:
    for each in descriptors:
        os.close(each)


def private_mb(pid: int) -> float:
    """What only this process holds and has written to."""
    return sum(each.private_dirty for each in psutil.Process(pid).memory_maps()) / 1e6
