"""`kiosk verify` and `kiosk journal show`, over one visit that was really printed and its platform really running."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from kiosk.assembly import platform_of
from kiosk.gateways.serials import SuspendReason
from kiosk.sandbox.launch import start
from kiosk.settings.site import load_site
from tests.support.bench import on_stage
from tests.support.command import Ran, kiosk
from tests.support.scripts import base_script


@dataclass(frozen=True)
class Paper:
    """What the visit left: the site's file, the platform's folder and port, and the page's code as a scanner reads it."""

    folder: Path
    site_file: Path
    platform: Path
    port: int
    serial: str
    code: str

    def verify(self, *arguments: str | Path, code: str = "") -> Ran:
        return kiosk("verify", code or self.code, "--site", self.site_file, "--json", *arguments, folder=self.folder)


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    folder = tmp_path_factory.mktemp("stage")

    async def print_one() -> Paper:
        async with on_stage(folder, {}) as run:
            run.window.script.update(base_script(run))
            assert await run.visit() == "done"
            await run.delivered()
            sandbox = run.bench.sandbox
            return Paper(
                folder=folder,
                site_file=run.stage.site_file,
                platform=sandbox.folder.root,
                port=int(sandbox.address.rpartition(":")[2]),
                serial=run.kiosk.journal.operations()[0].serial,
                code=_scan(folder / "wire" / "a4_printer" / "job-1.pdf"),
            )

    return asyncio.run(print_one())


def _scan(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    codes = zxingcpp.read_barcodes(document[0].render(scale=300 / 72).to_pil())
    document.close()
    assert len(codes) == 1
    return str(codes[0].text)


@pytest.fixture
def platform(paper: Paper) -> Iterator[None]:
    sandbox = start(paper.platform, port=paper.port)
    yield
    sandbox.stop()


def test_off_line_a_printed_page_is_genuine_with_unknown_status(paper: Paper) -> None:
    ran = paper.verify("--offline")
    assert ran.code == 0, ran
    assert ran.json["verdict"] == "genuine_status_unknown"
    assert (ran.json["serial"], ran.json["page"], ran.json["of"]) == (paper.serial, 1, 1)


def test_a_platform_that_is_away_makes_the_status_unknown_not_the_paper_forged(paper: Paper) -> None:
    assert paper.verify().json["verdict"] == "genuine_status_unknown"


def test_a_code_that_was_touched_is_forged(paper: Paper) -> None:
    middle = len(paper.code) // 2
    swapped = "A" if paper.code[middle] != "A" else "B"
    ran = paper.verify("--offline", code=paper.code[:middle] + swapped + paper.code[middle + 1 :])
    assert (ran.code, ran.json["verdict"]) == (1, "forged")
    assert ran.json["serial"] == "", "what a forged code says of itself is not repeated"


def test_a_code_of_another_operator_is_forged(paper: Paper, tmp_path: Path) -> None:
    stranger = start(tmp_path / "other", kiosk="OTHER-0001")
    stranger.stop()
    ran = paper.verify("--offline", "--trust", stranger.folder.operator_roots)
    assert (ran.code, ran.json["verdict"]) == (1, "forged")


def test_trust_and_platform_come_from_the_environment_too_and_the_code_from_standard_input(
    paper: Paper, platform: None
) -> None:
    site = load_site(paper.site_file)
    ran = kiosk(
        "verify", "-", folder=paper.folder, given=paper.code + "\n",
        KIOSK_OPERATOR_ROOTS=str(site.keys.operator_roots), KIOSK_PLATFORM=site.platform.url,
    )  # fmt: skip
    assert ran.code == 0, ran
    assert "是真的" in ran.out
    assert paper.serial in ran.out


def test_without_anybody_to_trust_it_asks_whom(paper: Paper) -> None:
    ran = kiosk("verify", paper.code, folder=paper.folder)
    assert (ran.code, ran.out) == (2, "")
    assert "--trust" in ran.err


def test_on_line_the_verdict_follows_the_platform(paper: Paper, platform: None) -> None:
    """Last of this file: it suspends the serial for good."""
    assert paper.verify().json["verdict"] == "genuine"

    async def suspend() -> None:
        client = platform_of(load_site(paper.site_file))
        await client.suspend(paper.serial, SuspendReason.KEEPER)
        await client.aclose()

    asyncio.run(suspend())
    ran = paper.verify()
    assert (ran.code, ran.json["verdict"]) == (1, "suspended")


def test_the_journal_is_shown_whole(paper: Paper) -> None:
    ran = kiosk("journal", "show", "--site", paper.site_file, "--json", folder=paper.folder)
    assert ran.code == 0, ran
    journal = ran.json
    assert (journal["chain"], journal["waiting"]) == ("whole", 0)
    assert [(each["state"], each["serial"]) for each in journal["operations"]] == [("taken", paper.serial)]
    assert [row["event"] for row in journal["audit"]][:2] == ["start", "visit"]
    text = kiosk("journal", "show", "--site", paper.site_file, folder=paper.folder).out
    assert paper.serial in text
    assert "链条完整" in text


def test_a_journal_with_an_altered_row_says_which(paper: Paper, tmp_path: Path) -> None:
    copy = tmp_path / "journal.sqlite"
    shutil.copyfile(paper.folder / "state" / "journal.sqlite", copy)
    with sqlite3.connect(copy) as db:
        db.execute("UPDATE audit SET payload = '{}' WHERE seq = 3")
    ran = kiosk("journal", "show", "--file", copy, "--json", folder=tmp_path)
    assert (ran.code, ran.json["chain"]) == (1, "broken at 3")


def test_no_journal_and_no_journal_file_are_one_line_each(tmp_path: Path) -> None:
    absent = kiosk("journal", "show", "--file", tmp_path / "none.sqlite", folder=tmp_path)
    assert (absent.code, absent.out) == (2, "")
    other = tmp_path / "notes.txt"
    other.write_text("not a journal " * 100)
    wrong = kiosk("journal", "show", "--file", other, folder=tmp_path)
    assert wrong.code == 2
    assert str(other) in wrong.err
