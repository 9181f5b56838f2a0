"""The camera as the core meets it: a process of its own, frames as descriptors over a socket pair."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from drivers.client import DeviceClient, Link
from drivers.contract.camera import Frame, Stream
from drivers.contract.common import DeviceClass
from drivers.emulators.camera import CameraEmulator
from drivers.link import memfd


def test_frames_cross_the_border_and_nothing_is_left_open(camera: CameraEmulator) -> None:
    asyncio.run(watch_for_a_while(camera.start()))


async def watch_for_a_while(settings: dict[str, Any]) -> None:
    client = DeviceClient("camera", DeviceClass.CAMERA, "frames", settings, production=True)
    await client.start()
    try:
        snapshot = await client.settled(8)
        assert snapshot.link is Link.HERE
        assert (snapshot.capabilities.width, snapshot.capabilities.height) == (640, 480)
        assert snapshot.pid is not None
        host_files = f"/proc/{snapshot.pid}/fd"
        before = len(os.listdir(host_files))
        seen: list[int] = []

        def on_event(event: Frame, fds: list[int]) -> None:
            for fd in fds:
                with memfd.view(fd, limit=event.width * event.height * 3) as view:
                    seen.append(len(view))
                os.close(fd)

        streaming = asyncio.create_task(client.call(Stream(max_fps=30), seconds=20, on_event=on_event))
        while len(seen) < 20 and not streaming.done():
            await asyncio.sleep(0.02)
        during = len(os.listdir(host_files))
        streaming.cancel()
        with pytest.raises(asyncio.CancelledError):
            await streaming
        assert set(seen) == {640 * 480 * 3}
        assert during <= before + 4, "the driver closes each frame's descriptor after handing it over"
        assert client.snapshot.pid == snapshot.pid, "a cancel costs no restart"
    finally:
        await client.stop()
