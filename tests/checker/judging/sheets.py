"""Each sheet that came out of the printer, held against the platform's record: the right page, of the right person, marked."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from datetime import datetime

import msgspec

from judging import paper, verification
from judging.findings import Code, Finding
from judging.licences import LOCAL, Fetched, in_force
from judging.paper import Sheet
from judging.serials import Serial
from judging.stage import Paper, Person, Stage
from judging.verification import BadCode, Claim
from judging.visits import CLOCK

_NAME = re.compile(r"(?P<serial>[0-9A-Z]+)/(?P<page>\d+)-(?P<of>\d+)")
_PRINTED = re.compile(r"打印时间：(\d{4}-\d\d-\d\d)(\d\d:\d\d)")
_EXPIRES = re.compile(r"失效时间：(\d{4}-\d\d-\d\d)(\d\d:\d\d)")
LONGEST_WAY = 120.0
"""Seconds from composing a page to its sheet: three pages of a slow printer, with time to spare."""


class SheetOut(msgspec.Struct, frozen=True):
    """A sheet in the hand. `serial` is empty when its job's name tells none; `person`: whose page it should be."""

    where: str
    at: float
    job_id: int
    serial: str
    page: int
    of: int
    person: Person | None = None


class Desk(msgspec.Struct, frozen=True):
    """What sheets are held against."""

    stage: Stage
    serials: dict[str, Serial]
    files: Sequence[Fetched]

    def file_of(self, serial: str, moment: float) -> Fetched | None:
        """Return the file that a serial was issued for, if the platform had handed it out by then."""
        known = self.serials.get(serial)
        if known is None:
            return None
        return next((each for each in self.files if each.sha256 == known.sha256 and each.at <= moment + CLOCK), None)

    def holder(self, serial: str) -> Person | None:
        """Return who consented to the file of a serial."""
        file = self.file_of(serial, float("inf"))
        return file.consent.person if file and file.consent else None


def sheets(desk: Desk) -> list[SheetOut]:
    """Return the sheets in the order in which they came out."""
    return [_sheet(desk, row) for row in desk.stage.papers if row.event == "sheet"]


def check(desk: Desk, sheet: SheetOut) -> Iterator[Finding]:
    """Yield everything that is wrong with one sheet."""
    pdf = desk.stage.documents.get(sheet.job_id)
    job = desk.stage.jobs.get(sheet.job_id)
    if pdf is None or job is None:
        yield Finding(Code.EVIDENCE, sheet.where, "the printer kept no document of this job")
        return
    try:
        seen = paper.read_sheet(pdf)
    except paper.Unreadable as error:
        yield Finding(Code.EVIDENCE, sheet.where, f"its document cannot be read: {error}")
        return
    if not sheet.serial or seen.pages != 1:
        yield Finding(Code.JOB_NAME, sheet.where, f"job {job.name!r} with {seen.pages} pages is no page of a serial")
        return
    yield from _words(sheet, seen)
    claim = yield from _code(desk, sheet, seen)
    serial = desk.serials.get(sheet.serial)
    if serial is None or serial.issued > sheet.at + CLOCK:
        yield Finding(Code.NOT_ISSUED, sheet.where, "the platform had not issued this serial")
        return
    if claim is not None:
        yield from _claim(sheet, serial, claim)
    yield from _times(sheet, seen, serial, claim)
    file = desk.file_of(sheet.serial, sheet.at)
    if file is None:
        yield Finding(Code.NOT_FETCHED, sheet.where, "the platform had not handed out the file of this serial")
        return
    yield from _file(desk, sheet, file, claim)
    yield from _picture(desk, sheet, pdf, seen, file)


def _sheet(desk: Desk, row: Paper) -> SheetOut:
    parts = _NAME.fullmatch(row.name)
    serial = parts["serial"] if parts else ""
    return SheetOut(
        where=f"{row.name or 'a sheet'} (job {row.job_id})",
        at=row.at,
        job_id=row.job_id,
        serial=serial,
        page=int(parts["page"]) if parts else 0,
        of=int(parts["of"]) if parts else 0,
        person=desk.holder(serial),
    )


def _words(sheet: SheetOut, seen: Sheet) -> Iterator[Finding]:
    for words in (f"编号：{sheet.serial}", f"第{sheet.page}页共{sheet.of}页"):
        if words not in seen.block:
            yield Finding(Code.WRONG_WORDS, sheet.where, f"「{words}」 is not printed on it")


def _code(desk: Desk, sheet: SheetOut, seen: Sheet) -> Generator[Finding, None, Claim | None]:
    """Yield what is wrong with the code; return what it says, None when it does not count."""
    codes = [text for text in seen.codes if verification.is_code(text)]
    if len(codes) != 1:
        yield Finding(Code.NO_CODE, sheet.where, f"{len(codes)} verification codes can be read from it")
        return None
    try:
        claim = verification.verify(codes[0], desk.stage.operator)
    except BadCode as error:
        yield Finding(Code.BAD_CODE, sheet.where, f"its code does not count: {error}")
        return None
    said = (claim.kind, claim.serial, claim.page, claim.of, claim.kiosk)
    if said != (verification.PAGE, sheet.serial, sheet.page, sheet.of, desk.stage.kiosk):
        told = f"{claim.serial}, page {claim.page} of {claim.of}, kiosk {claim.kiosk}"
        yield Finding(Code.CODE_MISMATCH, sheet.where, f"its code speaks of {told}")
    return claim


