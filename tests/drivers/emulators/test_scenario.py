"""Scenario files: every mistake named before anything starts; steps in order, in time, and stopped with a reason."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from drivers.emulators.scenario import Scenario, ScenarioStopped, Step, play
from drivers.emulators.scenario_file import ScenarioMistake, load

HEAD = 'title = "试"\n[devices.io]\ndriver = "modbus_io"\n'
STEP = '[[step]]\ndevice = "io"\ndo = "door"\nwith = { open = true }\n'

WRONG = (
    ("title = 1\n" + STEP, "title"),
    ('title = "试"\n', "step"),
    ('title = "试"\nstep = []\n', "step"),
    (f'title = "试"\nspeed = 2\n{STEP}', "speed"),
    (f'title = "试"\nrepeat = -1\n{STEP}', "repeat"),
    (f'title = "试"\nrepeat = true\n{STEP}', "repeat"),
    ('title = "试"\n[devices.io]\ndriver = "modbus"\n' + STEP, "devices.io.driver"),
    ('title = "试"\n[devices.io]\n' + STEP, "devices.io.driver"),
    ('title = "试"\n' + STEP, "第 1 步 device"),
    (HEAD + STEP + STEP.replace("door", "dor"), "第 2 步 do"),
    (HEAD + STEP.replace("open = true", "open = 1"), "第 1 步 with.open"),
    (HEAD + STEP.replace("open = true", ""), "第 1 步 with.open"),
    (HEAD + STEP + "at = 1\npause = 1\n", "第 1 步 at"),
    (HEAD + STEP + "at = nan\n", "第 1 步 at"),
    (HEAD + STEP + "at = -1\n", "第 1 步 at"),
    (HEAD + "[[step]]\npause = 1\n", "第 1 步 do"),
    (HEAD + '[[step]]\ndo = "door"\n', "第 1 步 device"),
    (HEAD + '[[step]]\ndevice = "io"\n', "第 1 步 device"),
    (HEAD + '[[step]]\nafter = { device = "oi", state = "x", is = 1 }\n', "第 1 步 after.device"),
    (HEAD + '[[step]]\nafter = { device = "io", state = "x" }\n', "第 1 步 after.is"),
    (HEAD + '[[step]]\ndevice = "io"\ndo = "fault"\nwith = { kind = "x" }\n', "第 1 步 with.kind"),
    ("title = \n", "TOML"),
)
"""What is written, and what the mistake's line must name after the file."""


@pytest.mark.parametrize(("text", "key"), WRONG)
def test_a_mistake_is_told_with_file_step_key_and_cure(tmp_path: Path, text: str, key: str) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ScenarioMistake) as caught:
        load(path)
    (line,) = caught.value.lines
    assert line.startswith(f"{path}: ")
    assert key in line
    assert "→" in line


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"title = \xff")
    for path in (tmp_path / "none", tmp_path, tmp_path / "latin"):
        with pytest.raises(ScenarioMistake, match="→"):
            load(path)


class Notebook:
    """A bench that writes down what was asked."""

    def __init__(self, *states: dict[str, Any]) -> None:
        self.states = list(states)
        self.done: list[tuple[str, dict[str, Any]]] = []

    async def do(self, device: str, verb: str, arguments: dict[str, Any]) -> Any:
        if verb == "refuse":
            raise ValueError("not now")
        self.done.append((verb, arguments))

    async def device_state(self, device: str) -> dict[str, Any]:
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]


def scenario(tmp_path: Path, steps: str, extra: str = "") -> Scenario:
    path = tmp_path / "scenario.toml"
    path.write_text(f'title = "试"\n{extra}\n[devices.io]\ndriver = "modbus_io"\n{steps}', "utf-8")
    return load(path)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each step waited, without waiting."""
    found: list[float] = []

    async def sleep(seconds: float) -> None:
        found.append(seconds)

    monkeypatch.setattr("drivers.emulators.scenario.asyncio.sleep", sleep)
    return found


@pytest.mark.anyio
async def test_steps_come_in_order_and_at_their_time(tmp_path: Path, slept: list[float]) -> None:
    steps = STEP + "at = 60\n" + STEP.replace("true", "false") + "pause = 20\n" + STEP + "at = 90\n"
    chosen, bench, told = scenario(tmp_path, steps, "repeat = 2"), Notebook(), list[tuple[int, int]]()
    await play(chosen, bench, lambda number, index, _: told.append((number, index)))
    assert told == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]
    assert [given["open"] for _, given in bench.done] == [True, False, True] * 2
    assert slept == pytest.approx([60, 20, 90] * 2, abs=1), "a new round has its own beginning"
    slept.clear()
    await play(chosen, bench, pace=0.5)
    assert slept == pytest.approx([30, 10, 45] * 2, abs=1)


@pytest.mark.anyio
async def test_the_same_seed_gives_the_same_jitter(tmp_path: Path, slept: list[float]) -> None:
    async def jitter(seed: int) -> list[float]:
        slept.clear()
        await play(scenario(tmp_path, (STEP + "jitter = 10\n") * 3, f"seed = {seed}"), Notebook())
        return list(slept)

    one, same, other = await jitter(1), await jitter(1), await jitter(2)
    assert one == same != other
    assert all(0 <= each <= 10 for each in one + other)


@pytest.mark.anyio
async def test_a_state_is_waited_for_and_not_for_ever(tmp_path: Path) -> None:
    wait = '[[step]]\nafter = { device = "io", state = "inputs.door", is = ["ajar", true], within = 0.3 }\n'
    away, there = {"inputs": {"door": False}}, {"inputs": {"door": True}}
    await play(scenario(tmp_path, wait), Notebook(away, away, there))
    for never in (away, {}, {"inputs": 3}):
        with pytest.raises(ScenarioStopped, match=r"第 1 步.*inputs\.door.*→"):
            await play(scenario(tmp_path, wait), Notebook(never))


@pytest.mark.anyio
async def test_what_a_device_refuses_stops_the_scenario_with_its_words() -> None:
    refusing = Scenario(
        path=Path("s.toml"), title="", steps=(Step(device="io", do="refuse"), Step(device="io", do="x"))
    )
    bench = Notebook()
    with pytest.raises(ScenarioStopped, match=r"s\.toml: 第 1 步: io refuse: .*not now.*→"):
        await play(refusing, bench)
    assert bench.done == []


def test_a_bench_without_a_kiosk_is_played_from_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    wait = '[[step]]\nafter = {{ device = "io", state = "inputs.door", is = {}, within = 0.2 }}\n'
    path.write_text(HEAD + STEP + wait.format("true"), "utf-8")

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "drivers.emulators", "--scenario", str(path)]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    ran = run()
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert (ran.returncode, lines[0]["settings"]["host"], [each.get("step") for each in lines[1:]]) == (
        0,
        "127.0.0.1",
        [1, 2],
    )
    path.write_text(HEAD + STEP + wait.format("false"), "utf-8")
    ran = run()
    assert (ran.returncode, "第 2 步" in ran.stderr) == (1, True)
    path.write_text(HEAD + STEP.replace("door", "dor"), "utf-8")
    ran = run()
    assert (ran.returncode, ran.stdout, "第 1 步 do" in ran.stderr) == (2, "", True)
