"""Stands in for the operator's program that connects a sign language interpreter: answers at a Unix socket with moving pictures.

    python -m kiosk.sandbox.interpreter /tmp/interpreter.sock [--busy] [--answers 2] [--leaves 30]

It speaks the wire of docs/voice.md and knows nothing of the kiosk's side of it. What it shows is a pattern, nobody's picture.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw

_SIZE = (480, 600)
_FPS = 25


@dataclass
class Interpreter:
    """How it answers. `answers`: seconds of ringing; `leaves`: seconds until it hangs up, None: never; `garbles`: speaks nonsense
    instead of a picture. `calls` are those who have called."""

    busy: bool = False
    answers: float = 1.0
    leaves: float | None = None
    garbles: bool = False
    calls: list[dict[str, str]] = field(default_factory=list)
    talking: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One call, from its line to its end."""
        self.talking += 1
        try:
            self.calls.append(json.loads(await reader.readline()))
            hung_up = asyncio.ensure_future(reader.read())
            speaking = asyncio.ensure_future(self._speak(writer))
            await asyncio.wait({hung_up, speaking}, return_when=asyncio.FIRST_COMPLETED)
            for each in (hung_up, speaking):
                each.cancel()
            await asyncio.gather(hung_up, speaking, return_exceptions=True)
        finally:
            self.talking -= 1
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _speak(self, writer: asyncio.StreamWriter) -> None:
        await _state(writer, "calling")
        await asyncio.sleep(self.answers)
        if self.busy:
            await _state(writer, "busy")
            return
        await _state(writer, "connected")
        number = 0
        while self.leaves is None or number < self.leaves * _FPS:
            jpeg = b"no picture" if self.garbles else pattern(number / _FPS)
            writer.write(json.dumps({"type": "picture", "bytes": len(jpeg)}).encode() + b"\n" + jpeg)
            await writer.drain()
            await asyncio.sleep(1 / _FPS)
            number += 1
        await _state(writer, "left")


async def _state(writer: asyncio.StreamWriter, state: str) -> None:
    writer.write(json.dumps({"type": "state", "state": state}).encode() + b"\n")
    await writer.drain()


def pattern(seconds: float) -> bytes:
    """A JPEG of two discs that circle once in two seconds."""
    picture = Image.new("RGB", _SIZE, "#24506b")
    draw = ImageDraw.Draw(picture)
    for turn in (0.0, math.pi):
        x = _SIZE[0] / 2 + 130 * math.cos(math.pi * seconds + turn)
        y = _SIZE[1] / 2 + 130 * math.sin(math.pi * seconds + turn)
        draw.ellipse((x - 50, y - 50, x + 50, y + 50), fill="#f2d0b0")
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=80)
    return made.getvalue()


@asynccontextmanager
async def answering(socket: Path, interpreter: Interpreter) -> AsyncIterator[Interpreter]:
    """Answer at this socket; only this user can call."""
    server = await asyncio.start_unix_server(interpreter.serve, path=socket)
    socket.chmod(0o600)
    try:
        yield interpreter
    finally:
        server.close()
        socket.unlink(missing_ok=True)


async def _run(socket: Path, interpreter: Interpreter) -> None:
    async with answering(socket, interpreter):
        await asyncio.get_running_loop().create_future()


def main() -> None:
    """Answer until stopped."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.sandbox.interpreter", description=__doc__)
    parser.add_argument("socket", type=Path)
    parser.add_argument("--busy", action="store_true", help="nobody can come to the line")
    parser.add_argument("--answers", type=float, default=1.0, help="seconds until somebody answers")
    parser.add_argument("--leaves", type=float, help="seconds until the interpreter hangs up")
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(given.socket, Interpreter(busy=given.busy, answers=given.answers, leaves=given.leaves)))


if __name__ == "__main__":
    main()
