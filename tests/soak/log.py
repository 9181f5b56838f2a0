"""The log of a run: one JSON row a line, read again when a stopped run goes on.

A run has legs: each begins with a fresh stage and a fresh core, because a core cannot be picked up where it was left. What was
not judged by the checker when a leg was cut off does not count, and is walked again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from tests.soak.figures import Sample
from tests.soak.guest import Card
from tests.soak.plan import Plan


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """The run: its seed, and how long its visits shall take together."""

    seed: int
    minutes: float
    at: str


class Leg(msgspec.Struct, frozen=True, tag="leg"):
    """A fresh stage and core."""

    number: int
    at: str


class Walked(msgspec.Struct, frozen=True, tag="visit"):
    """One visit. `seconds` from idle to idle, `spent` with everything around it; `restarts` by process, since the visit before;
    `load` is the machine's, for each of its processors, at the visit's end; `remarks` are no findings."""

    leg: int
    plan: Plan
    seconds: float
    spent: float
    path: list[str]
    cards: list[Card]
    killed: list[str]
    restarts: dict[str, int]
    touches_repeated: int
    load: float
    findings: list[str]
    remarks: list[str]
    sample: Sample


class Checked(msgspec.Struct, frozen=True, tag="checked"):
    """The independent checker has judged the leg up to this visit."""

    leg: int
    upto: int
    papers: int
    seconds: float
    findings: list[str]


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The run is over and reported."""

    at: str


Row = Begun | Leg | Walked | Checked | Ended


class Log:
    """The rows of one run, in its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "visits.jsonl"
        self.rows: list[Any] = _read(self.file)

    def add(self, row: Row) -> None:
        """Append; on disk before it returns."""
        self.rows.append(row)
        with self.file.open("ab") as file:
            file.write(msgspec.json.encode(row) + b"\n")

    @property
    def begun(self) -> Begun | None:
        return next((row for row in self.rows if isinstance(row, Begun)), None)

    @property
    def ended(self) -> bool:
        return any(isinstance(row, Ended) for row in self.rows)

    @property
    def legs(self) -> int:
        return sum(isinstance(row, Leg) for row in self.rows)

    @property
    def checks(self) -> list[Checked]:
        """The last check of each leg."""
        return list({row.leg: row for row in self.rows if isinstance(row, Checked)}.values())

    def walked(self) -> list[Walked]:
        """The visits that count: those of the leg under way, and what was judged of the legs before."""
        judged = {each.leg: each.upto for each in self.checks}
        current = self.legs
        return [
            row
            for row in self.rows
            if isinstance(row, Walked) and (row.leg == current or row.plan.number <= judged.get(row.leg, 0))
        ]

    def judged(self) -> list[Walked]:
        """The visits that count when this leg is cut off now."""
        judged = {each.leg: each.upto for each in self.checks}
        return [row for row in self.rows if isinstance(row, Walked) and row.plan.number <= judged.get(row.leg, 0)]


def _read(file: Path) -> list[Any]:
    """Read the rows; a last line that was cut off while it was written is dropped."""
    if not file.exists():
        return []
    lines = file.read_bytes().splitlines(keepends=True)
    if lines and not lines[-1].endswith(b"\n"):
        lines.pop()
        file.write_bytes(b"".join(lines))
    return [msgspec.json.decode(line, type=Row) for line in lines]


def unfinished(out: Path) -> Log | None:
    """The newest run in this folder, when it was stopped."""
    folders = sorted(out.glob("run-*/visits.jsonl"))
    if not folders:
        return None
    newest = Log(folders[-1].parent)
    return None if newest.ended or newest.begun is None else newest
