"""What the machine found out about itself, and when: the self-tests in the logbook.

"selftest" entries   subject (a device's name, or a part of the machine), verdict, words, by ("" for the machine itself);
the one-tap test of a device writes `passed` (true or false) instead of a verdict
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from kiosk.logbook.store import Entry, Logbook

SELFTEST = "selftest"


class Verdict(StrEnum):
    """How a test ended. SKIPPED: it could not be tried, so nothing is known; never taken for passed."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class SelfTest(msgspec.Struct, frozen=True, kw_only=True):
    """One test of one thing. `at`: Unix time."""

    subject: str
    at: float
    verdict: Verdict
    words: str = ""
    by: str = ""


def write(logbook: Logbook, test: SelfTest) -> None:
    """Keep it. Raise LogbookError."""
    logbook.write(SELFTEST, test.subject, at=test.at, verdict=test.verdict.value, words=test.words, by=test.by)


def history(logbook: Logbook, *, subject: str | None = None, newest: int | None = None) -> list[SelfTest]:
    """The tests that were kept, oldest first; an entry of another make is left out. Raise LogbookError."""
    return [found for each in logbook.entries(SELFTEST, subject=subject, newest=newest) if (found := _test(each))]


def latest(logbook: Logbook) -> dict[str, SelfTest]:
    """The last test of each thing. Raise LogbookError."""
    return {each.subject: each for each in history(logbook)}


_BY_PASSED: dict[Any, Verdict] = {True: Verdict.PASSED, False: Verdict.FAILED}


def _test(entry: Entry) -> SelfTest | None:
    told = entry.body.get("verdict", _BY_PASSED.get(entry.body.get("passed", "")))
    if told not in set(Verdict):
        return None
    return SelfTest(
        subject=entry.subject,
        at=entry.at,
        verdict=Verdict(told),
        words=str(entry.body.get("words", "")),
        by=str(entry.body.get("by", "")),
    )
