"""What fits into a few QR codes where there is no stick: the report, then faults and versions, each page signed by itself.

Each page is a text of `compact`, so that one command verifies them all, in any order, and a page that was not scanned is missed by
its number only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from kiosk.attest.statement import SHORT, Statement
from kiosk.documents.signer import Signer
from kiosk.locales.staff import tell
from kiosk.logbook.faults import Episode
from kiosk.maintenance.readiness import compact
from kiosk.maintenance.readiness.report import Report

_MOST_PAGES = 6
"""Nobody scans more; what does not fit is in the bundle."""


def pages(
    report: Report, statement: Statement, faults: Sequence[Episode], signer: Signer, *, at: datetime
) -> tuple[str, ...]:
    """Return the signed texts: the report first."""
    zone = ZoneInfo(report.timezone)
    lines = [
        *(_fault(each, zone) for each in faults),
        *(f"{each.kind.value} {each.name} {each.digest[:SHORT]}" for each in statement.parts),
    ]
    texts = [compact.text_of(report), *_split(report, lines)][:_MOST_PAGES]
    return tuple(compact.signed(text, signer, at=at) for text in texts)


def _fault(episode: Episode, zone: ZoneInfo) -> str:
    began = datetime.fromtimestamp(episode.began, zone).strftime("%m-%d %H:%M")
    ended = (
        datetime.fromtimestamp(episode.ended, zone).strftime("%m-%d %H:%M")
        if episode.ended
        else tell("readiness.still")
    )
    return f"{began}-{ended} {episode.device} {episode.code} ×{episode.times}"


def _split(report: Report, lines: Iterable[str]) -> list[str]:
    """Texts of whole lines, each with the kiosk's name and a number."""
    texts: list[list[str]] = []
    size = compact.LONGEST_TEXT
    for line in lines:
        length = len(line.encode()) + 1
        if size + length > compact.LONGEST_TEXT:
            texts.append([f"KIOSK {report.kiosk}", tell("readiness.summary_page", number=len(texts) + 2)])
            size = sum(len(each.encode()) + 1 for each in texts[-1])
        texts[-1].append(line)
        size += length
    return ["\n".join(each) for each in texts]
