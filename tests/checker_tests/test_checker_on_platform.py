"""One defect at a time in good evidence, and the checker says exactly that: what the platform said, and exactly once."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
from judging import seal
from judging.findings import Code
from judging.stage import read as read_stage
from judging.verdict import judge, read_expected

from tests.checker_tests.finding import BY_FACE, BY_KEEPER, JAMMED, found
from tests.checker_tests.forging import Copy, Row


def test_a_serial_that_was_not_issued(stage: Copy) -> None:
    stage.about("/v1/serials/issue", BY_KEEPER).unlink()
    assert found(stage) == {"not_issued"}


def test_a_file_that_was_not_handed_out(stage: Copy) -> None:
    stage.exchanges("/v1/licences/fetch")[1].unlink()
    assert found(stage) == {"not_fetched"}


@pytest.mark.parametrize("state", ["revoked", "suspended", "expired", None])
def test_printed_without_the_issuers_word(stage: Copy, state: str | None) -> None:
    file = stage.exchanges("/v1/licences/status")[0]
    if state is None:
        file.unlink()
    else:
        stage.answer(file, state=state)
    assert found(stage) == {"not_in_force"}


def test_a_kiosk_that_checks_nothing(printed_all: tuple[Path, dict[str, str]]) -> None:
    folder, serials = printed_all
    verdict = judge(folder)
    by_fault = {
        fault: {finding.code.value for finding in verdict.findings if serial in finding.where}
        for fault, serial in serials.items()
    }
    assert by_fault == {
        "another_person": {"wrong_person"},
        "mixed_pages": {"wrong_person"},
        "wrong_issuer": {"bad_seal"},
        "expired": {"not_in_force"},
    }
    rest = [finding.code for finding in verdict.findings if not any(each in finding.where for each in serials.values())]
    assert rest == [Code.NOT_REPORTED] * 3
    expected, _ = read_expected(folder / "expect.json")
    assert "expectation" in found(folder, expected)


def test_a_seal_that_was_broken_or_only_covers_a_part(stage: Copy) -> None:
    pdf, roots = stage.file(BY_FACE), read_stage(stage.folder).issuer
    now = time.time()
    at = pdf.index(b"stream") + 40
    assert seal.problem(pdf, roots, now) == ""
    assert "changed" in seal.problem(pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :], roots, now)
    assert "whole file" in seal.problem(pdf + b"\n%more\n", roots, now)
    assert "root" in seal.problem(pdf, read_stage(stage.folder).operator, now)
    assert "signatures" in seal.problem(b"%PDF-1.7", roots, now)


def test_an_anomaly_that_nobody_was_told_of(stage: Copy) -> None:
    stage.exchanges("/v1/back-office/put")[0].unlink()
    assert found(stage) == {"not_reported"}


def test_a_page_that_came_out_twice(stage: Copy) -> None:
    def repeat(rows: list[Row]) -> list[Row]:
        at = next(index for index, row in enumerate(rows) if row.get("name", "").endswith("/3-3"))
        return [*rows[: at + 1], rows[at], *rows[at + 1 :]]

    stage.papers(repeat)
    assert found(stage) == {"printed_twice"}


def test_a_page_that_did_not_come_out(stage: Copy) -> None:
    stage.papers(lambda rows: [row for row in rows if not row.get("name", "").endswith("/3-3")])
    assert found(stage) == {"unaccounted"}


def test_pages_in_another_order(stage: Copy) -> None:
    def turn(rows: list[Row]) -> list[Row]:
        second = next(index for index, row in enumerate(rows) if row.get("name", "").endswith("/2-3"))
        return [*rows[:second], rows[second + 1], rows[second], *rows[second + 2 :]]

    stage.papers(turn)
    assert found(stage) == {"out_of_order"}


def test_a_sheet_that_falls_onto_anothers(stage: Copy) -> None:
    stage.papers(lambda rows: [row for index, row in enumerate(rows) if index != 1])  # the first time it was taken
    assert found(stage) == {"mixed_tray"}


def test_a_sheet_that_comes_out_in_the_next_visit(stage: Copy) -> None:
    """Yokohama 2023: a late page in somebody else's hands."""
    later = next(row.at for row in read_stage(stage.folder).papers if row.name.endswith("/1-3"))

    def delay(rows: list[Row]) -> list[Row]:
        return [{**row, "at": later - 0.01} if row.get("name", "").endswith("/1-1") else row for row in rows]

    stage.papers(delay)
    assert found(stage) == {"wrong_visit"}


def test_a_doubtful_print_that_still_counts(stage: Copy) -> None:
    stage.about("/v1/serials/suspend", JAMMED).unlink()
    assert found(stage) == {"unaccounted"}


def test_a_doubtful_print_that_nobody_was_told_of(stage: Copy) -> None:
    stage.about("/v1/back-office/put", JAMMED).unlink()
    assert found(stage) == {"no_task"}


def test_a_second_serial_for_one_licence(stage: Copy) -> None:
    file = stage.about("/v1/serials/issue", BY_FACE)
    stage.answer(file, name="exchange-9000.json", serial="AAAAAAAAAAAAA", operation="another")
    assert found(stage) == {"two_serials", "unaccounted"}


def test_an_answer_that_was_lost_and_never_asked_for_again(stage: Copy) -> None:
    lost = stage.folder / "platform" / "capture" / "exchange-9000.json"
    stage.answer(stage.about("/v1/serials/issue", BY_FACE), name=lost.name, status=None)
    stage.ask(lost, operation="another")
    assert found(stage) == {"unsettled"}
    shutil.copyfile(lost, settled := lost.with_name("exchange-9001.json"))
    kept = json.loads(settled.read_text())
    kept.update(path="/v1/serials/lookup", status=200, response_base64="eyJzdGF0dXMiOjEwfQ==")  # {"status":10}: none
    settled.write_text(json.dumps(kept))
    assert found(stage) == set()
