"""The logbook: what was written is there after a restart, it is bounded, and no state of its file stops the machine."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from kiosk.logbook import store
from kiosk.logbook.store import Logbook, LogbookError


def test_entries_survive_and_are_found(tmp_path: Path) -> None:
    book = Logbook(tmp_path / "logbook.sqlite")
    book.write("refill", "a4_printer", at=100.0, sheets=250)
    book.write("refill", "receipt_printer", at=200.0, metres=80)
    book.write("fault", "a4_printer", at=300.0, code="paper_jam")
    book.put("volume", {"day": 70})
    book.close()
    again = Logbook(tmp_path / "logbook.sqlite")
    assert [(each.at, each.subject) for each in again.entries("refill")] == [
        (100.0, "a4_printer"),
        (200.0, "receipt_printer"),
    ]
    assert [each.body for each in again.entries("refill", subject="a4_printer")] == [{"sheets": 250}]
    assert [each.at for each in again.entries("refill", since=150.0)] == [200.0]
    assert [each.at for each in again.entries("refill", newest=1)] == [200.0]
    assert again.get("volume") == {"day": 70}
    assert again.get("brightness") is None


def test_a_damaged_file_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "logbook.sqlite"
    path.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    book = Logbook(path)
    book.write("refill")
    assert len(book.entries("refill")) == 1
    assert [each.name for each in tmp_path.iterdir() if "damaged" in each.name]


def test_a_file_of_another_version_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "logbook.sqlite"
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version=99")
    other.close()
    Logbook(path).write("refill")
    assert any("damaged" in each.name for each in tmp_path.iterdir())


def test_without_a_place_for_the_file_it_is_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(LogbookError):
        Logbook(tmp_path / "file" / "logbook.sqlite")
    book = Logbook.begin(tmp_path / "file" / "logbook.sqlite")
    book.write("refill", sheets=1)
    assert [each.body for each in book.entries("refill")] == [{"sheets": 1}]


def test_each_kind_is_bounded_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_OF_A_KIND", 10)
    monkeypatch.setattr(store, "_TIDY_EVERY", 20)
    book = Logbook(tmp_path / "logbook.sqlite")
    book.write("refill", sheets=7)
    for number in range(39):
        book.write("sample", number=number)
    assert [each.body["number"] for each in book.entries("sample")] == list(range(29, 39))
    assert len(book.entries("refill")) == 1


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    Logbook(tmp_path / "logbook.sqlite").write("refill")
    assert {(each.stat().st_mode & 0o777) for each in tmp_path.iterdir()} == {0o600}
