"""Pauses as visitors meet them, on a scripted window with the real parts behind it: they end by themselves."""

from __future__ import annotations

import asyncio
import errno
import os
import time
from pathlib import Path

import pytest

from drivers.contract.common import DeviceClass
from kiosk.locales.staff import tell
from kiosk.opening.pauses import Kind, Pause, Why, running
from kiosk.screens.parts import Checks, Facts, Tiles
from tests.support.bench import Run, on_stage
from tests.support.scripts import base_script
from tests.support.shift import shift

ITEM = "KX-RS-001"


def pause(
    run: Run, kind: Kind, name: str = "", *, seconds: float = 600.0, why: Why = Why.REPAIR, words: str = ""
) -> None:
    now = time.time()
    made = Pause(kind=kind, name=name, why=why, words=words, since=now, until=now + seconds, by="T-0001")
    run.kiosk.lobby.service.tools.serving.pauses.begin(made)


def test_the_whole_kiosk_is_out_of_service_until_its_time(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {"idle": None, "out_of_service": None}) as run:
            pause(run, Kind.KIOSK, seconds=2.5, why=Why.OWN, words="今天盘点")
            serving = asyncio.create_task(run.kiosk.lobby.serve())
            began = time.monotonic()
            while "idle" not in run.window.names:
                assert time.monotonic() - began < 10
                await asyncio.sleep(0.05)
            assert time.monotonic() - began > 1.5
            assert run.window.names == ["out_of_service", "idle"]
            closed = run.window.shown[0]
            assert closed.gesture, "staff come in there too"
            rows = [row.value for block in closed.blocks if isinstance(block, Facts) for row in block.rows]
            assert rows[0] == "今天盘点"
            assert "示例区政务服务中心 3 号窗口" in rows
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            assert run.kiosk.lobby.visits_ended == 0, "nobody was served"

    asyncio.run(go())


def test_an_item_is_marked_and_refused_before_anything_is_asked(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            pause(run, Kind.ITEM, ITEM)
            run.window.script.update(base_script(run))
            run.window.script |= {"cannot": "other_item", "choose": [ITEM, "back"]}
            assert await run.visit() == "left"
            tiles = [t for b in run.window.last("choose").blocks if isinstance(b, Tiles) for t in b.tiles]
            assert next(tile.note for tile in tiles if tile.id == ITEM).startswith("设备正在维修,")
            rows = [row for b in run.window.last("cannot").blocks if isinstance(b, Checks) for row in b.rows]
            assert [(row.label, row.word) for row in rows] == [("这件事", "暂停")]
            assert "card" not in run.window.names

    asyncio.run(go())


def test_a_device_falls_back_as_a_missing_one_does_and_is_nobodys_task(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            assert run.kiosk.devices.ready(DeviceClass.ID_CARD_READER) is not None
            pause(run, Kind.DEVICE, "id_reader", seconds=3_600.0)
            assert run.kiosk.devices.ready(DeviceClass.ID_CARD_READER) is None
            run.window.script.update(base_script(run))
            run.window.script |= {"cannot": "other_item", "choose": [ITEM, "back"]}
            assert await run.visit() == "left"
            rows = [row for b in run.window.last("cannot").blocks if isinstance(b, Checks) for row in b.rows]
            assert [(row.label, row.word) for row in rows] == [("身份证阅读器", "暂停")]
            assert "id_reader" not in [each.name for each in run.kiosk.devices.expected()]
            run.kiosk.lobby.service.tools.serving.pauses.end(Kind.DEVICE, "id_reader")
            assert "id_reader" in [each.name for each in run.kiosk.devices.expected()]

    asyncio.run(go())


def test_on_a_full_disk_staff_are_told_that_it_holds_until_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def go() -> None:
        script = {
            "staff_home": ["pausing", "leave"],
            "staff_pausing": ["device:camera", "back"],
            "staff_pausing_why": "repair",
            "staff_pausing_until": "0",
            "staff_pausing_not_kept": "seen",
            "staff_leaving": "go",
        }
        async with on_stage(tmp_path, script) as run:
            with monkeypatch.context() as patched:
                patched.setattr("kiosk.opening.pauses.write_whole", full)
                acts = await shift(run)
            assert run.window.last("staff_pausing_not_kept").sentence == tell("pausing.disk_full")
            assert [each["kept"] for each in acts if each["act"] == "paused"] == [False]
            assert run.kiosk.devices.ready(DeviceClass.CAMERA) is None, "it holds now"
            run.window.script |= {"staff_home": ["pausing", "leave"], "staff_pausing": "back", "staff_leaving": "go"}
            await shift(run)
            kept = running(run.kiosk.site.state_folder / "pauses.json", time.time())
            assert [each.name for each in kept or ()] == ["camera"], "there was room again"

    asyncio.run(go())
