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
    """Between two idles, everything personal that came in or went out was wiped, and afterwards nothing more is alive.

    To be wiped: each field that the reader sent, each PIN and each file that crossed to or from the platform, each page that
    went to the printer. What is only dropped does not count. Counts that fall are those of a new process, which began at nothing.
    """
    for before, after in pairwise(stage.idles or ()):
        begun = before.secrets["wiped"] if after.secrets["made"] >= before.secrets["made"] else 0
        wiped = after.secrets["wiped"] - begun
        personal = _personal(stage, placed, before.at, after.at)
        where = f"visit {after.visits}"
        if wiped < personal:
            yield Finding(Code.NOT_WIPED, where, f"{personal} personal things came in or went out, {wiped} were wiped")
        alive, first = after.alive, (stage.idles or (after,))[0].alive
        if personal and alive > first:
            told = f"{alive} secrets are alive, {first} were before the first visit"
            yield Finding(Code.NOT_WIPED, where, told)


def _personal(stage: Stage, placed: Sequence[Placement], begins: float, ends: float) -> int:
    """Count the personal things that crossed a wire in this time."""
    fields = sum(each.personal_fields for each in placed if begins <= each.begins < ends)
    fetched = platform.at(stage.exchanges, platform.FETCH)
    files = sum(bool(each.data.get("file")) for each in fetched if begins <= each.at < ends)
    pins = sum(begins <= each.at < ends for each in platform.at(stage.exchanges, platform.CONFIRM))
    pages = sum(begins <= job.received_at < ends for job in stage.jobs.values() if job.job_id in stage.documents)
    return fields + files + pins + pages


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
