"""`kiosk journal show` looks at a copy: it changes nothing, beside it nothing appears, and a kiosk may write meanwhile."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.journal.states import PrintState
from kiosk.journal.store import Journal
from tests.support.command import kiosk


def _state(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in sorted(folder.iterdir())}


def _write(journal: Journal, operation: str) -> None:
    journal.begin_print(operation, subject="s", device="a4_printer", evidence={"pages": 1})
    journal.move(operation, PrintState.SENT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "state"
    made.mkdir()
    return made


def test_a_closed_journal_stays_as_it_is(folder: Path) -> None:
    journal = Journal(folder / "journal.sqlite")
    _write(journal, "op1")
    journal.close()
    before = _state(folder)
    shown = kiosk("journal", "show", "--file", folder / "journal.sqlite", "--json", folder=folder.parent)
    assert shown.code == 0, shown
    assert [each["id"] for each in shown.json["operations"]] == ["op1"]
    assert _state(folder) == before


def test_a_journal_in_use_is_shown_up_to_its_last_row_and_stays_writable(folder: Path) -> None:
    journal = Journal(folder / "journal.sqlite")
    _write(journal, "op1")
    assert (folder / "journal.sqlite-wal").stat().st_size, "the newest rows are not in the file itself"
    before = _state(folder)
    shown = kiosk("journal", "show", "--file", folder / "journal.sqlite", "--json", folder=folder.parent)
    assert _state(folder) == before
    assert [(each["id"], each["state"]) for each in shown.json["operations"]] == [("op1", "sent")]
    _write(journal, "op2")
    journal.close()


def test_a_journal_that_a_killed_kiosk_left_is_not_repaired_by_looking(folder: Path, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    _write(journal, "op1")
    for name in ("journal.sqlite", "journal.sqlite-wal"):
        shutil.copyfile(tmp_path / name, folder / name)
    journal.close()
    before = _state(folder)
    shown = kiosk("journal", "show", "--file", folder / "journal.sqlite", "--json", folder=tmp_path)
    assert [each["id"] for each in shown.json["operations"]] == ["op1"]
    assert _state(folder) == before


def _empty(path: Path) -> None:
    path.touch()


def _of_something_else(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE other (a)")


def _of_another_version(path: Path) -> None:
    Journal(path).close()
    with closing(sqlite3.connect(path)) as db:  # closed here: what is closed later tidies its file later
        db.execute("PRAGMA user_version = 99")


def _torn(path: Path) -> None:
    Journal(path).close()
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize("make", [_empty, _of_something_else, _of_another_version, _torn])
def test_what_is_no_journal_is_not_made_into_one(folder: Path, make: object) -> None:
    file = folder / "journal.sqlite"
    assert callable(make)
    make(file)
    before = _state(folder)
    shown = kiosk("journal", "show", "--file", file, "--json", folder=folder.parent)
    assert shown.code == 2
    assert str(file) in shown.json["error"]
    assert "/tmp/kiosk-journal" not in shown.json["error"]
    assert _state(folder) == before


@pytest.mark.parametrize("change", ["state = 'odd'", "evidence = 'no JSON'", "evidence = x'ff'"])
def test_an_operation_that_somebody_wrote_by_hand_is_told(folder: Path, change: str) -> None:
    file = folder / "journal.sqlite"
    journal = Journal(file)
    _write(journal, "op1")
    journal.close()
    with sqlite3.connect(file) as db:
        db.execute(f"UPDATE operation SET {change}")
    shown = kiosk("journal", "show", "--file", file, folder=folder)
    assert (shown.code, shown.out) == (1, "")
    assert f"{file}：里面有读不懂的记录" in shown.err
