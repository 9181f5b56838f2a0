"""One defect at a time in good evidence, and the checker must say exactly that; without a defect it must say nothing."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from judging import paper, seal
from judging.findings import Code
from judging.licences import owners_on
from judging.stage import Expected
from judging.stage import read as read_stage
from judging.verdict import judge, read_expected
from PIL import Image

from drivers.contract.secret import SecretText
from kiosk.documents import overlay, stamp
from kiosk.documents.policy import paper_policy
from kiosk.sandbox import certificates
from tests.checker_tests.conftest import CHECKER
from tests.checker_tests.forging import Copy, Row
from tests.checker_tests.good_evidence import KIND

BY_FACE, BY_KEEPER, JAMMED = "by_face", "by_keeper", "jammed"


def found(stage: Copy | Path, expected: tuple[Expected, ...] | None = None) -> set[str]:
    """The codes of everything that the checker finds."""
    folder = stage.folder if isinstance(stage, Copy) else stage
    return {finding.code.value for finding in judge(folder, expected).findings}


# --- good evidence


def test_a_kiosk_that_behaves_is_accepted(stage: Copy) -> None:
    expected, problems = read_expected(stage.folder / "expect.json")
    verdict = judge(stage.folder, expected)
    assert not problems
    assert verdict.findings == ()
    assert verdict.notes == ()
    assert [row.state for row in verdict.papers if row.state] == ["active"] * 4 + ["suspended"]


def test_everybody_is_recognised_on_their_own_certificate(stage: Copy) -> None:
    seen = read_stage(stage.folder)
    facts = certificates.Facts(number="SB2026010100000001", issuer="示例市社会保险事业管理局", issued=date(2026, 1, 1))
    for person in (stage.person(each.id) for each in seen.people):
        if person.record is not None:
            sheet = certificates.compose(person, facts)
            for text in paper.page_texts(sheet.pdf):
                assert [each.id for each in owners_on(seen, text)] == [person.id]


# --- the paper


def test_another_persons_page(stage: Copy) -> None:
    stage.recompose(BY_KEEPER, 2, picture=(stage.file(JAMMED), 2))
    verdict = judge(stage.folder)
    assert [finding.code for finding in verdict.findings] == [Code.WRONG_PICTURE]
    assert "of p2" in verdict.findings[0].sentence


def test_another_page_of_the_same_person(stage: Copy) -> None:
    stage.recompose(BY_KEEPER, 3, picture=(stage.file(BY_KEEPER), 2))
    assert found(stage) == {"wrong_picture"}


def test_a_page_whose_certificate_number_alone_is_anothers(stage: Copy) -> None:
    """The strictest: the same person's next certificate differs in eight small digits."""
    person = stage.person("p1")
    numbers = ("SB2026010100000001", "SB2026010187654321")
    mine, other = (
        certificates.compose(person, certificates.Facts(number=number, issuer=KIND.issuer, issued=date(2026, 1, 1))).pdf
        for number in numbers
    )
    stage.recompose(BY_FACE, 1, picture=(mine, 1))
    sheet = stage.job(BY_FACE, 1).read_bytes()
    assert paper.compare(sheet, mine, 0).differing == 0
    assert paper.compare(sheet, other, 0).differing > 0


