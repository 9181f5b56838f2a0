"""What is left of paper and toner: counted where the device counts, else reckoned from the refill, else unknown."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from drivers.client import Link, Snapshot
from drivers.contract import a4_printer, receipt_printer
from drivers.contract.common import DeviceClass, Supply
from drivers.contract.receipt_printer import Feed, Line, QrCode, Rule
from kiosk.logbook.store import Entry, Logbook
from kiosk.logbook.supplies import Stock, StockKind, sample, slip_mm, stocks
from tests.support.hall import BEGIN, ZONE, calendar, readings

START = BEGIN.timestamp()
DAY = 86_400.0


@pytest.fixture
def logbook(tmp_path: Path) -> Iterator[Logbook]:
    book = Logbook(tmp_path / "logbook.sqlite")
    yield book
    book.close()


def printer(**status: object) -> Snapshot:
    told = a4_printer.Status(paper=Supply.OK, toner=Supply.OK, **status)  # type: ignore[arg-type]
    return Snapshot("a4", DeviceClass.A4_PRINTER, "ipp", link=Link.HERE, status=told)


def roll() -> Snapshot:
    status = receipt_printer.Status(paper=Supply.OK)
    return Snapshot("slips", DeviceClass.RECEIPT_PRINTER, "escpos", link=Link.HERE, status=status)


def one(found: tuple[Stock, ...], kind: StockKind) -> Stock:
    return next(each for each in found if each.kind is kind)


def test_a_printer_that_counts_is_believed_and_forecast(logbook: Logbook):
    read = readings(1, 6)
    for each in read:
        logbook.write("supply", "a4", at=each.at, impressions=1000 + each.used, sheets=123)
    now = read[-1].at
    stock = one(stocks(logbook, [printer(sheets=200, impressions=9)], now, ZONE, calendar), StockKind.SHEETS)
    assert (stock.left, stock.sensed, stock.refilled) == (200, Supply.OK, None)
    assert stock.forecast is not None
    assert stock.forecast.empty_at is not None
    assert 3 * DAY < stock.forecast.empty_at - now < 9 * DAY
    assert not stock.runs_out_soon(now)
    assert stock.runs_out_soon(stock.forecast.empty_at - 47 * 3600)


def test_a_printer_that_counts_nothing_has_what_was_put_in_less_what_was_used(logbook: Logbook):
    read = readings(1, 4)
    for each in read:
        logbook.write("supply", "a4", at=each.at, impressions=each.used)
    logbook.write("refill", "a4", at=read[-50].at + 10, sheets=250)
    stock = one(stocks(logbook, [printer()], read[-1].at, ZONE), StockKind.SHEETS)
    assert stock.left == 250 - (read[-1].used - read[-50].used)
    assert stock.refilled == read[-50].at + 10


def test_what_nobody_counts_and_nobody_wrote_down_is_unknown(logbook: Logbook):
    found = stocks(logbook, [printer(), roll()], START, ZONE)
    assert [(each.left, each.forecast) for each in found] == [(None, None)] * 3
    assert not any(each.runs_out_soon(START) for each in found)


def test_a_device_that_is_away_has_unknown_supplies_not_good_ones(logbook: Logbook):
    away = replace(printer(), link=Link.GONE, status=None)
    assert {each.sensed for each in stocks(logbook, [away], START, ZONE)} == {Supply.UNKNOWN}


def test_a_printer_that_says_empty_runs_out_now(logbook: Logbook):
    status = a4_printer.Status(paper=Supply.OUT, toner=Supply.OK, sheets=0)
    empty = Snapshot("a4", DeviceClass.A4_PRINTER, "ipp", link=Link.HERE, status=status)
    assert one(stocks(logbook, [empty], START, ZONE), StockKind.SHEETS).runs_out_soon(START)


def test_a_roll_is_what_the_keeper_put_in_less_the_slips(logbook: Logbook):
    read = readings(2, 4)
    for each in read:
        logbook.write("supply", "slips", at=each.at, mm=each.used * 150)
    logbook.write("refill", "slips", at=read[-100].at, metres=80)
    stock = one(stocks(logbook, [roll()], read[-1].at, ZONE, calendar), StockKind.ROLL)
    assert stock.left == 80_000 - 150 * (read[-1].used - read[-100].used)
    assert stock.forecast is not None


class Kept:
    """A logbook's entries, without its file."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries

    def entries(self, kind: str, *, subject: str | None = None, since: float = 0.0) -> list[Entry]:
        return [each for each in self._entries if each.kind == kind and each.at >= since]


