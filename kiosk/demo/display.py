"""A display to draw on: the real one where there is one, a virtual one (Xvfb) otherwise."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def virtual_display(width: int, height: int) -> AsyncIterator[str]:
    """Start Xvfb on a free number; yield its name; stop it. Raise RuntimeError that names the missing package."""
    reading, writing = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            "Xvfb",
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            f"{width}x{height}x24",
            "-nolisten",
            "tcp",
            pass_fds=(writing,),
            stderr=asyncio.subprocess.DEVNULL,
        )
    except FileNotFoundError:
        os.close(reading)
        raise RuntimeError("Xvfb is not installed; run: apt-get install xvfb") from None
    finally:
        os.close(writing)
    try:
        number = await asyncio.to_thread(os.read, reading, 16)
        if not number.strip():
            raise RuntimeError("Xvfb ended without a display; is another server on the same number?")
        yield f":{number.decode().strip()}"
    finally:
        os.close(reading)
        if process.returncode is None:
            process.terminate()
        await process.wait()
