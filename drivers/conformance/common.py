"""What every driver must do, whatever its class: tell the truth, end in time, let go, come back."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import msgspec

from drivers import registry
from drivers.client import Link
from drivers.conformance.bench import BACK_SECONDS, GONE_SECONDS, HUNG, RESTART_SECONDS, Bench
from drivers.conformance.check import Check, Level, NotApplicable, Unfit, demand
from drivers.conformance.plays import PLAYS
from drivers.conformance.silence import silence_is_told
from drivers.conformance.words import log_is_silent
from drivers.contract.classes import CLASS_TYPES
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.link.within import within

DEADLINE_SECONDS = 1.5
LATE_SECONDS = 0.5
"""A driver looks at its deadline every 0.2 s; the rest is a slow machine's."""

CANCEL_SECONDS = 1.0
SHORT_CYCLES = 8
"""The first fifth warms the caches; six more show a megabyte a cycle against `_GROWTH_KB`."""

CLOSE_SECONDS = 1.4
"""The host waits 1.5 s for the driver's close() and then ends without it: a port may be left as it was."""


async def _settings(bench: Bench) -> str | None:
    """A key that the driver does not know is refused by name, before anything is opened."""
    try:
        registry.make(bench.manifest.id, {**bench.settings, "no_such_key": 1}, production=False)
    except DeviceFault as error:
        demand(error.fault.code is FaultCode.SETTING_INVALID, f"an unknown key gave {error.fault.code}")
        demand("no_such_key" in error.fault.detail, "the refusal does not name the key")
    else:
        raise Unfit("an unknown key was accepted")
    return None


async def _manifest(bench: Bench) -> str | None:
    """The manifest fits the class it names: device class, settings that a bus can fill, sources."""
    manifest, kind = bench.manifest, registry.load(bench.manifest.id)
    demand(kind.device_class is manifest.device_class, f"the class serves {kind.device_class}")
    demand(bool(manifest.sources), "no source: where is the protocol described?")
    known = {each.encode_name for each in msgspec.structs.fields(kind.Settings)}
    for rule in manifest.match:
        keys = {*rule.settings, *(("host", "port") if rule.address == "host:port" else (rule.address,))}
        demand(keys <= known, f"a match rule fills {', '.join(sorted(keys - known))}, which is no setting")
    return None


async def _opens(bench: Bench) -> str | None:
    """Capabilities and the first status come within the time that a start may take."""
    types = CLASS_TYPES[bench.manifest.device_class]
    demand(isinstance(bench.now.capabilities, types.capabilities), "the capabilities are of another class")
    demand(isinstance(bench.now.status, types.status), "the status is of another class")
    demand(bench.now.link is Link.HERE, "not here")
    return None


async def _work(bench: Bench) -> str | None:
    """It does what it is for."""
    return await PLAYS[bench.manifest.device_class].work(bench)


async def _honest(bench: Bench) -> str | None:
    """Its capabilities are true."""
    await PLAYS[bench.manifest.device_class].honest(bench)
    return None


async def _deadline(bench: Bench) -> str | None:
    """A command that gets nothing ends at its deadline, by the driver itself."""
    play = PLAYS[bench.manifest.device_class]
    command = play.long(bench)
    if command is None:
        raise NotApplicable("no command of this device waits")
    await play.before_long(bench)
    pid, begun = bench.now.pid, time.monotonic()
    try:
        await bench.call(command, DEADLINE_SECONDS)
    except DeviceFault as error:
        demand(error.fault.code not in HUNG, f"ended with {error.fault.code}")
    took = time.monotonic() - begun
    demand(took < DEADLINE_SECONDS + LATE_SECONDS, f"a deadline of {DEADLINE_SECONDS:g} s was kept after {took:.1f} s")
    await play.clear(bench)
    demand(bench.now.pid == pid, "the host had to be killed")
    return f"{took - DEADLINE_SECONDS:+.2f} s"


async def _cancel(bench: Bench) -> str | None:
    """A cancelled command ends soon, by the driver itself, and the next one is served."""
    play = PLAYS[bench.manifest.device_class]
    command = play.long(bench)
    if command is None:
        raise NotApplicable("no command of this device waits")
    await play.before_long(bench)
    pid = bench.now.pid
    async with bench.running(command, 30) as task:
        begun = time.monotonic()
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            took = time.monotonic() - begun
        else:
            raise Unfit("a cancelled command ended with a result")
    demand(took < CANCEL_SECONDS, f"it took {took:.1f} s")
    await play.clear(bench)
    demand(bench.now.pid == pid, "the host had to be killed")
    await play.work(bench)
    return f"{took:.2f} s"


async def _host_killed(bench: Bench) -> str | None:
    """The host's death ends the command with a fault at once, and a new host serves soon."""
    play = PLAYS[bench.manifest.device_class]
    command = play.long(bench)
    if command is not None:
        await play.before_long(bench)
    pid = bench.now.pid
    assert pid is not None
    if command is None:
        begun = time.monotonic()
        os.kill(pid, signal.SIGKILL)
    else:
        async with bench.running(command, 30) as task:
            begun = time.monotonic()
            os.kill(pid, signal.SIGKILL)
            try:
                await task
            except DeviceFault as error:
                demand(error.fault.code is FaultCode.HOST_DIED, f"the command ended with {error.fault.code}")
            else:
                raise Unfit("the command ended well although its host was killed")
    await bench.until(lambda: bench.now.pid not in (pid, None), RESTART_SECONDS, "no new host")
    restarted = time.monotonic() - begun
    await bench.ready()
    await play.clear(bench)
    await play.work(bench)
    return f"new host after {restarted:.2f} s"


