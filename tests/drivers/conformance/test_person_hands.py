"""A person's hands: asked for what they must do, given the time for it, and not asked to say what the device can see."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from drivers import registry
from drivers.conformance.bench import Bench
from drivers.conformance.check import NotApplicable, Unfit, Verdict
from drivers.conformance.hands import PersonHands
from drivers.conformance.repeated import REPEATED, Repeated
from drivers.conformance.report import Report
from drivers.conformance.suite import run
from drivers.conformance.titles import prompts
from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.emulators.id_card_reader import SdtEmulator


class Person:
    """Does what is asked, after a moment, and then says so or not."""

    def __init__(self, reader: SdtEmulator, *, says_so: bool) -> None:
        self.reader = reader
        self.says_so = says_so
        self.asked: list[str] = []
        self.withdrawn: list[str] = []

    async def __call__(self, verb: str, words: str) -> None:
        assert words
        self.asked.append(verb)
        try:
            await asyncio.sleep(0.05)
            await asyncio.to_thread(self.reader.do, verb)
            if not self.says_so:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.withdrawn.append(verb)
            raise


def finished(work: Coroutine[Any, Any, Report]) -> Report:
    return asyncio.run(work)


async def _tested(person: Person, log: Path, *only: str, repeated: Repeated | None = None) -> Report:
    settings = person.reader.start()
    manifest = registry.manifests()["sdt_serial"]
    hands = PersonHands(manifest.device_class, dict(settings), prompts(manifest.device_class), person)
    also = () if repeated is None else (repeated.check(),)
    try:
        return await run(manifest, dict(settings), hands, log, only=only, also=also)
    finally:
        person.reader.stop()


def test_what_the_device_sees_need_not_be_said(tmp_path: Path) -> None:
    (tmp_path / "log").touch()
    person = Person(SdtEmulator(radio_seconds=0.05), says_so=False)
    report = finished(_tested(person, tmp_path / "log", "common.work"))
    assert [each.verdict for each in report.outcomes] == [Verdict.PASSED]
    assert person.asked == ["present", "withdraw"]
    assert person.withdrawn == ["present", "withdraw"], "the questions were taken back when the device had seen it"


def test_what_nobody_laid_down_is_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "log").touch()
    person = Person(SdtEmulator(radio_seconds=0.05), says_so=True)
    report = finished(_tested(person, tmp_path / "log", "common.deadline"))
    assert [each.verdict for each in report.outcomes] == [Verdict.PASSED]
    assert person.asked == []


def test_the_same_many_times_over_with_the_devices_own_time(tmp_path: Path) -> None:
    (tmp_path / "log").touch()
    person = Person(SdtEmulator(radio_seconds=0.2), says_so=False)
    repeated = Repeated(3, 0)
    report = finished(_tested(person, tmp_path / "log", REPEATED, repeated=repeated))
    assert [each.verdict for each in report.outcomes] == [Verdict.PASSED]
    assert (repeated.done, repeated.failed) == (3, 0)
    assert len(repeated.took) == 3
    assert all(0.1 < seconds < 3.0 for seconds in repeated.took)


class _Play:
    """Fails as often as it is told to."""

    def __init__(self, failures: list[bool]) -> None:
        self.failures = failures

    async def work(self, bench: Bench) -> str | None:
        if self.failures.pop(0):
            raise failing(FaultCode.DEADLINE) if len(self.failures) % 2 else Unfit("no photo")
        return None


@pytest.mark.parametrize(
    ("failures", "most", "done", "failed", "fits"),
    [
        ([False] * 5, 0, 5, 0, True),
        ([False, True, False, False, False], 1, 5, 1, True),
        ([True] * 5, 0, 1, 1, False),
        ([False, True, True, False, False], 1, 3, 2, False),
    ],
)
def test_failures_are_counted_and_the_rest_is_spared_when_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch, failures: list[bool], most: int, done: int, failed: int, fits: bool
) -> None:
    from types import SimpleNamespace
    from typing import cast

    from drivers.conformance import repeated as module

    monkeypatch.setitem(module.PLAYS, DeviceClass.ID_CARD_READER, cast(Any, _Play(list(failures))))
    bench = cast(Bench, SimpleNamespace(manifest=SimpleNamespace(device_class=DeviceClass.ID_CARD_READER), took=[]))
    counted = Repeated(5, most)
    try:
        asyncio.run(cast(Any, counted.check().play(bench)))
        fitted = True
    except Unfit:
        fitted = False
    assert (counted.done, counted.failed, fitted) == (done, failed, fits)


def test_a_person_who_cannot_do_it_is_not_asked() -> None:
    async def never(verb: str, words: str) -> None:
        raise AssertionError(verb)

    hands = PersonHands(DeviceClass.ID_CARD_READER, {}, prompts(DeviceClass.ID_CARD_READER), never)
    with pytest.raises(NotApplicable):
        asyncio.run(hands.do("fault", kind="silent"))


def test_a_question_that_fails_ends_the_check() -> None:
    async def ask(verb: str, words: str) -> None:
        raise DeviceFault(failing(FaultCode.PORT_ABSENT).fault)

    hands = PersonHands(DeviceClass.ID_CARD_READER, {}, prompts(DeviceClass.ID_CARD_READER), ask)
    with pytest.raises(DeviceFault):
        asyncio.run(hands.do("unplug"))
