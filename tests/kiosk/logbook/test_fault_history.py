"""The history of devices: once down, once up, whatever flickers, dies and comes back, over restarts of the kiosk too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.client import Died, Link, Snapshot
from drivers.contract.a4_printer import Status
from drivers.contract.common import DeviceClass
from drivers.contract.faults import FaultCode, fault
from kiosk.logbook.faults import (
    DEATH,
    DEATHS_EVERY_SECONDS,
    FAULT,
    LINK,
    SETTLES_SECONDS,
    Episode,
    History,
    Noted,
    episodes,
)

PRINTER = Snapshot("a4_printer", DeviceClass.A4_PRINTER, "ipp")
JAM, EMPTY = FaultCode.PAPER_JAM, FaultCode.PAPER_OUT


@dataclass
class Entry:
    at: float
    kind: str
    subject: str
    body: dict[str, Any]


@dataclass
class Book:
    entries: list[Entry] = field(default_factory=list)

    def take(self, noted: Iterable[Noted], now: float) -> None:
        self.entries += [Entry(now, each.kind, each.device, each.body) for each in noted]


def here(*codes: FaultCode, **more: Any) -> Snapshot:
    return replace(PRINTER, link=Link.HERE, status=Status(faults=tuple(fault(code) for code in codes)), **more)


def gone(code: FaultCode = FaultCode.PORT_ABSENT) -> Snapshot:
    return replace(PRINTER, link=Link.GONE, fault=fault(code))


def told(*steps: tuple[float, Snapshot], until: float = 1_000.0) -> list[Entry]:
    book, history = Book(), History()
    for now, snapshot in steps:
        book.take(history.saw(snapshot, now), now)
    book.take(history.settled(until), until)
    return book.entries


def test_a_fault_is_written_when_it_begins_and_when_it_is_over() -> None:
    entries = told((10.0, here()), (20.0, here(JAM)), (21.0, here(JAM)), (95.0, here()))
    assert [(each.kind, each.body["code"]) for each in entries] == [(FAULT, "paper_jam")] * 2
    assert episodes(entries, 50) == (Episode("a4_printer", "paper_jam", 20.0, 95.0, "", 1),)


def test_what_lasts_has_no_end() -> None:
    (episode,) = episodes(told((20.0, here(EMPTY))), 50)
    assert episode.ended is None


def test_what_flickers_is_one_episode() -> None:
    entries = told(*((float(second), here(*((JAM,) if second % 2 else ()))) for second in range(101)))
    assert len(entries) == 2
    (episode,) = episodes(entries, 50)
    assert (episode.began, episode.ended, episode.times) == (1.0, 100.0, 50)


def test_a_device_that_goes_takes_its_faults_along_and_nobody_knows_of_them_until_it_is_back() -> None:
    entries = told((1.0, here(JAM)), (2.0, gone()), (500.0, gone(FaultCode.HOST_DIED)), (600.0, here()))
    assert Counter(each.kind for each in entries) == {FAULT: 2, LINK: 2}
    away, jam = episodes(entries, 50)
    assert (away.code, away.began, away.ended) == ("port_absent", 2.0, 600.0), "why it went, not what came after"
    assert (jam.began, jam.ended) == (1.0, 600.0)


def test_not_asked_yet_is_no_change() -> None:
    assert told((1.0, PRINTER), (2.0, here()), (3.0, PRINTER), (4.0, here())) == []


def test_a_host_that_dies_again_and_again_is_counted() -> None:
    deaths = [
        (float(now), here(died=Died(at=float(now), lived=1.0, fault=fault(FaultCode.HOST_DIED, "signal 9"))))
        for now in range(100, 200)
    ]
    entries = told(*deaths, (201.0, deaths[-1][1]))
    assert sum(each.body["times"] for each in entries if each.kind == DEATH) == 100
    assert len(entries) <= 3


def test_what_an_earlier_life_left_open_goes_on_and_is_ended_once() -> None:
    before = told((1.0, here(JAM, EMPTY)), (2.0, gone()))
    book, history = Book(before), History(before)
    book.take(history.saw(here(JAM), 50.0), 50.0)
    book.take(history.settled(90.0), 90.0)
    assert {(each.kind, each.code, each.ended) for each in episodes(book.entries, 50)} == {
        (FAULT, "paper_jam", None),
        (FAULT, "paper_out", 50.0),
        (LINK, "port_absent", 50.0),
    }


def test_an_end_whose_begin_is_not_kept_any_more_is_told_by_itself() -> None:
    entries = told((20.0, here(JAM)), (95.0, here()))
    (episode,) = episodes(entries[1:], 50)
    assert (episode.code, episode.began, episode.ended) == ("paper_jam", 20.0, 95.0)


def test_the_newest_come_first_and_no_more_than_asked_for() -> None:
    entries = [Entry(float(each), FAULT, "a", {"code": "paper_jam", "began": float(each)}) for each in range(80)]
    found = episodes(entries, 50)
    assert len(found) == 50
    assert [each.began for each in found] == sorted((each.began for each in found), reverse=True)


# --- whatever happens

codes = st.lists(st.sampled_from([JAM, EMPTY, FaultCode.COVER_OPEN]), unique=True, max_size=3)
looks = st.one_of(
    codes.map(lambda some: here(*some)),
    st.sampled_from([FaultCode.PORT_ABSENT, FaultCode.LINK_SILENT]).map(gone),
    st.just(PRINTER),
)
lives = st.lists(st.tuples(st.floats(0.1, 30.0), looks, st.booleans()), max_size=40)


@settings(max_examples=200)
@given(lives)
def test_begins_and_ends_take_turns_and_the_end_tells_what_is_so(steps: list[tuple[float, Snapshot, bool]]) -> None:
    """Each step: so much later, this is seen; or the kiosk is restarted before it."""
    book, history, now, last, looked = Book(), History(), 0.0, PRINTER, False
    for later, snapshot, restarted in steps:
        now += later
        history = History(book.entries) if restarted else history
        book.take(history.saw(snapshot, now), now)
        last = snapshot if snapshot.link is not Link.UNKNOWN else last
        # What was open when the kiosk ended goes on until the device is seen again.
        looked = snapshot.link is Link.HERE or (looked and not restarted)
    states: dict[tuple[str, str], bool] = {}
    for entry in book.entries:
        key = (entry.kind, entry.body["code"] if entry.kind == FAULT else "")
        begins = "ended" not in entry.body
        assert begins is not states.get(key, False), "no end without its begin, no begin twice"
        states[key] = begins
    book.take(history.settled(now + 2 * SETTLES_SECONDS), now)
    lasting = {(each.kind, each.code) for each in episodes(book.entries, 1_000) if each.ended is None}
    assert ((LINK, "") in {(kind, "") for kind, _ in lasting if kind == LINK}) == (last.link is Link.GONE)
    if last.link is Link.HERE and looked:
        assert {code for kind, code in lasting if kind == FAULT} == {each.code.value for each in last.status.faults}


@given(st.lists(st.floats(0.05, 20.0), max_size=60))
def test_every_death_is_counted_once_and_an_hour_of_them_fills_no_logbook(pauses: list[float]) -> None:
    book, history, now = Book(), History(), 1_000.0
    for pause in pauses:
        now += pause
        died = Died(at=now, lived=pause, fault=fault(FaultCode.HOST_DIED))
        book.take(history.saw(here(died=died), now), now)
        book.take(history.saw(here(died=died), now), now)
    seconds = now - 1_000.0
    book.take(history.settled(now + DEATHS_EVERY_SECONDS), now + DEATHS_EVERY_SECONDS)
    assert sum(each.body["times"] for each in book.entries) == len(pauses)
    assert len(book.entries) <= seconds / DEATHS_EVERY_SECONDS + 2
