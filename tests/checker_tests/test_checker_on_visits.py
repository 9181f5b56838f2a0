"""One defect at a time in good evidence, and the checker says exactly that: who stood there, what it came to, what is left."""

from __future__ import annotations

import json

import msgspec
import pytest
from judging.findings import Code
from judging.stage import Expected
from judging.stage import read as read_stage
from judging.verdict import judge, read_expected

from tests.checker_tests.finding import JAMMED, found
from tests.checker_tests.forging import Copy, Row


def test_the_card_of_another_person(stage: Copy) -> None:
    stage.lay_other_card("p3", "p9")
    assert found(stage) == {"wrong_card", "wrong_visit"}


def test_no_card_at_all(stage: Copy) -> None:
    for name in ("tx.bin", "tx.jsonl"):
        (stage.folder / "wire" / "id_reader" / name).unlink()
    assert found(stage) == {"no_card", "wrong_visit"}  # a slip, too, is cut in nobody's visit


def test_no_face_shown(stage: Copy) -> None:
    stage.rows("wire/camera/shown.jsonl", lambda rows: [row for row in rows if row["who"] != "astronaut"])
    assert found(stage) == {"no_identity"}


@pytest.mark.parametrize("who", ["hopper", "astronaut+hopper", "image", "dark"])
def test_another_face_or_two(stage: Copy, who: str) -> None:
    def change(rows: list[Row]) -> list[Row]:
        return [{**row, "who": who} if row["who"] == "astronaut" else row for row in rows]

    stage.rows("wire/camera/shown.jsonl", change)
    assert found(stage) == {"no_identity"}


def test_a_keeper_who_did_not_confirm(stage: Copy) -> None:
    stage.answer(stage.exchanges("/v1/keepers/confirm")[0], status=205)
    assert found(stage) == {"no_identity"}


def test_a_kiosk_that_refuses_everybody(stage: Copy) -> None:
    expected = (Expected("p1", "printed"), Expected("p3", "printed"), Expected("p1", "printed"))
    assert found(stage, (*expected, Expected("p2", "nothing"), Expected("p2", "void"))) == {"expectation"}


@pytest.mark.parametrize("outcome", ["nothing", "void", "other"])
def test_a_kiosk_that_prints_for_a_stranger(stage: Copy, outcome: str) -> None:
    given, _ = read_expected(stage.folder / "expect.json")
    assert given is not None
    assert found(stage, (Expected("p1", outcome), *given[1:])) == {"expectation"}


@pytest.mark.parametrize(("visit", "by"), [(0, "keeper"), (1, "face")])
def test_a_person_who_was_confirmed_in_another_way(stage: Copy, visit: int, by: str) -> None:
    """A matcher that always says no would go unseen where the keeper always helps out."""
    given, _ = read_expected(stage.folder / "expect.json")
    assert given is not None
    changed = msgspec.structs.replace(given[visit], by=by)
    assert found(stage, (*given[:visit], changed, *given[visit + 1 :])) == {"expectation"}


def test_cards_that_nobody_expected_or_that_never_came(stage: Copy) -> None:
    given, _ = read_expected(stage.folder / "expect.json")
    assert given is not None
    assert found(stage, given[:-1]) == {"expectation"}
    assert found(stage, (*given, Expected("p4", "printed"))) == {"expectation"}
    assert found(stage, (Expected("p4", "nothing"), *given)) == set()  # a card that could not be read


@pytest.mark.parametrize("visit", range(1, 6))
def test_a_visit_after_which_nothing_was_wiped(stage: Copy, visit: int) -> None:
    """Wiping the pages alone is not enough: the card's fields were only dropped."""
    fields = read_stage(stage.folder).reads[visit - 1].personal_fields

    def skip(rows: list[Row]) -> list[Row]:
        for row in rows[visit:]:
            row["secrets"]["wiped"] -= fields
            row["secrets"]["dropped"] += fields
        return rows

    stage.rows("idle.jsonl", skip)
    assert found(stage) == {"not_wiped"}


def test_a_secret_that_is_still_in_memory(stage: Copy) -> None:
    def keep(rows: list[Row]) -> list[Row]:
        first, last = rows[0]["secrets"], rows[-1]["secrets"]
        alive = first["made"] - first["wiped"] - first["dropped"]
        last["made"] = max(last["made"], last["wiped"] + last["dropped"] + alive) + 1
        return rows

    stage.rows("idle.jsonl", keep)
    assert found(stage) == {"not_wiped"}


@pytest.mark.parametrize("field", ["name", "number", "address"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030", "unicode-escape"])
def test_a_planted_value_in_the_kiosks_files(stage: Copy, field: str, encoding: str) -> None:
    value = getattr(stage.person("p5"), field)
    planted = json.dumps(value).strip('"').encode() if encoding == "unicode-escape" else value.encode(encoding)
    (stage.folder / "kiosk-files" / "state" / "journal.sqlite").write_bytes(b"\0\1" + planted + b"\xff")
    assert found(stage) == {"personal_data"}


def test_a_planted_value_in_a_files_name_is_not_repeated(stage: Copy) -> None:
    number = stage.person("p2").number
    (stage.folder / "kiosk-files" / f"{number}.pdf").write_bytes(b"")
    verdict = judge(stage.folder)
    assert [finding.code for finding in verdict.findings] == [Code.PERSONAL_DATA]
    assert number not in str(verdict.findings)


def test_personal_data_that_was_sent_along(stage: Copy) -> None:
    stage.ask(stage.about("/v1/back-office/put", JAMMED), evidence={"holder": stage.person("p2").name})
    assert found(stage) == {"personal_data"}
