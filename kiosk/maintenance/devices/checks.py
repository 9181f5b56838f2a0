"""The one-tap test: what can honestly be found out about a device within a minute, without a visitor.

Every class is asked for its status. What can be sensed beyond that is sensed: a frame and its light, a card on the reader, a strip
on paper, a light switched and read back, the battery's own test. What a test would spoil or move (a card of the dispenser) is not
tried, and what was not tried is never called well.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from drivers.client import DeviceClient, Snapshot, is_ready
from drivers.contract import camera, code_scanner, document_camera, id_card, power_supply, smart_card
from drivers.contract.common import DeviceClass, Supported
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.inputs_outputs import Level, Output, Switch
from drivers.contract.receipt_printer import Part, PrintSlip
from drivers.link import memfd
from drivers.link.channel import close_all
from kiosk.visit import wipe_value


class Verdict(StrEnum):
    """How one thing that was looked at is."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: `devices.check_<what>` names it, `code` is a FaultCode's value or a word of our own
    (`devices.why_<code>`), `value` a figure."""

    what: str
    verdict: Verdict
    code: str = ""
    value: str = ""


HAND_SECONDS = 20.0
"""To lay a card down or hold a code up, with nothing else to do."""

_FRAME_SECONDS = 5.0
_STRIP_SECONDS = 30.0
_BATTERY_SECONDS = 60.0
_SWITCH_SECONDS = 5.0

DARK, BRIGHT = 16.0, 240.0
"""Mean of 0 to 255 below and above which a picture shows nothing: a cap on the lens, the sun in it."""

_MOST_BYTES = 64_000_000
"""Of one frame: more than a document camera of 20 megapixels delivers."""

Prompt = Callable[[str], None]
"""Tells the person what to do now (`devices.do_<word>`)."""


async def findings(client: DeviceClient, strip: tuple[Part, ...], prompt: Prompt) -> AsyncIterator[Finding]:
    """Look at one thing after the other. `strip` is what a receipt printer prints."""
    first = status_finding(client.snapshot)
    yield first
    if first.verdict is Verdict.FAILED:
        return
    match client.snapshot.device_class:
        case DeviceClass.CAMERA:
            yield await _caught("frame", _light(client, camera.Stream(max_fps=5.0), camera.Frame))
        case DeviceClass.DOCUMENT_CAMERA:
            yield await _caught("frame", _light(client, document_camera.Preview(max_fps=5.0), document_camera.Frame))
        case DeviceClass.ID_CARD_READER:
            prompt("card")
            yield await _caught("card", _seen(client, id_card.WaitCard(newest_address=False), id_card.CardSeen))
        case DeviceClass.SMART_CARD_READER:
            prompt("chip")
            yield await _caught("card", _seen(client, smart_card.WaitCard(), smart_card.CardSeen))
        case DeviceClass.CODE_SCANNER:
            prompt("code")
            yield await _caught("code", _seen(client, code_scanner.ReadCode(), None))
        case DeviceClass.RECEIPT_PRINTER:
            prompt("strip")
            yield await _caught("strip", _done(client, PrintSlip(parts=strip), _STRIP_SECONDS))
        case DeviceClass.INPUTS_OUTPUTS:
            for output in _switched(client.snapshot):
                yield await _caught("output", _on_and_off(client, output), value=output.value)
        case DeviceClass.POWER_SUPPLY:
            yield await _caught("battery", _battery(client))
        case _:
            yield Finding("more", Verdict.SKIPPED, "not_tried")


def status_finding(snapshot: Snapshot) -> Finding:
    """What its last status says; hosts ask every two seconds. UNKNOWN is not well."""
    if snapshot.status is not None and snapshot.status.faults:
        return Finding("status", Verdict.FAILED, snapshot.status.faults[0].code.value)
    if is_ready(snapshot):
        return Finding("status", Verdict.PASSED)
    return Finding("status", Verdict.FAILED, snapshot.fault.code.value if snapshot.fault is not None else "not_ready")


async def _caught(what: str, work: Any, *, value: str = "") -> Finding:
    """A fault is a finding."""
    try:
        return (await work) or Finding(what, Verdict.PASSED, value=value)
    except DeviceFault as error:
        return Finding(what, Verdict.FAILED, error.fault.code.value, value)


async def _done(client: DeviceClient, command: Any, seconds: float) -> None:
    await client.call(command, seconds=seconds)


async def _seen(client: DeviceClient, command: Any, sign: type | None) -> Finding | None:
    """Until the device tells that something is there; what it would read of it is not waited for, and wiped if it came."""
    found = asyncio.Event()

    def happened(event: object, fds: list[int]) -> None:
        close_all(fds)
        if sign is not None and isinstance(event, sign):
            found.set()

    async def asked() -> None:
        wipe_value(await client.call(command, seconds=HAND_SECONDS, on_event=happened))

    call, seeing = asyncio.create_task(asked()), asyncio.create_task(found.wait())
    try:
        await asyncio.wait({call, seeing}, return_when=asyncio.FIRST_COMPLETED)
        if call.done():
            call.result()
        return None
    except DeviceFault as error:
        if error.fault.code is FaultCode.DEADLINE:
            return Finding("code" if sign is None else "card", Verdict.SKIPPED, "nothing_there")
        raise
    finally:
        seeing.cancel()
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)  # not suppressed: whoever stops the test now is heard


async def _light(client: DeviceClient, command: Any, frame: type) -> Finding:
    """One frame, and how bright it is. The picture is looked at and let go."""
    level: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def happened(event: Any, fds: list[int]) -> None:
        try:
            if isinstance(event, frame) and fds and not level.done():
                with memfd.view(fds[0], limit=_MOST_BYTES) as pixels:
                    level.set_result(float(np.frombuffer(pixels[:], dtype=np.uint8).mean()))
        finally:
            close_all(fds)

    call = asyncio.create_task(client.call(command, seconds=_FRAME_SECONDS, on_event=happened))
    try:
        await asyncio.wait({call, level}, return_when=asyncio.FIRST_COMPLETED)
        if not level.done():
            call.result()
            return Finding("frame", Verdict.FAILED, FaultCode.NO_FRAMES.value)
    finally:
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)  # not suppressed: whoever stops the test now is heard
    mean = level.result()
    if mean < DARK or mean > BRIGHT:
        return Finding("frame", Verdict.FAILED, "dark" if mean < DARK else "bright", f"{mean:.0f}")
    return Finding("frame", Verdict.PASSED, value=f"{mean:.0f}")


def _switched(snapshot: Snapshot) -> tuple[Output, ...]:
    """The outputs that may be switched for a test: a lock is none of them."""
    able = snapshot.capabilities
    return tuple(each for each in able.outputs if each not in able.momentary)


async def _on_and_off(client: DeviceClient, output: Output) -> None:
    """The other way and back: what was on (the hall's light, the fan) is on afterwards. Each is read back by the driver."""
    outputs = getattr(client.snapshot.status, "outputs", ())
    was_on = any(each.name is output and each.level is Level.ON for each in outputs)
    try:
        await client.call(Switch(output=output, on=not was_on), seconds=_SWITCH_SECONDS)
    finally:
        await client.call(Switch(output=output, on=was_on), seconds=_SWITCH_SECONDS)


async def _battery(client: DeviceClient) -> Finding:
    if client.snapshot.capabilities.self_test is not Supported.YES:
        return Finding("battery", Verdict.SKIPPED, "not_tried")
    tested = await client.call(power_supply.SelfTest(), seconds=_BATTERY_SECONDS)
    passed = isinstance(tested, power_supply.Tested) and tested.passed
    return Finding(
        "battery", Verdict.PASSED if passed else Verdict.FAILED, "" if passed else FaultCode.BATTERY_WORN.value
    )
