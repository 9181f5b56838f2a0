"""The tests of the machine's own parts. Each says how it is in a sentence; what cannot be tried is skipped, never passed.

None needs hands, none touches a device, none sees a visitor's data: they may run while somebody watches, or at night.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import msgspec
import psutil
from cryptography import x509

from kiosk import fonts
from kiosk.gateways.fault import GatewayFault
from kiosk.journal.store import JournalError
from kiosk.locales.staff import tell
from kiosk.logbook.selftests import Verdict
from kiosk.maintenance.toolbox import Toolbox
from kiosk.voice import pack

_MIB = 2**20


class Found(msgspec.Struct, frozen=True):
    """How one part is."""

    verdict: Verdict
    words: str


Test = Callable[[Toolbox], Awaitable[Found]]


def _passed(words: str) -> Found:
    return Found(Verdict.PASSED, words)


def _failed(words: str) -> Found:
    return Found(Verdict.FAILED, words)


async def disk(tools: Toolbox) -> Found:
    """Room, and that what is written reaches the disk and comes back."""
    return await asyncio.to_thread(_disk, tools.site.state_folder, tools.policy.selftest.disk_mib)


def _disk(folder: Path, least: int) -> Found:
    probe = folder / ".selftest"
    try:
        free = shutil.disk_usage(folder).free // _MIB
        wrote = os.urandom(4096)
        with probe.open("wb") as file:
            file.write(wrote)
            file.flush()
            os.fsync(file.fileno())
        same = probe.read_bytes() == wrote
    except OSError as error:
        return _failed(tell("readiness.disk_broken", why=error.strerror or type(error).__name__))
    finally:
        probe.unlink(missing_ok=True)
    if not same:
        return _failed(tell("readiness.disk_wrong"))
    return (_passed if free >= least else _failed)(tell("readiness.disk_free", mib=free, least=least))


async def clock(tools: Toolbox) -> Found:
    """Not before the newest row of the chain (a clock that lost its battery), and as the platform's where it answers."""
    now = tools.now().timestamp()
    try:
        newest = await asyncio.to_thread(tools.records.newest_at)
    except JournalError:
        newest = None
    most = tools.policy.selftest.clock_seconds
    if newest is not None and now < newest - most:
        return _failed(tell("readiness.clock_back"))
    try:
        health = await tools.platform.health()
    except GatewayFault:
        return Found(Verdict.SKIPPED, tell("readiness.clock_alone"))
    off = abs(health.time.timestamp() - tools.now().timestamp())
    return (_passed if off <= most else _failed)(tell("readiness.clock_off", seconds=round(off)))


async def platform(tools: Toolbox) -> Found:
    """Whether the platform answers, and says that it is up."""
    began = time.monotonic()
    try:
        health = await tools.platform.health()
    except GatewayFault as fault:
        return _failed(tell("readiness.platform_away", code=fault.code.value))
    if not health.up:
        return _failed(tell("readiness.platform_down"))
    return _passed(tell("readiness.platform_up", ms=round((time.monotonic() - began) * 1000)))


async def chain(tools: Toolbox) -> Found:
    """The audit chain, from its first row to its last."""
    try:
        broken = await asyncio.to_thread(tools.records.verify_chain)
    except JournalError:
        return _failed(tell("readiness.chain_unreadable"))
    return (
        _passed(tell("readiness.chain_whole"))
        if broken is None
        else _failed(tell("readiness.chain_broken", row=broken))
    )


async def letters(tools: Toolbox) -> Found:
    """The prepared fonts of screen and paper."""
    try:
        found = [fonts.screen_regular(), fonts.screen_bold(), fonts.paper(), *fonts.rare(), *fonts.scripts()]
    except FileNotFoundError:
        return _failed(tell("readiness.fonts_missing"))
    gone = [each.path.name for each in found if not each.path.is_file()]
    return (
        _failed(tell("readiness.fonts_missing")) if gone else _passed(tell("readiness.fonts_there", count=len(found)))
    )


async def face(tools: Toolbox) -> Found:
    """The face engine and its models, found without loading them (they take 100 MB)."""
    engine, models = (importlib.util.find_spec(name) for name in ("dlib", "face_recognition_models"))
    folder = Path(models.origin).parent / "models" if models is not None and models.origin else None
    files = sorted(folder.glob("*.dat")) if folder is not None else []
    if engine is None or not files:
        return _failed(tell("readiness.face_missing"))
    return _passed(tell("readiness.face_there", count=len(files)))


async def voice(tools: Toolbox) -> Found:
    """Every recording that the voice counts on."""
    try:
        recordings = pack.manifest().recordings
        there = {each.name for each in await asyncio.to_thread(lambda: list(pack.folder().iterdir()))}
    except (OSError, ValueError):
        return _failed(tell("readiness.voice_missing"))
    gone = sum(each.file not in there for each in recordings.values())
    if gone:
        return _failed(tell("readiness.voice_gone", count=gone))
    return _passed(tell("readiness.voice_there", count=len(recordings)))


async def certificate(tools: Toolbox) -> Found:
    """When the kiosk's certificate ends: papers that it signs afterwards are nobody's."""
    held = x509.load_der_x509_certificate(tools.signer.certificate)
    return _certificate(held.not_valid_before_utc, held.not_valid_after_utc, tools)


def _certificate(begins: datetime, ends: datetime, tools: Toolbox) -> Found:
    now = tools.now()
    until = ends.astimezone(tools.site.zone).strftime("%Y-%m-%d")
    if now < begins:
        return _failed(tell("readiness.certificate_early"))
    if now > ends:
        return _failed(tell("readiness.certificate_over", until=until))
    days = (ends - now).days
    enough = days >= tools.policy.selftest.certificate_days
    return (_passed if enough else _failed)(tell("readiness.certificate_until", until=until, days=days))


async def backlog(tools: Toolbox) -> Found:
    """What waits to be delivered, and for how long."""
    try:
        waiting, oldest = await asyncio.to_thread(lambda: (tools.records.waiting(), tools.records.oldest_waiting()))
    except JournalError:
        return _failed(tell("readiness.chain_unreadable"))
    hours = 0 if oldest is None else max(0, round((tools.now().timestamp() - oldest) / 3600))
    limits = tools.policy.selftest
    late = waiting > limits.backlog or hours > limits.backlog_hours
    return (_failed if late else _passed)(tell("readiness.backlog", count=waiting, hours=hours))


async def memory(tools: Toolbox) -> Found:
    """What is left beside the running kiosk."""
    free = psutil.virtual_memory().available // _MIB
    least = tools.policy.selftest.memory_mib
    return (_passed if free >= least else _failed)(tell("readiness.memory_free", mib=free, least=least))


PARTS: dict[str, Test] = {
    "disk": disk,
    "clock": clock,
    "platform": platform,
    "chain": chain,
    "fonts": letters,
    "face": face,
    "voice": voice,
    "certificate": certificate,
    "backlog": backlog,
    "memory": memory,
}
"""By subject; a device must not be called so (`part_` is put before the name in the logbook)."""

PREFIX = "part:"
"""Before a part's name as a subject, so that no device of a profile can be mistaken for it."""