def _claim(sheet: SheetOut, serial: Serial, claim: Claim) -> Iterator[Finding]:
    if sheet.of != serial.pages:
        yield Finding(Code.WRONG_WORDS, sheet.where, f"the serial was issued for {serial.pages} pages")
    if not claim.is_of_file(serial.sha256):
        yield Finding(Code.CODE_MISMATCH, sheet.where, "its code speaks of another file than the serial")
    if claim.expires_at != int(serial.expires):
        yield Finding(Code.CODE_MISMATCH, sheet.where, "its code expires at another time than the serial")


def _times(sheet: SheetOut, seen: Sheet, serial: Serial, claim: Claim | None) -> Iterator[Finding]:
    printed = _written(_PRINTED, seen.block)
    if claim is not None and printed != _minute(claim.issued_at):
        yield Finding(
            Code.WRONG_TIME,
            sheet.where,
            f"打印时间 {printed or 'is missing'}, its code says {_minute(claim.issued_at)}",
        )
    elif not _minute(sheet.at - LONGEST_WAY) <= printed <= _minute(sheet.at + CLOCK):
        yield Finding(
            Code.WRONG_TIME, sheet.where, f"打印时间 {printed or 'is missing'}, it came out at {_minute(sheet.at)}"
        )
    expires = _written(_EXPIRES, seen.block)
    if expires != _minute(serial.expires):
        told = f"失效时间 {expires or 'is missing'}, the platform said {_minute(serial.expires)}"
        yield Finding(Code.WRONG_TIME, sheet.where, told)


def _written(pattern: re.Pattern[str], block: str) -> str:
    found = pattern.search(block)
    return f"{found[1]} {found[2]}" if found else ""


def _minute(unix: float) -> str:
    return datetime.fromtimestamp(unix, LOCAL).strftime("%Y-%m-%d %H:%M")


def _file(desk: Desk, sheet: SheetOut, file: Fetched, claim: Claim | None) -> Iterator[Finding]:
    if file.wrong_person:
        yield Finding(Code.WRONG_PERSON, sheet.where, f"{file.name} was printed, but {file.wrong_person}")
    elif claim is not None and sheet.person is not None and not claim.is_held_by(sheet.person.number):
        yield Finding(Code.CODE_MISMATCH, sheet.where, f"its code is not of the holder {sheet.person.id}")
    if file.seal_problem:
        yield Finding(Code.BAD_SEAL, sheet.where, f"{file.name} was printed, but {file.seal_problem}")
    if not in_force(desk.stage, file, sheet.at):
        yield Finding(Code.NOT_IN_FORCE, sheet.where, f"{file.name}: the issuer had not said that it is in force")


def _picture(desk: Desk, sheet: SheetOut, pdf: bytes, seen: Sheet, file: Fetched) -> Iterator[Finding]:
    try:
        likeness = paper.compare(pdf, file.pdf, sheet.page - 1)
    except paper.Unreadable as error:
        yield Finding(Code.WRONG_PICTURE, sheet.where, f"{file.name}: {error}")
        return
    if likeness.differing:
        told = _what_it_is(desk, pdf) or f"it differs in {likeness.differing} places"
        yield Finding(Code.WRONG_PICTURE, sheet.where, f"not page {sheet.page} of {file.name}: {told}")
        return
    if likeness.covered or likeness.share > paper.LARGEST_SHARE:
        told = f"what was added takes {likeness.share:.0%} of the page and lies over {likeness.covered} places of the issuer's"
        yield Finding(Code.COVERED, sheet.where, told)
    wanted = ["使用", desk.stage.kiosk]
    if file.consent is not None:
        wanted[0] = f"仅供「{''.join(file.consent.purpose.split())}」使用"
    missing = [words for words in wanted if words not in seen.mark]
    if missing:
        yield Finding(Code.NO_WATERMARK, sheet.where, f"no watermark with 「{'」「'.join(missing)}」")
    elif likeness.marked < paper.LEAST_MARKED:
        yield Finding(Code.NO_WATERMARK, sheet.where, "the watermark cannot be seen on all of the sheet")


def _what_it_is(desk: Desk, pdf: bytes) -> str:
    """Say whose page it is instead, where it is one of those handed out."""
    for file in desk.files:
        for index, owners in enumerate(file.owners):
            if paper.compare(pdf, file.pdf, index).differing == 0:
                return f"it is page {index + 1} of {file.name}, of {'、'.join(each.id for each in owners) or 'nobody'}"
    return ""
