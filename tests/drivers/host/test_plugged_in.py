"""Where a device is plugged in is asked before each start; a nudge from the bus ends the waiting."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from drivers.client import DeviceClient, Link, Timing
from drivers.contract.common import DeviceClass
from drivers.contract.faults import FaultCode, failing
from drivers.emulators.id_card_reader import SdtEmulator
from drivers.supervision.timing import Backoff
from tests.drivers.host.hosting import TIMING, device, family, until

GONE_AT_ONCE = Timing(misses_until_gone=1)
"""The misses are tested elsewhere; each takes the driver's two seconds."""

SLOW_TO_RETRY = Timing(first_pause=60, longest_pause=60, ping_every=0.1)


@pytest.mark.parametrize("nudged", [False, True])
def test_a_reader_that_comes_back_at_another_port_is_in_service_within_ten_seconds(
    nudged: bool, tmp_path: Path
) -> None:
    """As a USB adapter does: unplugged, another node when it is plugged in again."""
    plugged_in: dict[str, Any] = {}

    def where() -> dict[str, Any]:
        if not plugged_in:
            raise failing(FaultCode.PORT_ABSENT, "not plugged in")
        return dict(plugged_in)

    async def run() -> float:
        first, second = SdtEmulator(), SdtEmulator()
        client = DeviceClient(
            "reader", DeviceClass.ID_CARD_READER, "sdt_serial", where, production=True, timing=GONE_AT_ONCE
        )
        plugged_in.update(first.start())
        await client.start()
        try:
            assert (await client.settled(8)).link is Link.HERE
            plugged_in.clear()
            first.stop()
            if nudged:
                client.nudge()
            await until(lambda: client.snapshot.link is Link.GONE, 10)
            plugged_in.update(second.start())
            began = time.monotonic()
            if nudged:
                client.nudge()
            await until(lambda: client.snapshot.link is Link.HERE and client.snapshot.status is not None, 10)
            return time.monotonic() - began
        finally:
            await client.stop()
            second.stop()

    assert asyncio.run(run()) < (2 if nudged else 10)


def test_what_is_plugged_in_nowhere_starts_no_process_and_a_nudge_ends_the_pause() -> None:
    plugged_in = False

    def where() -> dict[str, Any]:
        if not plugged_in:
            raise failing(FaultCode.PORT_ABSENT)
        return {"flag": ""}

    async def run() -> None:
        nonlocal plugged_in
        async with device("", settings=where, timing=SLOW_TO_RETRY) as client:
            assert client.snapshot.link is Link.GONE
            assert client.snapshot.fault is not None
            assert client.snapshot.fault.code is FaultCode.PORT_ABSENT
            assert client.snapshot.restarts == 0
            assert family().keys() <= before
            plugged_in = True
            client.nudge()
            await until(lambda: client.snapshot.link is Link.HERE, 3)
            client.nudge()
            await asyncio.sleep(0.3)
            assert client.snapshot.restarts == 0, "a device that is here is left alone"

    before = family().keys()
    asyncio.run(run())


def test_settings_that_cannot_be_asked_for_are_told_and_asked_for_again(caplog: pytest.LogCaptureFixture) -> None:
    asked = 0

    def where() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise ZeroDivisionError
        return {"flag": ""}

    async def run() -> None:
        async with device("", settings=where) as client:
            assert client.snapshot.fault is not None
            assert client.snapshot.fault.code is FaultCode.INTERNAL
            await until(lambda: client.snapshot.link is Link.HERE, 3)

    asyncio.run(run())
    assert "the settings of reader: ZeroDivisionError" in caplog.text


def test_pauses_double_up_to_a_limit_with_jitter_and_start_afresh() -> None:
    backoff = Backoff(TIMING)
    exact = [0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5]
    shares = [backoff.next(opened=False) / pause for pause in exact]
    assert all(0.75 <= share <= 1.25 for share in shares)
    assert len({round(share, 6) for share in shares}) > 1, "no jitter"
    assert backoff.next(opened=True) < 1.9, "a device that opens and crashes is back within two seconds"
    backoff.fresh()
    assert backoff.next(opened=False) <= 0.25
