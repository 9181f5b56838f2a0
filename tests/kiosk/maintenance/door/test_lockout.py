"""The lock-out, whatever is done to the machine: tries, waits, restarts, clocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kiosk.maintenance.door import lockout
from kiosk.maintenance.door.lockout import Lock, Moment
from kiosk.maintenance.door.memory import DoorMemory
from kiosk.maintenance.door.rules import rules

RULE = rules().lockout


def tried(times: int) -> list[float]:
    """The waits that so many wrong tries bring, each begun when the wait before it is over."""
    lock, waits, now = Lock(), [], 0.0
    for _ in range(times):
        lock = lockout.wrong(lock, Moment("a", now), RULE)
        waits.append(lockout.left(lock, Moment("a", now)))
        now += waits[-1]
    return waits


def test_five_wrong_tries_then_fifteen_seconds_doubling_to_half_an_hour() -> None:
    waits = tried(50)
    assert [wait for wait in waits if wait] == [15, 30, 60, 120, 240, 480, 960, 1800, 1800, 1800]
    assert [number for number, wait in enumerate(waits, 1) if wait] == [5, 10, 15, 20, 25, 30, 35, 40, 45, 50]


def test_the_second_lock_out_in_a_row_raises_the_alarm_once() -> None:
    lock, alarms, now = Lock(), [], 0.0
    for number in range(1, 31):
        after = lockout.wrong(lock, Moment("a", now), RULE)
        if lockout.alarms(lock, after, RULE):
            alarms.append(number)
        now += lockout.left(after, Moment("a", now))
        lock = after
    assert alarms == [10]


def test_who_comes_in_himself_cannot_guess_on_at_a_colleague_s_pin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four hours at the machine with a PIN of one's own: as many guesses as somebody without one has."""
    now = 0.0
    monkeypatch.setattr(lockout, "now", lambda: Moment("a", now))
    monkeypatch.setattr("kiosk.maintenance.door.memory.write_private", lambda path, content: None)
    memory, guesses = DoorMemory(tmp_path / "door.json", rules()), 0
    while now < 4 * 3600:
        for _ in range(4):
            if not memory.left("code 0003"):
                memory.try_begins("code 0003")
                guesses += 1
        assert not memory.left("card K-0001")
        memory.try_begins("card K-0001")
        memory.try_was_right("card K-0001")
        now += 10
    without = next(times for times in range(10_000) if sum(tried(times)) > 4 * 3600)
    assert guesses <= without + RULE.tries
    now += RULE.longest_seconds
    assert not memory.left("code 0003"), "its owner waits half an hour at most, whatever was done"
    memory.try_begins("code 0003")
    memory.try_was_right("code 0003")
    assert memory.wrong_at("code 0003") == 0


def test_another_boot_begins_the_wait_again_and_goes_on_from_there() -> None:
    lock = Lock(wrong=5, wait=15.0, boot="a", since=100.0)
    assert lockout.left(lock, Moment("a", 110.0)) == 5
    assert lockout.left(lock, Moment("b", 1e9)) == 15, "how long it was off nobody knows"
    again = lockout.resumed(lock, Moment("b", 3.0))
    assert lockout.left(again, Moment("b", 9.0)) == 9


@given(wrong=st.integers(0, 10**9), wait=st.floats(0, 1800), seconds=st.floats(0, 1e9))
def test_no_count_is_too_large(wrong: int, wait: float, seconds: float) -> None:
    lock = lockout.wrong(Lock(wrong=wrong, wait=wait, boot="a"), Moment("a", seconds), RULE)
    assert 0 <= lockout.left(lock, Moment("a", seconds)) <= RULE.longest_seconds


@dataclass
class _World:
    """What really happens: seconds that the machine has run since the door was shut."""

    ran: float = 0.0
    owed: float = 0.0
    wrong: int = 0
    boot: int = 0
    uptime: float = 0.0
    lock: Lock = field(default_factory=Lock)

    @property
    def now(self) -> Moment:
        return Moment(str(self.boot), self.uptime)


class Door(RuleBasedStateMachine):
    """A burglar: tries, waits, restarts the program, restarts the machine."""

    def __init__(self) -> None:
        super().__init__()
        self.world = _World()

    @rule()
    def tries(self) -> None:
        world = self.world
        shut = lockout.left(world.lock, world.now) > 0
        world.lock = lockout.wrong(world.lock, world.now, RULE)
        if shut:
            assert world.lock.wrong == world.wrong, "a try at a shut door is none"
            return
        world.wrong += 1
        if world.wrong % RULE.tries == 0:
            world.owed = min(RULE.first_seconds * 2 ** (world.wrong // RULE.tries - 1), RULE.longest_seconds)
            world.ran = 0.0

    @rule(seconds=st.floats(0, 100))
    def waits(self, seconds: float) -> None:
        self.world.uptime += seconds
        self.world.ran += seconds

    @rule()
    def restarts_the_program(self) -> None:
        self.world.lock = lockout.resumed(self.world.lock, self.world.now)

    @rule()
    def restarts_the_machine(self) -> None:
        self.world.boot += 1
        self.world.uptime = 0.0
        self.world.lock = lockout.resumed(self.world.lock, self.world.now)

    @invariant()
    def the_machine_runs_for_the_whole_wait(self) -> None:
        world = self.world
        if world.ran < world.owed - 1e-6:
            assert lockout.left(world.lock, world.now) > 0
        assert lockout.left(world.lock, world.now) <= world.owed + 1e-6


TestDoor = Door.TestCase
TestDoor.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