def test_a_sheet_without_a_code(stage: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    blank = ((False,) * 77,) * 77
    monkeypatch.setattr(stamp, "qr_modules", lambda *args: blank)
    stage.recompose(BY_FACE, 1)
    assert found(stage) == {"no_code"}


def test_a_code_of_another_operator(stage: Copy) -> None:
    site = stage.folder / "platform" / "site"
    shutil.copyfile(site / "issuer-root.pem", site / "operator-root.pem")
    assert found(stage) == {"bad_code", "slip_code"}


def test_a_code_that_speaks_of_another_page(stage: Copy) -> None:
    pages = [stage.job(BY_KEEPER, page) for page in (1, 2)]
    first, second = (page.read_bytes() for page in pages)
    pages[0].write_bytes(second)
    pages[1].write_bytes(first)
    assert found(stage) == {"code_mismatch", "wrong_words", "wrong_picture"}


def test_a_code_for_another_holder(stage: Copy) -> None:
    stage.recompose(BY_FACE, 1, holder=SecretText(stage.person("p2").number))
    assert found(stage) == {"code_mismatch"}


def test_another_serial_than_the_jobs(stage: Copy) -> None:
    stage.recompose(BY_FACE, 1, serial=stage.serials[BY_KEEPER])
    assert found(stage) == {"code_mismatch", "wrong_words"}


@pytest.mark.parametrize("change", [{"text": "样例 {kiosk}"}, {"text": "仅供「{purpose}」使用"}, {"alpha": 0.0}])
def test_a_watermark_that_is_missing_or_cannot_be_seen(stage: Copy, change: dict[str, Any]) -> None:
    policy = paper_policy()
    policy = msgspec.structs.replace(policy, watermark=msgspec.structs.replace(policy.watermark, **change))
    stage.recompose(BY_FACE, 1, policy=policy)
    assert found(stage) == {"no_watermark"}


def test_a_watermark_for_another_purpose(stage: Copy) -> None:
    stage.recompose(BY_FACE, 1, purpose="贷款")
    assert found(stage) == {"no_watermark"}


def test_an_addition_that_covers_the_certificate(stage: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    place = overlay.free_place

    def higher(*args: Any, **more: Any) -> Any:
        return msgspec.structs.replace(place(*args, **more), y=150.0)

    monkeypatch.setattr(overlay, "free_place", higher)
    stage.recompose(BY_FACE, 1)
    assert found(stage) == {"covered"}


@pytest.mark.parametrize("seconds", [-600, 600])
def test_a_wrong_time_of_printing(stage: Copy, seconds: int) -> None:
    received = json.loads(stage.job(BY_FACE, 1).with_suffix(".json").read_text())["received_at"]
    stage.recompose(BY_FACE, 1, printed_at=int(received) + seconds)
    assert found(stage) == {"wrong_time"}


def test_a_wrong_time_of_expiry(stage: Copy) -> None:
    stage.recompose(BY_FACE, 1, expires_at=2_000_000_000)
    assert found(stage) == {"wrong_time", "code_mismatch"}


def test_a_job_that_is_no_page_of_a_serial(stage: Copy) -> None:
    def rename(rows: list[Row]) -> list[Row]:
        return [{**row, "name": "untitled"} if row.get("name", "").endswith("/1-1") else row for row in rows]

    stage.papers(rename)
    assert found(stage) == {"job_name", "unaccounted"}


# --- what the platform said


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


# --- who stood there


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


# --- exactly once


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


# --- slips


@pytest.mark.parametrize("field", ["name", "number", "address"])
def test_a_slip_that_tells_who_it_is(stage: Copy, field: str) -> None:
    file = stage.folder / "wire" / "receipt_printer" / "slip-1.json"
    slip = json.loads(file.read_text("utf-8"))
    slip["text"].append("姓 名：" + getattr(stage.person("p1"), field))
    file.write_text(json.dumps(slip))
    assert found(stage) == {"slip_personal"}


def test_a_slip_of_another_visit(stage: Copy) -> None:
    slips = stage.folder / "wire" / "receipt_printer"
    shutil.copyfile(slips / "slip-2.png", slips / "slip-1.png")
    assert found(stage) == {"wrong_visit"}


def test_a_slip_whose_code_cannot_be_scanned(stage: Copy) -> None:
    slips = stage.folder / "wire" / "receipt_printer"
    Image.new("L", (576, 800), 255).save(slips / "slip-1.png")
    assert found(stage) == {"slip_code"}


# --- what the visits should have come to


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


# --- what stays behind


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


# --- evidence that is not there proves nothing


@pytest.mark.parametrize(
    "name",
    [
        "platform/people.json",
        "platform/site/operator-root.pem",
        "platform/capture",
        "wire/id_reader",
        "wire/camera/shown.jsonl",
        "wire/a4_printer",
        "wire/receipt_printer",
    ],
)
def test_missing_evidence(stage: Copy, name: str) -> None:
    path = stage.folder / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert "evidence" in found(stage)


def test_a_sheet_without_its_document(stage: Copy) -> None:
    stage.job(BY_FACE, 1).unlink()
    assert found(stage) == {"evidence"}


# --- the program


def test_the_checker_knows_nothing_of_the_kiosk() -> None:
    files = sorted(CHECKER.rglob("*.py"))
    assert len(files) > 10
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.partition(".")[0] not in ("kiosk", "drivers", "tests", "importlib", "runpy"), file


def test_the_command_line(stage: Copy, tmp_path: Path) -> None:
    def run() -> tuple[int, str, Any]:
        command = [sys.executable, str(CHECKER), str(stage.folder), "--json", str(tmp_path / "verdict.json")]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, done.stdout, json.loads((tmp_path / "verdict.json").read_bytes())

    status, text, verdict = run()
    assert (status, verdict["findings"]) == (0, [])
    assert all(f"{serial}/" in text for serial in stage.serials.values() if serial)
    (stage.folder / "expect.json").write_text('[{"person": "p1", "outcome": "nothing"}]')
    status, text, verdict = run()
    assert status == 1
    assert {finding["code"] for finding in verdict["findings"]} == {"expectation"}
    assert "expectation: visit 1" in text
