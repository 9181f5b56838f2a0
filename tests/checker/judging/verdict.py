"""All rules over one stage folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from judging import expectation, identity, licences, once, privacy, serials, sheets, slips, stage, visits
from judging.findings import Code, Finding
from judging.sheets import Desk, SheetOut
from judging.stage import Expected


class PaperRow(msgspec.Struct, frozen=True):
    """One sheet or slip for the table."""

    what: str
    at: float
    person: str
    state: str
    good: bool


class Verdict(msgspec.Struct, frozen=True):
    """What was looked at, and what was found. `notes` say what could not be looked at because it was not given."""

    papers: tuple[PaperRow, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether the run is accepted."""
        return not self.findings


def judge(folder: Path, expected: Sequence[Expected] | None = None) -> Verdict:
    """Judge a stage folder."""
    seen = stage.read(folder)
    placed = visits.placements(seen)
    consents = visits.consents(seen)
    files = licences.fetched(seen, consents)
    known, findings = serials.serials(seen)
    desk = Desk(stage=seen, serials=known, files=files)
    out = sheets.sheets(desk)
    by_sheet = [list(sheets.check(desk, sheet)) for sheet in out]
    findings = [*seen.missing, *findings, *(finding for each in by_sheet for finding in each)]
    findings += licences.not_reported(seen, files)
    findings += identity.check(seen, consents, placed)
    findings += once.check(desk, out, placed)
    slip_findings = list(slips.check(desk, placed))
    findings += slip_findings
    findings += privacy.memory(seen, placed)
    findings += privacy.files(seen)
    findings += privacy.sent(seen)
    if expected is not None:
        findings += expectation.check(desk, out, placed, expected)
    rows = [_row(desk, sheet, good=not bad) for sheet, bad in zip(out, by_sheet, strict=True)]
    bad_slips = {finding.where for finding in slip_findings}
    rows += [PaperRow(slip.file, slip.at, "", "", slip.file not in bad_slips) for slip in seen.slips]
    rows.sort(key=lambda row: row.at)
    return Verdict(papers=tuple(rows), findings=tuple(findings), notes=_notes(seen, expected))


def read_expected(path: Path) -> tuple[tuple[Expected, ...] | None, list[Finding]]:
    """Read the list of expected outcomes."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Expected, ...]), []
    except (OSError, msgspec.DecodeError) as error:
        return None, [Finding(Code.EVIDENCE, path.name, f"no list of expected outcomes: {error}")]


def _row(desk: Desk, sheet: SheetOut, *, good: bool) -> PaperRow:
    serial = desk.serials.get(sheet.serial)
    person = sheet.person.id if sheet.person else ""
    return PaperRow(sheet.where, sheet.at, person, serial.state if serial else "", good)


def _notes(seen: stage.Stage, expected: Sequence[Expected] | None) -> tuple[str, ...]:
    absent = {
        "no idle.jsonl: whether memory was wiped was not looked at": seen.idles is None,
        "no kiosk-files: the kiosk's own files were not searched": seen.kiosk_files is None,
        "no list of expected outcomes: a kiosk that refuses everybody would pass": expected is None,
    }
    return tuple(note for note, holds in absent.items() if holds)
