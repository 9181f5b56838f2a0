"""What the checker finds in a stage folder; and the visits of the good evidence by name."""

from __future__ import annotations

from pathlib import Path

from judging.stage import Expected
from judging.verdict import judge

from tests.checker_tests.forging import Copy

BY_FACE, BY_KEEPER, JAMMED = "by_face", "by_keeper", "jammed"


def found(stage: Copy | Path, expected: tuple[Expected, ...] | None = None) -> set[str]:
    """The codes of everything that the checker finds."""
    folder = stage.folder if isinstance(stage, Copy) else stage
    return {finding.code.value for finding in judge(folder, expected).findings}
