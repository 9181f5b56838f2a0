"""The camera: the live picture with lines to aim by, and a word about the light. A face that comes by is on the glass and nowhere
else: pictures pass as memfds without a name, are looked at for their brightness, and are gone."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import Any

import numpy as np

from drivers.client import DeviceClient
from drivers.contract.camera import Frame, Stream
from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.link import memfd
from drivers.link.channel import close_all
from kiosk.locales.staff import tell
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.tasks import refill
from kiosk.maintenance.tasks.limits import limits
from kiosk.maintenance.tasks.troubles import tries_again
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Action, ActionKind, Live
from kiosk.screens.screen import Answer, Screen

_LUMA = np.array((0.299, 0.587, 0.114), dtype=np.float32)
"""Of red, green, blue (ITU-R BT.601)."""

_EVERY_SO_MANY = 8
"""Pixels between two that are looked at: brightness needs no more."""


class Light(StrEnum):
    """What can be said of the light."""

    WELL = "well"
    DARK = "dark"
    BRIGHT = "bright"
    BACKLIT = "backlit"


async def run(shift: Shift, tools: Toolbox) -> None:
    """Show the picture until somebody has judged it."""
    camera = tools.devices.of(DeviceClass.CAMERA)
    if camera is None:
        await refill.none_here(shift, tell("camera.none"))
        return
    while True:
        watch = _Watch(shift)
        try:
            answer = await shift.ask_while(partial(aiming, shift), watch.stream(camera))
        except DeviceFault as error:
            shift.act("camera.failed", device=camera.name, code=error.fault.code.value)
            title, sentence = tell("camera.failed"), tell("camera.failed_how")
            if await tries_again(shift, "camera_failed", title, sentence, error.fault):
                continue
            return
        if not isinstance(answer, Answer):
            return  # nobody looked any more
        light = watch.light.value if watch.light is not None else ""
        shift.act("camera.aimed", device=camera.name, good=answer.action == "good", light=light, pictures=watch.seen)
        return


class _Watch:
    """Passes pictures on to the glass, looks at some of them, keeps none."""

    def __init__(self, shift: Shift) -> None:
        self._shift = shift
        self._looked_at = 0.0
        self.light: Light | None = None
        self.seen = 0

    async def stream(self, camera: DeviceClient) -> None:
        """Until the time is over or nobody asks any more. Raise DeviceFault when there is no picture."""
        try:
            await camera.call(Stream(), seconds=limits().camera.longest, on_event=self._came)
        except DeviceFault as error:
            if error.fault.code is not FaultCode.DEADLINE or not self.seen:
                raise

    def _came(self, event: Any, fds: list[int]) -> None:
        try:
            if not isinstance(event, Frame) or len(fds) != 1:
                return
            self.seen += 1
            self._shift.window.live_frame(event.width, event.height, fds[0])
            if event.at - self._looked_at >= 1 / limits().camera.looks_per_second:
                self._looked_at = event.at
                self._look(event, fds[0])
        finally:
            close_all(fds)

    def _look(self, event: Frame, fd: int) -> None:
        picture = memfd.read(fd, limit=event.width * event.height * 3)
        light = light_of(np.frombuffer(picture, np.uint8).reshape(event.height, event.width, 3))
        if light is not self.light:
            self.light = light
            self._shift.window.live_hint(tell(f"camera.light_{light.value}"))


def light_of(picture: np.ndarray[Any, Any]) -> Light:
    """Judge the light of a picture, height × width × 3 (RGB, 0 to 255): of its middle ninth, and of that against the rest."""
    luma = picture[::_EVERY_SO_MANY, ::_EVERY_SO_MANY].astype(np.float32) @ _LUMA
    height, width = luma.shape
    middle = luma[height // 3 : 2 * height // 3 + 1, width // 3 : 2 * width // 3 + 1]
    inside, whole = float(middle.mean()), float(luma.mean())
    outside = (whole * luma.size - inside * middle.size) / max(1, luma.size - middle.size)
    own = limits().camera
    if outside - inside > own.backlit:
        return Light.BACKLIT
    if inside < own.dark:
        return Light.DARK
    return Light.BRIGHT if inside > own.bright else Light.WELL


def aiming(shift: Shift) -> Screen:
    """The picture with its lines."""
    return shift.composer.screen(
        shift.say,
        "camera",
        title=tell("camera.title"),
        sentence=tell("camera.how"),
        blocks=(Live(hint=tell("camera.waiting"), marks=True),),
        actions=(
            Action(id="good", label=tell("camera.good")),
            Action(id="bad", label=tell("camera.bad"), kind=ActionKind.SECONDARY),
        ),
    )
