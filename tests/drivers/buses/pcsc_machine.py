"""Run in name spaces of its own: starts pcscd, kills it, starts it again, stops it; prints as JSON what the watch said."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from collections.abc import Callable

from drivers.buses.client import BusWatch
from drivers.buses.messages import Pace, Paces
from drivers.buses.table import Answer, BusState
from drivers.contract.bus import Bus

QUICK = Pace(every=0.05, later=0.05, again=0.05)
PACES = Paces(pcsc=QUICK, told=QUICK, blind=QUICK, hang=0.4)


def start_daemon() -> subprocess.Popen[bytes]:
    return subprocess.Popen(["pcscd", "--foreground", "--error", "--config", "/run/readers"], stdout=subprocess.DEVNULL)


async def until(watch: BusWatch, true: Callable[[BusState], bool]) -> BusState:
    end = asyncio.get_running_loop().time() + 10
    while not true(state := watch.table().state(Bus.PCSC)):
        assert asyncio.get_running_loop().time() < end, state
        await asyncio.sleep(0.01)
    return state


def two_readers(state: BusState) -> bool:
    return len(state.things) == 2


def failed(state: BusState) -> bool:
    return state.answer is Answer.FAILED


def names(state: BusState) -> list[str]:
    return [thing.node for thing in state.things]


def why(state: BusState) -> list[str]:
    assert state.fault is not None
    return [state.answer, state.fault.code]


async def run() -> dict[str, object]:
    story: dict[str, object] = {}
    watch = BusWatch([Bus.PCSC, Bus.USB], paces=PACES)
    await watch.start()
    await watch.settled(10)
    first = watch.pid
    story["before"] = why(watch.table().state(Bus.PCSC))
    daemon = start_daemon()
    story["started"] = names(await until(watch, two_readers))
    daemon.kill()
    daemon.wait()
    story["killed"] = why(await until(watch, failed))
    daemon = start_daemon()
    story["again"] = names(await until(watch, two_readers))
    daemon.send_signal(signal.SIGSTOP)
    story["stopped"] = why(await until(watch, failed))
    story["usb meanwhile"] = watch.table().state(Bus.USB).answer
    daemon.send_signal(signal.SIGCONT)
    story["continued"] = names(await until(watch, two_readers))
    story["process"] = "the same all the while" if watch.pid == first else "another"
    await watch.stop()
    daemon.kill()
    daemon.wait()
    return story


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run())))
