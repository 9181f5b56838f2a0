"""The emulated reader itself: its pace, its capture, its verbs; and the driver in its own process at the other end."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.client import DeviceClient, Link, Snapshot, Timing
from drivers.contract.common import DeviceClass
from drivers.contract.id_card import WaitCard
from drivers.emulators.__main__ import create
from drivers.emulators.id_card_reader import SdtEmulator
from drivers.id_card.sdt_serial import SdtSerial

Make = Callable[..., SdtSerial]


def test_the_capture_is_every_byte_with_its_time(
    tmp_path: Path, make_driver: Make, heard: Any, citizen: dict[str, str]
) -> None:
    emulator = create("sdt_serial", tmp_path / "capture", radio_seconds=0.02)
    begun = time.time()
    try:
        driver = make_driver(**emulator.start())
        emulator.do("place", card=citizen)
        driver.perform(WaitCard(), heard.call())
    finally:
        emulator.stop()
    for direction in ("tx", "rx"):
        raw = (tmp_path / "capture" / f"{direction}.bin").read_bytes()
        lines = [json.loads(line) for line in (tmp_path / "capture" / f"{direction}.jsonl").read_text().splitlines()]
        assert [line["offset"] for line in lines] == [sum(x["length"] for x in lines[:i]) for i in range(len(lines))]
        assert sum(line["length"] for line in lines) == len(raw)
        assert all(begun <= line["at"] <= time.time() for line in lines)
    sent = (tmp_path / "capture" / "tx.bin").read_bytes()
    assert citizen["number"].encode("utf-16-le") in sent


def test_the_wire_takes_the_time_that_its_speed_gives(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str]
) -> None:
    """1,295 bytes at 115,200 8N1 are 112 ms."""
    reader.place(citizen)
    before, begun = reader.state(), time.monotonic()
    driver.perform(WaitCard(newest_address=False), heard.call())
    took, after = time.monotonic() - begun, reader.state()
    wire = after["wire_seconds"] - before["wire_seconds"]
    radio = after["radio_seconds"] - before["radio_seconds"]
    assert radio == pytest.approx(0.02, abs=0.001)
    assert wire == pytest.approx((3 * 10 + 15 + 19 + 1295) * 10 / 115200, abs=0.0005)
    assert took >= wire + radio


def test_the_address_stays_the_same_over_a_replug(reader: SdtEmulator, make_driver: Make) -> None:
    driver = make_driver()
    port = driver.settings.port
    was = os.readlink(port)
    reader.unplug()
    assert not os.path.lexists(port)
    other = os.openpty()  # takes the number that became free, so that the reader comes back under another
    reader.replug()
    assert os.readlink(port) != was
    driver.close()
    driver.open()
    for fd in other:
        os.close(fd)


def test_nothing_is_left_after_stop() -> None:
    emulator = SdtEmulator()
    port = Path(str(emulator.start()["port"]))
    assert port.parent.exists()
    emulator.stop()
    emulator.stop()
    assert not port.parent.exists()


def test_the_state_holds_no_personal_data(reader: SdtEmulator, citizen: dict[str, str]) -> None:
    reader.place(citizen)
    state = json.dumps(reader.state(), ensure_ascii=False)
    assert json.loads(state)["card"] == "fresh"
    assert not any(citizen[field] in state for field in ("name", "number", "address"))


@pytest.mark.parametrize(
    ("card", "field"),
    [
        ({"kind": "passport"}, "kind"), ({"name": "很" * 16}, "name"), ({"photo_base64": "?"}, "photo_base64"),
        ({"photo_base64": "A" * 4000}, "photo_base64"),
    ],
)  # fmt: skip
def test_a_card_that_does_not_fit_names_its_field(
    reader: SdtEmulator, citizen: dict[str, str], card: dict[str, str], field: str
) -> None:
    with pytest.raises(ValueError, match=field):
        reader.do("place", card=citizen | card)
    assert reader.state()["card"] == "absent"


def test_faults_are_verbs_with_checked_arguments(reader: SdtEmulator) -> None:
    with pytest.raises(LookupError, match="wrong_checksum"):
        reader.do("fault", kind="bad mood")
    with pytest.raises(TypeError, match="sw3"):
        reader.do("fault", kind="status", every=3)
    reader.do("fault", kind="silent")
    assert reader.state()["faults"] == ["silent"]
    reader.do("clear_faults")
    assert reader.state()["faults"] == []


def test_a_card_is_read_by_the_drivers_own_process_and_a_pulled_cable_heals(
    reader: SdtEmulator, citizen: dict[str, str], portrait: str
) -> None:
    asyncio.run(_through_the_host(reader, citizen | {"photo_base64": portrait}))


async def _through_the_host(reader: SdtEmulator, citizen: dict[str, str]) -> None:
    links: list[Link] = []
    changed = asyncio.Event()

    def on_change(snapshot: Snapshot) -> None:
        links.append(snapshot.link)
        changed.set()

    async def until(link: Link) -> None:
        while client.snapshot.link is not link:
            changed.clear()
            await asyncio.wait_for(changed.wait(), 12)

    settings = {"port": str(reader._wire.port), "photo_decoder": "stand_in"}
    client = DeviceClient(
        "id_reader", DeviceClass.ID_CARD_READER, "sdt_serial", settings,
        production=False, timing=Timing(misses_until_gone=1), on_change=on_change,
    )  # fmt: skip
    await client.start()
    try:
        await until(Link.HERE)
        reader.place(citizen)
        result = await client.call(WaitCard(), seconds=5)
        assert result.card.number.reveal() == citizen["number"]
        assert result.card.photo.reveal().startswith(b"\x89PNG")
        reader.unplug()
        await until(Link.GONE)
        reader.replug()
        await until(Link.HERE)
        assert (await client.call(WaitCard(), seconds=5)).card.number.reveal() == citizen["number"]
    finally:
        await client.stop()
