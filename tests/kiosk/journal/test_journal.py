"""The journal: on disk before the effect, no impossible move, no personal data, and every hand in the chain shows."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.contract.secret import SecretBytes, SecretText
from kiosk.journal.states import MOVES, OPEN_STATES, PrintState
from kiosk.journal.store import Journal, JournalError

WAYS: dict[PrintState, tuple[PrintState, ...]] = {
    PrintState.INTENT: (),
    PrintState.SENT: (PrintState.SENT,),
    PrintState.REPORTED: (PrintState.SENT, PrintState.REPORTED),
    PrintState.EJECTED: (PrintState.SENT, PrintState.EJECTED),
    PrintState.TAKEN: (PrintState.SENT, PrintState.EJECTED, PrintState.TAKEN),
    PrintState.VOID: (PrintState.VOID,),
    PrintState.DOUBTFUL: (PrintState.SENT, PrintState.DOUBTFUL),
}
"""How each state is reached from the intent."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    opened = Journal(path)
    yield opened
    opened.close()


def begun(journal: Journal, operation: str = "op", **evidence: Any) -> None:
    journal.begin_print(operation, subject="visit-token", device="a4_printer", evidence={"pages": 2, **evidence})


def brought_to(journal: Journal, state: PrintState, operation: str = "op") -> None:
    begun(journal, operation)
    for step in WAYS[state]:
        journal.move(operation, step)


def seen_by_another(path: Path, sql: str, *values: object) -> list[Any]:
    """Read through a connection of its own, as a process after a power cut would."""
    other = sqlite3.connect(path)
    try:
        return other.execute(sql, values).fetchall()
    finally:
        other.close()


def meddle(path: Path, *statements: str) -> None:
    other = sqlite3.connect(path)
    for statement in statements:
        other.execute(statement)
    other.commit()
    other.close()


# --- moves


def test_what_a_call_wrote_is_there_for_others_when_it_returns(journal: Journal, path: Path) -> None:
    begun(journal)
    assert seen_by_another(path, "SELECT state FROM operation WHERE id = 'op'") == [("intent",)]
    journal.move("op", PrintState.SENT, counter=41)
    assert seen_by_another(path, "SELECT state, evidence FROM operation") == [("sent", '{"counter":41,"pages":2}')]
    journal.note("op", serial="S-1")
    assert seen_by_another(path, "SELECT serial FROM operation") == [("S-1",)]
    journal.post("key", "suspend", {"serial": "S-1"})
    assert seen_by_another(path, "SELECT kind FROM outbox") == [("suspend",)]


@pytest.mark.parametrize("before", PrintState)
@pytest.mark.parametrize("after", PrintState)
def test_only_the_moves_of_the_table_are_made(journal: Journal, before: PrintState, after: PrintState) -> None:
    brought_to(journal, before)
    rows = len(list(journal.audit_rows()))
    if after in MOVES[before]:
        assert journal.move("op", after).state is after
        return
    with pytest.raises(JournalError, match=f"{before} to {after}"):
        journal.move("op", after, evidence="of a move that was not made")
    assert journal.operation("op").state is before
    assert "evidence" not in journal.operation("op").evidence
    assert len(list(journal.audit_rows())) == rows


def test_the_table_never_goes_round_and_never_leaves_an_end() -> None:
    def ends(state: PrintState, seen: tuple[PrintState, ...]) -> None:
        assert state not in seen, "no print comes back to a state that it left"
        for following in MOVES[state]:
            ends(following, (*seen, state))

    ends(PrintState.INTENT, ())
    assert set(MOVES) == set(PrintState)
    assert PrintState.VOID not in MOVES[PrintState.EJECTED], "paper that was seen is never declared void"
    assert {PrintState.INTENT, PrintState.SENT, PrintState.EJECTED} == OPEN_STATES


def test_open_operations_are_those_that_a_restart_must_settle(journal: Journal, path: Path) -> None:
    for state in PrintState:
        brought_to(journal, state, f"op-{state}")
    journal.close()
    reopened = Journal(path)
    assert [each.id for each in reopened.open_operations()] == ["op-intent", "op-sent", "op-ejected"]
    reopened.close()


def test_a_note_adds_and_a_second_beginning_is_refused(journal: Journal) -> None:
    begun(journal)
    journal.note("op", serial="S-1", seen=1)
    after = journal.note("op", more=2)
    assert (after.serial, after.evidence) == ("S-1", {"pages": 2, "seen": 1, "more": 2})
    with pytest.raises(JournalError):
        begun(journal)
    with pytest.raises(LookupError):
        journal.move("nobody", PrintState.SENT)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["left", "right"]), st.booleans()), min_size=1, max_size=12))
def test_fences_rise_for_each_device_also_over_restarts(
    tmp_path_factory: pytest.TempPathFactory, prints: list[tuple[str, bool]]
) -> None:
    path = tmp_path_factory.mktemp("fences") / "journal.sqlite"
    journal = Journal(path)
    last = {"left": 0, "right": 0}
    for number, (device, restart) in enumerate(prints):
        if restart:
            journal.close()
            journal = Journal(path)
        fence = journal.begin_print(f"op-{number}", subject="t", device=device, evidence={}).fence
        assert fence > last[device]
        last[device] = fence
    journal.close()


