"""One defect at a time in good evidence, and the checker says exactly that: on the paper and on the slips."""

from __future__ import annotations

import json
import shutil
from datetime import date
from typing import Any

import msgspec
import pytest
from judging import paper
from judging.findings import Code
from judging.verdict import judge
from PIL import Image

from drivers.contract.secret import SecretText
from kiosk.documents import overlay, stamp
from kiosk.documents.policy import paper_policy
from kiosk.sandbox import certificates
from tests.checker_tests.finding import BY_FACE, BY_KEEPER, JAMMED, found
from tests.checker_tests.forging import Copy, Row
from tests.checker_tests.good_evidence import KIND


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
