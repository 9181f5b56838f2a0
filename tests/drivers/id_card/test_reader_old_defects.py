"""Defects that public kiosk software has, or has had, with card readers. Each of them would fail here."""

from __future__ import annotations

import ast
import asyncio
import json
import pickle
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from drivers.client import DeviceClient, Link, Timing
from drivers.contract.common import DeviceClass
from drivers.contract.id_card import CardSeen, TryAgain, WaitCard, WaitLift
from drivers.emulators import id_card_people
from drivers.emulators.id_card_reader import SdtEmulator
from drivers.id_card import sdt_frames as sdt
from drivers.id_card.sdt_serial import SdtSerial


def client_of(reader: SdtEmulator) -> DeviceClient:
    return DeviceClient(
        "id_reader", DeviceClass.ID_CARD_READER, "sdt_serial", {"port": str(reader._wire.port), "presence_by": "none"},
        production=False, timing=Timing(misses_until_gone=1),
    )  # fmt: skip


async def until(client: DeviceClient, link: Link, seconds: float = 12.0) -> float:
    """Wait for it; return how long it took."""
    begun = time.monotonic()
    while client.snapshot.link is not link:
        assert time.monotonic() - begun < seconds, f"still {client.snapshot.link}"
        await asyncio.sleep(0.02)
    return time.monotonic() - begun


def test_a_reader_that_was_pulled_out_is_back_within_ten_seconds_without_a_restart(reader: SdtEmulator) -> None:
    """Fedict/eid-mw #27: "reader_unplugged" stays until the kiosk is restarted. vxsuite #1473: missing until a reboot."""
    asyncio.run(_pulled_out(reader))


async def _pulled_out(reader: SdtEmulator) -> None:
    client = client_of(reader)
    await client.start()
    try:
        await until(client, Link.HERE)
        reader.unplug()
        await until(client, Link.GONE)
        reader.replug()
        assert await until(client, Link.HERE) < 10.0
        card = id_card_people.person("citizen", 6)
        reader.place(card)
        assert (await client.call(WaitCard(), seconds=5)).card.number.reveal() == card["number"]
    finally:
        await client.stop()


def test_everything_starts_without_a_reader_and_takes_it_when_it_comes() -> None:
    """Triple-Arm/DigitalIDIssues #224: the application does not start when no reader is there."""
    reader = SdtEmulator(radio_seconds=0.02)
    try:
        asyncio.run(_comes_late(reader))
    finally:
        reader.stop()


async def _comes_late(reader: SdtEmulator) -> None:
    client = client_of(reader)
    assert client.snapshot.link not in (Link.HERE, Link.GONE), "nothing is known before the first look"
    await client.start()
    try:
        await until(client, Link.GONE)
        reader.start()
        await until(client, Link.HERE)
        reader.present()
        assert (await client.call(WaitCard(), seconds=5)).card.number.reveal()
    finally:
        await client.stop()


def test_no_text_form_of_a_card_or_a_packet_holds_personal_data(
    reader: SdtEmulator,
    driver: SdtSerial,
    heard: Any,
    cards: dict[str, dict[str, str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A published device agent: `__str__` of its card prints name, number and photograph."""
    for kind, given in cards.items():
        reader.place(given | {"new_address": "虚构省试验市新区甲路2号"})
        result = driver.perform(WaitCard(), heard.call())
        packet = sdt.Reply((0, 0, 0x90), bytearray(given["number"].encode("utf-16-le")))
        told = f"{result!r} {result} {result.card} {heard!r} {packet!r} {packet} {reader.state()} {caplog.text}"
        for field in ("name", "number", "birth", "address", "english_name", "pass_number"):
            assert given.get(field, kind) == kind or given[field] not in told
        assert "新区甲路" not in told
        for export in (json.dumps, pickle.dumps):
            with pytest.raises(TypeError):
                export(result.card.number)


def test_reading_holds_up_nobody_and_starts_no_loop_of_its_own() -> None:
    """A published device agent: its `read()` runs a nested event loop. Here a read of a second leaves the caller's loop free."""
    reader = SdtEmulator(radio_seconds=0.95)
    reader.start()
    try:
        asyncio.run(_loop_stays_free(reader))
    finally:
        reader.stop()
    imported = {name.split(".")[0] for name in _imports("drivers.id_card") | _imports("drivers.lines")}
    assert not imported & {"asyncio", "selectors", "PySide2", "PyQt5", "kivy", "trio"}


async def _loop_stays_free(reader: SdtEmulator) -> None:
    client = client_of(reader)
    gaps: list[float] = []

    async def tick() -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.01)
            gaps.append(time.monotonic() - last)
            last = time.monotonic()

    await client.start()
    try:
        await until(client, Link.HERE)
        reader.place(id_card_people.person())
        ticking = asyncio.create_task(tick())
        begun = time.monotonic()
        await client.call(WaitCard(), seconds=10)
        took = time.monotonic() - begun
        ticking.cancel()
    finally:
        await client.stop()
    assert took > 0.9
    assert len(gaps) > 20
    assert max(gaps) < took / 2, "the loop stood still while the card was read"


def _imports(package: str) -> set[str]:
    found: set[str] = set()
    for entry in files(package).iterdir():
        if entry.name.endswith(".py"):
            for node in ast.walk(ast.parse(entry.read_text("utf-8"), Path(entry.name).name)):
                if isinstance(node, ast.Import):
                    found |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module)
    assert found
    return found


def test_a_card_that_stays_is_asked_to_be_lifted_and_read_when_laid_anew(
    reader: SdtEmulator, driver: SdtSerial, heard: Any
) -> None:
    """waitingsong/node-idcard-reader: after a good read find fails until the card is lifted; naive software says "no card"."""
    card = id_card_people.person("citizen", 3)
    reader.place(card)
    driver.perform(WaitCard(), heard.call())
    assert reader._device.do("2001") == (0x80, b""), "the emulated reader has the quirk"
    heard.clear()

    def lift(event: object) -> None:
        if isinstance(event, TryAgain):
            reader.withdraw()
            reader.place(card)

    assert driver.perform(WaitCard(), heard.call(on_event=lift)).card.number.reveal() == card["number"]
    assert [getattr(event, "code", "seen") for event in heard] == ["card_not_lifted", "seen"]
    reader.withdraw()
    driver.perform(WaitLift(), heard.call())
    assert heard[-1] == CardSeen()
