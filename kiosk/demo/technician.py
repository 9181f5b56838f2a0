"""The scripted technician: comes in by gesture, code and PIN, replaces a device by real touches, and does with the emulators what
the screen asks of hands. For the tests on glass and for the manual's pictures."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.demo.glass import Glass, centre, controls, nodes
from kiosk.demo.staff import BenchStaff
from kiosk.locales.staff import tell
from kiosk.shell.gesture import rule

HANDS = {
    "请把测试卡放在读卡区": "present",
    "请拿开证件": "withdraw",
    "请把测试二维码对准扫码窗": "present",
    "请拿开二维码": "withdraw",
    "请取走出纸口的纸": "withdraw",
    "请拔下这台设备的数据线": "unplug",
    "请把数据线插回原来的口": "replug",
}
"""What the kit's prompts want of the emulator (drivers/conformance/titles.toml)."""

SEES_SECONDS = 3.0
"""A lifted card is noticed after three looks; whoever has waited so long touches 做好了."""


@dataclass
class Technician:
    """One member of staff at the glass. `pictures` is the folder for one PNG a screen, each name once."""

    glass: Glass
    staff: BenchStaff
    pictures: Path | None = None
    touches: int = 0
    _taken: set[str] = field(default_factory=set)

    # --- in and out

    async def comes_in(self) -> None:
        """The hidden gesture, then code and PIN."""
        screen = await self.glass.wait_for("idle")
        top = next(node for node in nodes(screen) if node["role"] == "text")
        x, y, width, height = top["bounds_px"]
        await self.glass.touch_at(round(x + width / 2), round(y + height / 2), hold=rule().hold + 0.2)
        left, upper, across, _ = next(each for each in nodes(screen) if each["role"] == "group")["bounds_px"]
        for share in (0.05, 0.95):
            await self.glass.touch_at(round(left + share * across), round(upper + 20))
        await self.glass.wait_for("staff_door")
        await self.touch(tell("door.way_code"), "staff_door_code")
        await self._type(self.staff.code.partition("-")[2])
        await self.glass.touch(tell("door.pin"))
        await self._type(self.staff.pin)
        await self.touch(tell("door.enter"), "staff_home")

    async def _type(self, digits: str) -> None:
        for digit in digits:
            screen = await self.glass.until_there(digit)
            key = next(each for each in controls(screen) if each["role"] == "button" and each["name"] == digit)
            await self.glass.touch_at(*centre(key))

    async def leaves(self) -> None:
        """退出维护, whatever is still open."""
        await self.glass.touch(tell("frame.leave"))
        while (await self.glass.wait_for("staff_leaving", "idle"))["screen"] != "idle":
            await self.glass.touch(tell("leaving.go"))
            await asyncio.sleep(0.2)

    # --- replacing

    async def begins(self, device: str) -> None:
        """From the tasks to "unplug it". `device`: what its class is called."""
        await self.to_task("replace", "staff_replace_choose")
        await self.touch(device, "staff_replace_unplug")

    async def swaps(self, old: str, spare: str) -> None:
        """Unplug one, plug the other in; each is seen, and nothing is touched for it."""
        await self.glass.do(old, "unplug")
        await self._see("staff_replace_plug", within=20)
        await self.glass.do(spare, "replug")
        await self._see("staff_replace_driver", within=20)

    async def to_test(self, driver: str, *settings: str) -> None:
        """Choose the driver and its settings (as they stand on the screen), and begin the test."""
        for touched in (driver, *settings):
            await self.touch(touched, "staff_replace_setting", "staff_replace_opening", "staff_replace_ready")
            await asyncio.sleep(0.3)
        await self._see("staff_replace_ready", within=30)
        await self.touch(tell("replace.ready_start"), "staff_replace_test")

    async def tests(self, spare: str, *, within: float = 400.0) -> None:
        """Do what the screen asks until the result stands there."""
        give_up = time.monotonic() + within
        done = -1
        since = time.monotonic()
        while (screen := await self.glass.screen())["screen"] != "staff_replace_result":
            if time.monotonic() > give_up:
                raise TimeoutError(f"no result; there is {screen['screen']}")
            wanted = self._wanted(screen)
            if wanted is not None and screen["number"] != done and screen["drawn"]:
                done, since = screen["number"], time.monotonic()
                await self._picture(screen, f"staff_replace_test-{HANDS[wanted]}")
                await self.glass.do(spare, HANDS[wanted])
            elif wanted is not None and screen["number"] == done and time.monotonic() - since > SEES_SECONDS:
                await self._say_so()
                since = time.monotonic()
            elif wanted is None and screen["drawn"] and len(list(nodes(screen))) > _MANY:
                await self._picture(screen, "staff_replace_test")
            await asyncio.sleep(0.1)
        await self._see("staff_replace_result")

    @staticmethod
    def _wanted(screen: dict[str, Any]) -> str | None:
        if screen["screen"] != "staff_replace_test":
            return None
        return next((node["name"] for node in nodes(screen) if node["name"] in HANDS), None)

    async def _say_so(self) -> None:
        """What is seen by itself has no button; and it may have been seen just now."""
        screen = await self.glass.screen()
        button = next((each for each in controls(screen) if each["name"] == tell("replace.test_done")), None)
        if button is not None and screen["screen"] == "staff_replace_test":
            await self.glass.touch(tell("replace.test_done"))
            self.touches += 1

    async def signs(self) -> None:
        """From the result to the device in service."""
        await self.touch(tell("replace.result_sign"), "staff_replace_sign")
        await self.touch(tell("replace.sign_ok"), "staff_door_sign")
        await self._type(self.staff.pin)
        await self.touch(tell("door.sign_ok"), "staff_replace_waiting", "staff_replace_end")
        await self._see("staff_replace_end", within=30)
        await self.touch(tell("replace.end_ok"), "staff_replace_choose")

    # --- by what is written there

    async def to_task(self, task: str, expected: str) -> None:
        """Touch a task; turn the page until it is there."""
        words = tell(f"home.{task}")
        for _ in range(8):
            screen = await self.glass.until_there(tell("frame.leave"))
            there = {node["name"] for node in controls(screen)}
            if words in there or "下一页" not in there:
                break
            await self.glass.touch("下一页")
            await asyncio.sleep(0.3)
        await self.touch(words, expected)

    async def touch(self, words: str, *expected: str, within: float = 20.0) -> None:
        """Touch what is called so and see one of these screens."""
        await self.glass.until_there(words)
        await self.glass.touch(words)
        self.touches += 1
        await self._see(*expected, within=within)

    async def _see(self, *expected: str, within: float = 20.0) -> None:
        screen = await self.glass.wait_for(*expected, seconds=within)
        await self._picture(screen, screen["screen"])

    async def _picture(self, screen: dict[str, Any], name: str) -> None:
        if self.pictures is None or name in self._taken:
            return
        self._taken.add(name)
        await asyncio.sleep(_STILL_SECONDS)
        await self.glass.picture(self.pictures / f"{name}.png")


_STILL_SECONDS = 0.4
"""A screen has come to rest."""

_MANY = 22
"""Nodes of a test screen on which several checks are listed."""
