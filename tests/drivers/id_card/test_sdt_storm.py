"""Thousands of torn and changed streams against the real driver: no hang, no crash, never another person, well again at once.

The streams come from `sdt_storm`: a reader whose answers are lost, late, doubled, torn, changed and buried in noise, while
people come and go and commands are cancelled. Each visit asks twice in the storm and once when it is over.
"""

from __future__ import annotations

import random

import pytest

from drivers.contract.driver import Call, CommandCanceled
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import IdCard, WaitCard
from drivers.emulators import id_card_people
from drivers.id_card import sdt_frames, sdt_link
from drivers.id_card.sdt_driver import SdtDriver
from drivers.id_card.sdt_settings import SdtSettings
from tests.drivers.id_card.sdt_storm import Clock, StormCall, StormDriver, StormyLine, Weather, laid, said

VISITS_A_READER = 10
EXPECTED = {
    FaultCode.LINK_SILENT, FaultCode.LINK_GARBLED, FaultCode.CARD_TEXT_INVALID, FaultCode.DEADLINE, FaultCode.SAM_FAILED,
    FaultCode.SAM_UNAUTHORISED, FaultCode.UNSUPPORTED,
}  # fmt: skip


class Tally:
    """What the storm did."""

    def __init__(self) -> None:
        self.streams = self.read = self.faults = self.canceled = self.passed = 0


def person(which: int) -> dict[str, str]:
    card = id_card_people.person("citizen" if which % 3 else "hmt_permit", which)
    return card | ({"new_address": f"新址{which}号"} if which % 2 else {})


def weather_of(dice: random.Random) -> Weather:
    """Fair, foul, or one kind of mishap only."""
    kind = dice.randrange(4)
    if kind == 0:
        return Weather()
    if kind == 1:
        return Weather(*(each * 4 for each in (0.04, 0.08, 0.05, 0.08, 0.08, 0.08, 0.03)))
    weather = Weather().calm
    setattr(weather, dice.choice(("lost", "late", "twice", "torn", "changed", "noise", "garbage")), 0.6)
    weather.most_late = 9.0
    return weather


def visits(clock: Clock, seed: int, tally: Tally) -> None:
    """One reader, several people one after the other."""
    dice = random.Random(seed)
    line = StormyLine(clock, dice, Weather().calm)
    driver = StormDriver(line, SdtSettings())
    driver.open()
    for visit in range(VISITS_A_READER):
        which = dice.randrange(10_000)
        own, others = person(which), [person(which + 1), person(which + 2)]
        line.device.card = laid(others[0])
        line.weather = weather_of(dice)
        in_the_storm(clock, driver, dice, [others[0]], tally, passed_before=line.passed)
        line.device.card = laid(own)
        in_the_storm(clock, driver, dice, [own], tally, passed_before=line.passed)
        line.weather = Weather().calm
        line.let_pass()
        line.device.card = laid(own)
        begun = clock.now
        card = driver.perform(WaitCard(), StormCall(clock, 60.0, 1e12)).card
        assert said(card) == {key: own.get(key, "") for key in said(card)}, f"seed {seed}, visit {visit}: well again"
        assert clock.now - begun < 3.0, "at once"
    tally.passed += line.passed
    driver.close()


def in_the_storm(
    clock: Clock,
    driver: StormDriver,
    dice: random.Random,
    here: list[dict[str, str]],
    tally: Tally,
    *,
    passed_before: int,
) -> None:
    """Ask for the card. What is read is the card's that lies there, or nothing."""
    tally.streams += 1
    begun, seconds = clock.now, dice.uniform(1.0, 20.0)
    cancel_at = clock.now + dice.uniform(0, 6.0) if dice.random() < 0.3 else 1e12
    code: FaultCode | None = None
    try:
        card = driver.perform(WaitCard(), StormCall(clock, seconds, cancel_at)).card
    except CommandCanceled:
        tally.canceled += 1
        assert clock.now - cancel_at < 0.2
    except DeviceFault as error:
        tally.faults += 1
        code = error.fault.code
    else:
        tally.read += 1
        told = said(card)
        right = {key: here[0].get(key, "") for key in told}
        # One checksum byte lets one spoilt packet in 256 pass: then a letter may be wrong, but it is nobody else's card.
        spoilt = driver.line.passed > passed_before
        assert told == right or (spoilt and sum(told[key] != right[key] for key in told) <= 2), (told, right)
    assert code in (None, *EXPECTED)
    assert clock.now - begun <= seconds + 0.3, "the deadline was kept"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(sdt_link, "time", made)
    return made


def storm(clock: Clock, streams: int) -> Tally:
    """So many commands in the storm, and half as many behind it."""
    tally, seed = Tally(), 0
    while tally.streams < streams:
        visits(clock, seed, tally)
        seed += 1
    assert tally.read > streams // 4
    assert min(tally.faults, tally.canceled) > streams // 50
    return tally


def test_two_thousand_streams(clock: Clock) -> None:
    storm(clock, 2_000)


@pytest.mark.slow
def test_twenty_thousand_streams(clock: Clock) -> None:
    tally = storm(clock, 20_000)
    assert tally.passed, "some spoilt packets did pass the checksum"
    print(f"\n{vars(tally)}")


# --- the proof that the storm sees what it is for


def test_it_finds_a_driver_that_falls_back_on_the_last_card(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    read, kept = SdtDriver._read, []

    def careless(self: SdtDriver, command: WaitCard, call: Call) -> IdCard:
        try:
            kept.append(read(self, command, call))
        except DeviceFault:
            if not kept:
                raise
        return kept[-1]

    monkeypatch.setattr(SdtDriver, "_read", careless)
    with pytest.raises(AssertionError):
        storm(clock, 500)


def test_it_finds_a_driver_that_is_not_well_at_once(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StormyLine, "discard_input", lambda line: None)
    with pytest.raises((AssertionError, DeviceFault)):
        storm(clock, 2_000)


def test_it_finds_a_driver_that_does_not_look_at_checksums(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdt_frames, "checksum", lambda data: 0)
    with pytest.raises((AssertionError, DeviceFault)):
        storm(clock, 2_000)