async def _unplugged_idle(bench: Bench) -> str | None:
    """Pulled while nothing runs: told as gone after three misses, back soon after it is plugged in."""
    await bench.hands.do("unplug")
    await bench.until(lambda: bench.now.link is Link.GONE, GONE_SECONDS, "unplugged, and not told as gone")
    fault = bench.now.fault
    demand(fault is not None and fault.code not in HUNG, f"gone, told as {fault.code if fault else 'no fault'}")
    return await _back(bench)


async def _unplugged_waiting(bench: Bench) -> str | None:
    """Pulled while a command waits: the command ends with a fault, in time; the device comes back."""
    play = PLAYS[bench.manifest.device_class]
    command = play.long(bench)
    if command is None:
        raise NotApplicable("no command of this device waits")
    await play.before_long(bench)
    async with bench.running(command, _UNPLUGGED_DEADLINE) as task:
        await bench.hands.do("unplug")
        try:
            await within(_UNPLUGGED_DEADLINE + 2, asyncio.shield(task))
        except DeviceFault as error:
            demand(error.fault.code not in HUNG, f"the command ended with {error.fault.code}")
        except TimeoutError:
            raise Unfit("the command did not end") from None
        else:
            raise Unfit("the command ended well although the cable was out")
    words = await _back(bench)
    await play.clear(bench)
    return words


async def _absent_at_start(bench: Bench) -> str | None:
    """Not there when the kiosk starts: told, not fatal; served as soon as it is plugged in."""
    await bench.down()
    await bench.hands.do("unplug")
    try:
        await bench.start()
        await bench.until(lambda: bench.now.link is Link.GONE, GONE_SECONDS, "absent, and not told")
        fault = bench.now.fault
        demand(fault is not None and fault.code not in HUNG, f"absent, told as {fault.code if fault else 'no fault'}")
    finally:
        words = await _back(bench)
    return words


async def _back(bench: Bench) -> str:
    """Plug in again; it must serve within the promise."""
    begun = time.monotonic()
    await bench.hands.do("replug")
    await bench.ready(BACK_SECONDS)
    play = PLAYS[bench.manifest.device_class]
    await play.clear(bench)
    await play.work(bench)
    return f"served again {time.monotonic() - begun:.1f} s after the cable was back"


async def _lets_go(bench: Bench) -> str | None:
    """A stopped device can be opened again at once: port, lock and memory were released, by its own close()."""
    for _ in range(3):
        begun = time.monotonic()
        await bench.down()
        took = time.monotonic() - begun
        demand(took < CLOSE_SECONDS, f"close() took {took:.1f} s")
        await bench.up()
    await PLAYS[bench.manifest.device_class].work(bench)
    return None


async def cycles(bench: Bench, count: int) -> str:
    """Work again and again; the host's descriptors and memory stand still, and nobody had to restart it."""
    play, pid = PLAYS[bench.manifest.device_class], bench.now.pid
    before = (0, 0)
    for number in range(count):
        await play.work(bench)
        if number == count // 5:
            before = _held(pid)  # after the first fifth: caches are warm
    after = _held(bench.now.pid)
    demand(bench.now.pid == pid, "the host was restarted on the way")
    # A connection that happens to be open is no leak; one descriptor each two cycles is.
    demand(after[0] - before[0] <= count // 3, f"descriptors {before[0]} -> {after[0]}")
    demand(after[1] - before[1] < _GROWTH_KB, f"memory {before[1]} -> {after[1]} kB")
    return f"{count} cycles, descriptors {after[0]}, memory {after[1] - before[1]:+d} kB"


async def _short_soak(bench: Bench) -> str | None:
    return await cycles(bench, SHORT_CYCLES)


def _held(pid: int | None) -> tuple[int, int]:
    """Descriptors and resident memory (kB) of a host."""
    resident = next(
        int(line.split()[1])
        for line in open(f"/proc/{pid}/status", encoding="ascii")  # noqa: SIM115  closed with the generator
        if line.startswith("VmRSS")
    )
    return len(os.listdir(f"/proc/{pid}/fd")), resident


_UNPLUGGED_DEADLINE = 6.0
_GROWTH_KB = 4096
"""A leak of one frame or page shows within a few cycles; the allocator's own wandering stays below."""

CHECKS: tuple[Check, ...] = (
    Check("common.manifest", Level.BRONZE, _manifest, needs_device=False),
    Check("common.settings", Level.BRONZE, _settings, needs_device=False),
    Check("common.opens", Level.BRONZE, _opens),
    Check("common.work", Level.BRONZE, _work),
    Check("common.honest", Level.BRONZE, _honest),
    Check("common.deadline", Level.SILVER, _deadline),
    Check("common.cancel", Level.SILVER, _cancel),
    Check("common.host_killed", Level.SILVER, _host_killed),
    Check("common.lets_go", Level.SILVER, _lets_go),
    Check("common.silence", Level.SILVER, silence_is_told),
    Check("common.unplugged_idle", Level.GOLD, _unplugged_idle),
    Check("common.unplugged_waiting", Level.GOLD, _unplugged_waiting),
    Check("common.absent_at_start", Level.GOLD, _absent_at_start),
    Check("common.short_soak", Level.GOLD, _short_soak),
)

LAST = Check("common.silent_log", Level.BRONZE, log_is_silent, needs_device=False)
"""Comes after everything else, when there is a log to look at."""
