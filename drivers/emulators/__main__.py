"""Runs emulators in a process of their own.

`python -m drivers.emulators` reads JSON lines from standard input and answers each with one on standard output:

    {"id": 1, "start": {"name": "id_reader", "kind": "sdt_serial", "options": {}, "capture": "DIR"}} -> {"id": 1, "ok": SETTINGS}
    {"id": 2, "name": "id_reader", "verb": "lift", "arguments": {}}                                  -> {"id": 2, "ok": RESULT}
    {"id": 3, "name": "id_reader", "state": true}                                                    -> {"id": 3, "ok": STATE}
    {"id": 4, "name": "id_reader", "verbs": true}                                                    -> {"id": 4, "ok": DESCRIPTION}

DESCRIPTION is `describe.Description`: the verbs with their arguments, and the kinds of fault. A wrong request, and a device that
cannot be started (a daemon is not installed), gets {"id": N, "error": TEXT} and changes nothing. Ends with standard input.

`python -m drivers.emulators --scenario FILE` starts the devices that the file brings along, prints the settings that reach each,
and plays the file (`scenario_file`): a bench without a kiosk.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from drivers.emulators import scenario, scenario_file
from drivers.emulators.base import Emulator
from drivers.emulators.describe import emulator_class, of_emulator
from drivers.link.parent import die_with_parent

CANNOT = (LookupError, TypeError, ValueError, OSError, RuntimeError)
"""What a wrong request raises, and a device whose daemon or port is not to be had; their words name the cure."""


def create(kind: str, capture: Path | None = None, **options: Any) -> Emulator:
    """Make an emulator by the driver id that it answers. Raise LookupError for an unknown one."""
    return emulator_class(kind)(capture=capture, **options)


def started(kind: str, capture: Path | None = None, **options: Any) -> tuple[Emulator, dict[str, Any]]:
    """Make an emulator and start it; return it with the settings that reach it. What did not start leaves nothing behind."""
    emulator = create(kind, capture, **options)
    try:
        return emulator, emulator.start()
    except BaseException:
        emulator.stop()
        raise


def answer(request: dict[str, Any], emulators: dict[str, Emulator]) -> Any:
    """Do what one request asks; return its result. Raise one of CANNOT."""
    if "start" in request:
        wanted = request["start"]
        if wanted["name"] in emulators:
            raise ValueError(f"name {wanted['name']!r} is taken")
        capture = Path(wanted["capture"]) if wanted.get("capture") else None
        emulator, settings = started(wanted["kind"], capture, **wanted.get("options", {}))
        emulators[wanted["name"]] = emulator
        return settings
    emulator = emulators[request["name"]]
    if request.get("state"):
        return emulator.state()
    if request.get("verbs"):
        return msgspec.to_builtins(of_emulator(type(emulator)))
    return emulator.do(request["verb"], **request.get("arguments", {}))


def reply_to(line: str, emulators: dict[str, Emulator]) -> dict[str, Any]:
    """Answer one line."""
    number = None
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            raise TypeError("a request is a JSON object")
        number = request.get("id")
        return {"id": number, "ok": answer(request, emulators)}
    except CANNOT as error:
        return {"id": number, "error": f"{type(error).__name__}: {error}"}


def serve() -> int:
    """Serve until standard input ends."""
    emulators: dict[str, Emulator] = {}
    try:
        for line in sys.stdin:
            _say(reply_to(line, emulators))
    finally:
        for emulator in emulators.values():
            emulator.stop()
    return 0


class OwnBench:
    """Emulators of this process as a scenario's bench. Their verbs may wait, so they run beside the loop."""

    def __init__(self, emulators: dict[str, Emulator]) -> None:
        self._emulators = emulators

    async def do(self, device: str, verb: str, arguments: dict[str, Any]) -> Any:
        """See `scenario.Bench`."""
        return await asyncio.to_thread(lambda: self._emulators[device].do(verb, **arguments))

    async def device_state(self, device: str) -> dict[str, Any]:
        """See `scenario.Bench`."""
        return self._emulators[device].state()


def play(path: Path) -> int:
    """Play a scenario on the devices that it brings along; 0 when every step was done, 2 for a wrong file, 1 otherwise."""
    emulators: dict[str, Emulator] = {}
    try:
        chosen = scenario_file.load(path)
        for name, wanted in chosen.devices.items():
            emulators[name], settings = started(wanted.driver, **wanted.options)
            _say({"device": name, "driver": wanted.driver, "settings": settings})
        asyncio.run(scenario.play(chosen, OwnBench(emulators), _told))
    except scenario_file.ScenarioMistake as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except scenario.ScenarioStopped as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except CANNOT as error:
        sys.stderr.write(f"{path}: 模拟设备起不来（{error}）→ 按括号里说的装上或改正\n")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        for emulator in emulators.values():
            emulator.stop()
    return 0


def _told(number: int, index: int, step: scenario.Step) -> None:
    _say({"round": number, "step": index, "device": step.device, "do": step.do})


def _say(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Serve, or play a scenario."""
    parser = argparse.ArgumentParser(prog="python -m drivers.emulators", description="模拟设备")
    parser.add_argument("--scenario", type=Path, metavar="FILE", help="按剧本文件演一遍，不写就从标准输入听命令")
    chosen = parser.parse_args().scenario
    die_with_parent()
    return serve() if chosen is None else play(chosen)


if __name__ == "__main__":
    sys.exit(main())