@pytest.mark.parametrize("step", [1, 5])
def test_every_monday_the_toner_is_foreseen_from_what_a_per_cent_lasted(step: int):
    """Half a year of three halls, cartridges of some 800 pages, each page of another blackness, the level told in whole steps: at
    most 10 % wrong from the fifth week on, while there is more than two days' toner."""
    error = total = 0.0
    for seed in range(3):
        chance, level, last = random.Random(seed), 100.0, 0.0
        entries, ends = [], []
        for each in readings(seed, 26):
            level -= sum(chance.uniform(0.5, 1.5) for _ in range(round(each.used - last))) * 100 / 800
            last = each.used
            if level <= 0:
                level = 100.0
                ends.append(each.at)
            told = {"impressions": each.used, "toner": int(level // step * step)}
            entries.append(Entry(len(entries), each.at, "supply", "a4", told))
        for monday in range(4 * 168, 25 * 168, 168):
            now, percent = entries[monday].at, entries[monday].body["toner"]
            end = next((end for end in ends if end - now > 2 * DAY), None)
            if end is None or any(now < each < now + 2 * DAY for each in ends):
                continue
            found = stocks(
                cast(Logbook, Kept(entries[: monday + 1])), [printer(toner_percent=percent)], now, ZONE, calendar
            )
            forecast = one(found, StockKind.TONER).forecast
            assert forecast is not None
            assert forecast.empty_at is not None
            error += abs(forecast.empty_at - end)
            total += end - now
    assert total > 500 * DAY
    assert error / total <= 0.10, f"{error / total:.1%}"


def test_a_new_cartridge_borrows_what_a_per_cent_lasted_from_the_one_before(logbook: Logbook):
    for hour in range(24 * 14):
        percent = 60 - hour // 8 if hour < 24 * 13 else 100
        logbook.write("supply", "a4", at=START + 3600 * hour, impressions=hour * 2, toner=percent)
    now = START + 3600 * (24 * 14 - 1)
    stock = one(stocks(logbook, [printer(toner_percent=100)], now, ZONE), StockKind.TONER)
    assert stock.left == 100
    assert stock.forecast is not None
    assert stock.forecast.empty_at is not None
    # 16 pages a per cent, 1,600 pages, 2 an hour: 800 hours.
    assert stock.forecast.empty_at - now == pytest.approx(800 * 3600, rel=0.05)


def test_a_printer_without_a_counter_is_forecast_by_its_falling_tray(logbook: Logbook):
    chance, left = random.Random(7), 200
    for hour in range(24 * 14):
        left = 250 if left < 20 else left - chance.choice((0, 1, 2))
        logbook.write("supply", "a4", at=START + 3600 * hour, sheets=left)
    now = START + 3600 * (24 * 14 - 1)
    stock = one(stocks(logbook, [printer(sheets=100)], now, ZONE), StockKind.SHEETS)
    assert stock.forecast is not None
    assert stock.forecast.empty_at is not None
    assert stock.forecast.empty_at - now == pytest.approx(100 * 3600, rel=0.15)


def test_samples_hold_what_is_known_only():
    assert sample(printer(sheets=7), 0.0) == {"sheets": 7}
    assert sample(printer(), 0.0) is None
    assert sample(roll(), 12.5) == {"mm": 12.5}
    assert sample(Snapshot("card", DeviceClass.ID_CARD_READER, "sdt_serial"), 1.0) is None


def test_a_slip_takes_its_lines_its_code_and_the_way_to_the_knife():
    plain = slip_mm([Line(text="一"), Rule()])
    assert slip_mm([Line(text="一", wide=True), Rule()]) > plain
    assert slip_mm([Line(text="一"), Rule(), QrCode(text="x")]) == plain + 45
    assert slip_mm([Line(text="一"), Rule(), Feed(2)]) > plain
    assert 20 < plain < 40
