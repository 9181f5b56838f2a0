"""Without a defect the checker says nothing; without evidence it accepts nothing; and it is a program of its own."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from judging import paper
from judging.licences import owners_on
from judging.stage import read as read_stage
from judging.verdict import judge, read_expected

from kiosk.sandbox import certificates
from tests.checker_tests.conftest import CHECKER
from tests.checker_tests.finding import BY_FACE, found
from tests.checker_tests.forging import Copy


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