def test_a_fence_is_not_used_up_by_a_beginning_that_failed(journal: Journal) -> None:
    begun(journal, "one")
    with pytest.raises(JournalError):
        begun(journal, "one")
    begun(journal, "two")
    assert journal.operation("two").fence == journal.operation("one").fence + 1


# --- the chain


def filled(path: Path, count: int = 6) -> None:
    journal = Journal(path)
    for number in range(count):
        journal.record("step", number=number, where="卡")
    journal.close()


def verdict(path: Path) -> int | None:
    journal = Journal(path)
    try:
        return journal.verify_chain()
    finally:
        journal.close()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(["code", "pages", "言"]), VALUES), max_size=5))
def test_an_untouched_chain_holds_whatever_was_written(
    tmp_path_factory: pytest.TempPathFactory, payloads: list[dict[str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("chain") / "journal.sqlite"
    journal = Journal(path)
    for payload in payloads:
        try:
            journal.record("event", **payload)
        except UnicodeEncodeError:
            continue  # a lone surrogate is no text; the row was not written
    rows = [row.payload for row in journal.audit_rows()]
    assert all(row in payloads for row in rows)
    assert journal.verify_chain() is None
    journal.close()
    assert verdict(path) is None


@pytest.mark.parametrize("column", ["at", "event", "operation", "payload", "hash"])
@pytest.mark.parametrize("value", ["0", "''", "'{}'", "x'ff'", "CAST(x'ff' AS TEXT)", "'{\"number\":2}'", "1e999"])
@pytest.mark.parametrize("seq", [1, 3, 6])
def test_an_altered_cell_is_found(path: Path, column: str, value: str, seq: int) -> None:
    filled(path)
    before = seen_by_another(path, f"SELECT CAST({column} AS BLOB) FROM audit WHERE seq = {seq}")
    meddle(path, f"UPDATE audit SET {column} = {value} WHERE seq = {seq}")
    if seen_by_another(path, f"SELECT CAST({column} AS BLOB) FROM audit WHERE seq = {seq}") == before:
        assert verdict(path) is None, "the same bytes are no alteration"
    else:
        assert verdict(path) == seq


@pytest.mark.parametrize("seq", range(1, 7))
def test_a_removed_row_is_found_also_the_last(path: Path, seq: int) -> None:
    filled(path)
    meddle(path, f"DELETE FROM audit WHERE seq = {seq}")
    assert verdict(path) == seq


def test_rows_put_in_exchanged_or_all_removed_are_found(path: Path) -> None:
    filled(path)
    meddle(path, "INSERT INTO audit (at, event, operation, payload, hash) VALUES (1, 'step', '', '{}', 'made up')")
    assert verdict(path) == 7
    meddle(path, "DELETE FROM audit WHERE seq = 7", "UPDATE sqlite_sequence SET seq = 6")
    assert verdict(path) is None
    meddle(path, *(f"UPDATE audit SET seq = {new} WHERE seq = {old}" for old, new in ((2, 100), (3, 2), (100, 3))))
    assert verdict(path) == 2
    meddle(path, "DELETE FROM audit")
    assert verdict(path) == 1


def test_a_row_that_was_made_unreadable_is_said_by_the_journals_own_error(path: Path) -> None:
    filled(path)
    for value in ("'no JSON'", "CAST(x'ff' AS TEXT)"):
        meddle(path, f"UPDATE audit SET payload = {value} WHERE seq = 2")
        journal = Journal(path)
        with pytest.raises(JournalError, match=r"journal\.sqlite holds an audit row"):
            list(journal.audit_rows())
        journal.close()


def test_every_change_of_an_operation_is_in_the_chain(journal: Journal) -> None:
    brought_to(journal, PrintState.TAKEN)
    journal.note("op", serial="S-1")
    found = [(row.event, row.operation) for row in journal.audit_rows()]
    assert found == [(event, "op") for event in ("intent", "sent", "ejected", "taken", "note")]


# --- the outbox


def test_the_same_key_again_changes_nothing(journal: Journal) -> None:
    journal.post("suspend:S-1", "suspend", {"serial": "S-1", "reason": "not_printed"})
    journal.post("suspend:S-1", "suspend", {"serial": "S-1", "reason": "keeper"})
    (item,) = journal.due(1e12)
    assert item.body["reason"] == "not_printed"
    journal.delivered("suspend:S-1", "delivered")
    journal.post("suspend:S-1", "suspend", {"serial": "S-1", "reason": "keeper"})
    assert journal.waiting() == 0, "what was delivered is not delivered again"
    assert [row.event for row in journal.audit_rows()] == ["post:suspend", "delivered"]


def test_a_postponed_item_is_not_due_before_its_time_and_counts_its_tries(journal: Journal) -> None:
    for key in ("first", "second", "third"):
        journal.post(key, "rating", {"n": key})
    journal.postpone("second", 2e12)
    assert [item.key for item in journal.due(1e12)] == ["first", "third"]
    assert [(item.key, item.tries) for item in journal.due(3e12)] == [("first", 0), ("second", 1), ("third", 0)]
    assert journal.waiting() == 3


# --- what must not get in


@pytest.mark.parametrize("secret", [SecretText("甲某某"), SecretBytes(b"photo")], ids=["text", "bytes"])
def test_a_secret_cannot_be_stored(journal: Journal, path: Path, secret: Any) -> None:
    begun(journal)
    rows = len(list(journal.audit_rows()))
    attempts = (
        lambda: begun(journal, "other", who=secret),
        lambda: journal.begin_print("other", subject=secret, device="d", evidence={}),
        lambda: journal.note("op", who=[{"deep": secret}]),
        lambda: journal.note("op", serial=secret),
        lambda: journal.move("op", PrintState.SENT, who=secret),
        lambda: journal.post("key", "task", {"who": secret}),
        lambda: journal.record("event", who=(secret,)),
        lambda: journal.delivered("key", secret),
    )
    for attempt in attempts:
        with pytest.raises((TypeError, JournalError)) as refused:
            attempt()
        assert "甲某某" not in str(refused.value)
    assert len(list(journal.audit_rows())) == rows
    assert [each.id for each in journal.operations()] == ["op"]
    journal.record("still", works=True)
    journal.close()
    for file in path.parent.iterdir():
        assert "甲某某".encode() not in file.read_bytes()
        assert b"photo" not in file.read_bytes()


# --- the file


def test_only_its_owner_may_read_any_of_its_files(path: Path) -> None:
    journal = Journal(path)
    begun(journal)
    files = list(path.parent.iterdir())
    assert {file.name for file in files} == {"journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    journal.close()


def test_a_file_of_another_version_is_refused_and_left_as_it_is(path: Path) -> None:
    path.parent.mkdir(parents=True)
    meddle(path, "PRAGMA user_version = 7", "CREATE TABLE future (x)")
    before = path.read_bytes()
    with pytest.raises(JournalError, match=r"journal\.sqlite.*another version \(7\)"):
        Journal(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be looked at", b"SQLite format 3\0" * 40])
def test_garbage_is_refused_by_name(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(JournalError, match=r"journal\.sqlite cannot be opened"):
        Journal(path)


def test_a_damaged_page_is_found_at_the_start_and_the_file_left_as_it_is(path: Path) -> None:
    """Not the first page, which every opening reads: one in the middle, which a print would meet with paper under way."""
    written = Journal(path)
    for number in range(200):
        written.post(f"task:{number}", "task", {"text": "x" * 200})
    written.close()
    whole = path.read_bytes()
    assert len(whole) > 12 * 4096
    for page in range(4, 12):
        damaged = whole[: page * 4096] + b"\xa5" * 4096 + whole[(page + 1) * 4096 :]
        path.write_bytes(damaged)
        with pytest.raises(JournalError, match=r"journal\.sqlite.*move it away"):
            Journal(path)
        assert path.read_bytes() == damaged


def test_a_file_of_another_program_is_refused_and_left_as_it_is(path: Path) -> None:
    path.parent.mkdir(parents=True)
    meddle(path, "CREATE TABLE bookmarks (x)")
    before = path.read_bytes()
    with pytest.raises(JournalError, match=r"no journal of a kiosk.*move it away"):
        Journal(path)
    assert path.read_bytes() == before


def test_a_journal_that_lost_a_table_is_not_given_an_empty_one(path: Path) -> None:
    Journal(path).close()
    meddle(path, "DROP TABLE operation")
    with pytest.raises(JournalError, match=r"operation.*move it away"):
        Journal(path)


def test_reading_fails_with_the_journals_own_error(journal: Journal) -> None:
    for table in ("operation", "outbox", "audit"):
        journal._db.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
    for read in (journal.operations, journal.open_operations, journal.waiting, journal.verify_chain):
        with pytest.raises(JournalError, match="cannot be read"):
            read()
    with pytest.raises(JournalError, match="cannot be read"):
        journal.due(1e12)


def test_a_place_where_no_file_can_be_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match=r"file/journal\.sqlite"):
        Journal(tmp_path / "file" / "journal.sqlite")
    with pytest.raises(JournalError, match="cannot be opened"):
        Journal(tmp_path)


def test_two_threads_write_one_chain(journal: Journal) -> None:
    failures: list[BaseException] = []

    def write(name: str) -> None:
        try:
            for number in range(25):
                journal.begin_print(f"{name}-{number}", subject=name, device="same", evidence={})
                journal.post(f"{name}-{number}", "rating", {})
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    fences = [each.fence for each in journal.operations()]
    assert sorted(fences) == list(range(1, 51))
    assert len(list(journal.audit_rows())) == 100
    assert journal.verify_chain() is None


def test_two_programs_that_write_one_file_keep_one_chain(journal: Journal, path: Path) -> None:
    """`kiosk journal show` opens the file of a kiosk that runs."""
    other = Journal(path)
    for number in range(5):
        journal.record("a", n=number)
        other.record("b", n=number)
    assert other.verify_chain() is None
    assert journal.verify_chain() is None
    other.close()
