"""The verdict for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from judging.licences import LOCAL
from judging.verdict import Verdict

_WIDTHS = (10, 34, 8, 11)


def lines(verdict: Verdict) -> Iterator[str]:
    """Yield a line for each paper, each finding, and the verdict."""
    yield _row("时间", "纸张", "人员", "编号状态", "结果")
    for paper in verdict.papers:
        at = datetime.fromtimestamp(paper.at, LOCAL).strftime("%H:%M:%S")
        yield _row(at, paper.what, paper.person, paper.state, "ok" if paper.good else "NOT OK")
    yield from (f"note: {note}" for note in verdict.notes)
    yield from (f"{finding.code.value}: {finding.where}: {finding.sentence}" for finding in verdict.findings)
    sheets = len(verdict.papers)
    yield f"通过:{sheets} 份纸,没有发现问题" if verdict.good else f"不通过:{sheets} 份纸,{len(verdict.findings)} 个问题"


def _row(*cells: str) -> str:
    return "".join(_padded(cell, width) for cell, width in zip(cells, _WIDTHS, strict=False)) + cells[-1]


def _padded(text: str, width: int) -> str:
    """Chinese characters are two columns wide."""
    taken = sum(2 if ord(character) > 0x2E80 else 1 for character in text)
    return text + " " * max(1, width - taken)
