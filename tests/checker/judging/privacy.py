"""What must not stay behind: secrets in memory after a visit, personal data in files, or sent where it has no business."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from judging import platform
from judging.findings import Code, Finding
from judging.stage import Person, Stage
from judging.visits import Placement

_WITHOUT_PEOPLE = (
    platform.ISSUE, platform.REPLACE, platform.SUSPEND, platform.STATE, platform.LOOKUP, platform.TASK, platform.RATING
)  # fmt: skip
"""Endpoints whose requests name nobody."""


def memory(stage: Stage, placed: Sequence[Placement]) -> Iterator[Finding]:
    """Between two idles with a card between them, at least the card's fields were wiped; afterwards none is left alive."""
    if not stage.idles:
        return
    before_all = stage.idles[0].alive
    for before, after in pairwise(stage.idles):
        fields = sum(each.personal_fields for each in placed if before.at <= each.begins < after.at)
        where = f"visit {after.visits}"
        wiped = after.secrets["wiped"] - before.secrets["wiped"]
        if wiped < fields:
            yield Finding(Code.NOT_WIPED, where, f"the reader sent {fields} personal fields, {wiped} were wiped")
        if fields and after.alive > before_all:
            told = f"{after.alive} secrets are alive, {before_all} were before the first visit"
            yield Finding(Code.NOT_WIPED, where, told)


def files(stage: Stage) -> Iterator[Finding]:
    """Look for everybody's name, numbers and address in every file that the kiosk wrote, and in the files' names."""
    if stage.kiosk_files is None:
        return
    needles = [needle for person in stage.people for needle in _needles(person)]
    for path in sorted(stage.kiosk_files.rglob("*")):
        name = path.relative_to(stage.kiosk_files)
        content = path.read_bytes() if path.is_file() else b""
        for what, spellings in needles:
            if any(spelling in content for spelling in spellings):
                yield Finding(Code.PERSONAL_DATA, _masked(name, stage), f"{what} is in this file")
            if any(spelling in str(name).encode("utf-8", "surrogateescape") for spelling in spellings):
                yield Finding(Code.PERSONAL_DATA, _masked(name, stage), f"{what} is in this file's name")


def sent(stage: Stage) -> Iterator[Finding]:
    """Look for the same in print jobs' names and in requests that need not say who it is about."""
    needles = [needle for person in stage.people for needle in _needles(person)]
    said = [(each.name, each.raw_request) for each in platform.at(stage.exchanges, *_WITHOUT_PEOPLE)]
    said += [(f"job {job.job_id}", job.name.encode()) for job in stage.jobs.values()]
    for where, raw in said:
        for what, spellings in needles:
            if any(spelling in raw for spelling in spellings):
                yield Finding(Code.PERSONAL_DATA, where, f"{what} was sent with it")


def _needles(person: Person) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    values = {
        "name": person.name,
        "number": person.number,
        "address": person.address,
        "pass number": person.pass_number,
    }
    for what, value in values.items():
        if value:
            spellings = {
                value.encode("utf-8"),
                value.encode("utf-16-le"),
                value.encode("gb18030"),
                json.dumps(value)[1:-1].encode("ascii"),
            }
            yield f"the {what} of {person.id}", tuple(spellings)


def _masked(name: Path, stage: Stage) -> str:
    """Return a file's name without what was found in it."""
    text = str(name)
    for person in stage.people:
        for value in (person.name, person.number, person.address, person.pass_number):
            text = text.replace(value, "***") if value else text
    return text
