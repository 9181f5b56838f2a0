"""What grows with the number of visits: one line through each figure, and the limits that it is held against.

A process that was started again begins a new life with a level of its own. So the slope is taken within lives and pooled over
them; what a restart costs shows in the core, which lives through all of them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from tests.soak.figures import Process, Sample
from tests.soak.plan import Ending

WARM_UP = len(Ending)
"""Visits after which everything has been used once (`plan.plan` begins with a tour of all endings): thread pools, words drawn, the
buffers of a search that finds no face (12 MB, once)."""

WARM_UP_OF_A_LIFE = 5
"""Visits of a process that was started again in between, before its figures count. A shell grows until every kind of screen
has been drawn in it once, and stays as it is from the fifth visitor on (tests/kiosk/shell/many_visits.py: 73.19 MB at the fourth,
73.39 at the fortieth)."""

LEAST_POINTS = 10
"""Below so many visits a line says nothing."""

CERTAIN = 2.0
"""A slope counts from so many of its own standard errors."""


class Limit(msgspec.Struct, frozen=True):
    """How much a figure of every process may grow with each visit, and why so much."""

    figure: str
    per_visit: float
    why: str


class Trend(msgspec.Struct, frozen=True):
    """One figure's line. `begins`, `ends`: its means over the first and the last fifth of what was fitted."""

    name: str
    points: int
    begins: float
    ends: float
    per_visit: float
    error: float
    limit: float

    @property
    def known(self) -> bool:
        """Whether there were enough visits to say anything."""
        return self.points >= LEAST_POINTS

    @property
    def grows(self) -> bool:
        """Whether it certainly grows by more than it may."""
        return self.known and self.per_visit > self.limit and self.per_visit > CERTAIN * self.error

    @property
    def vague(self) -> bool:
        """Whether a growth beyond the limit could hide in the noise: more visits are needed to tell."""
        return self.known and not self.grows and self.per_visit + CERTAIN * self.error > self.limit


LIMITS = (
    Limit("fds", 0.02, "none may be lost; one in 50 visits is a kiosk that stops after a year"),
    Limit("threads", 0.02, "as with descriptors"),
    Limit("memfds", 0.02, "a page or a frame that is not let go holds megabytes, and somebody's data"),
    Limit("memfd_maps", 0.02, "as with memfds"),
    Limit("private_mb", 0.05, "50 kB a visit: 150 visits a day and a restart each night make 7.5 MB"),
)
"""Of each process."""

JOURNAL_KB_PER_VISIT = 10.0
"""The journal keeps every visit's audit rows and operation (no personal data): it grows on purpose, by 5 kB when this was set."""

MOST_WAL_BYTES = 8_000_000
"""SQLite takes its write-ahead file back at 1,000 pages (4 MB) when nobody reads; twice that means that it does not."""


Points = list[tuple[int, int, float]]
"""Visit number, life (a process id, 0 for what has none), value."""


def trends(samples: Sequence[tuple[int, Sample]]) -> list[Trend]:
    """Return the line of each figure of each process, and of the disk. `samples` by visit number, ascending."""
    found = []
    first = samples[0][0] if samples else 0
    late = [(visit, look) for visit, look in samples if visit >= first + WARM_UP]
    names = list(dict.fromkeys(each.role for _, look in late for each in look.processes))
    for limit in LIMITS:
        for role in names:
            points = _points(samples, late, role, limit.figure)
            found.append(fit(f"{role}: {limit.figure}", points, limit.per_visit))
    disk: dict[str, Points] = {
        "journal_kb": [(visit, 0, look.disk.journal_bytes / 1e3) for visit, look in late],
        "state_files": [(visit, 0, float(look.disk.state_files)) for visit, look in late],
        "temp_files": [(visit, 0, float(look.disk.temp_files)) for visit, look in late],
    }
    allowed = {"journal_kb": JOURNAL_KB_PER_VISIT, "state_files": 0.02, "temp_files": 0.02}
    found += [fit(f"disk: {name}", points, allowed[name]) for name, points in disk.items()]
    return found


def _points(
    samples: Sequence[tuple[int, Sample]], late: Sequence[tuple[int, Sample]], role: str, figure: str
) -> Points:
    born: dict[int, int] = {}
    for visit, look in samples:
        for each in _of(look, role):
            born.setdefault(each.pid, visit)
    return [
        (visit, each.pid, float(getattr(each, figure)))
        for visit, look in late
        for each in _of(look, role)
        if visit >= born[each.pid] + WARM_UP_OF_A_LIFE
    ]


def _of(look: Sample, role: str) -> list[Process]:
    return [each for each in look.processes if each.role == role]


def fit(name: str, points: Points, limit: float) -> Trend:
    """Least squares with one level for each life and one slope for all of them."""
    lives: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for visit, pid, value in points:
        lives[pid].append((visit, value))
    spread = shared = 0.0
    for life in lives.values():
        middle, level = _mean([visit for visit, _ in life]), _mean([value for _, value in life])
        spread += sum((visit - middle) ** 2 for visit, _ in life)
        shared += sum((visit - middle) * (value - level) for visit, value in life)
    slope = shared / spread if spread else 0.0
    left = 0.0
    for life in lives.values():
        middle, level = _mean([visit for visit, _ in life]), _mean([value for _, value in life])
        left += sum((value - level - slope * (visit - middle)) ** 2 for visit, value in life)
    freedom = len(points) - len(lives) - 1
    error = math.sqrt(left / freedom / spread) if freedom > 0 and spread else 0.0
    fifth = max(1, len(points) // 5)
    values = [value for _, _, value in points] or [0.0]
    return Trend(name, len(points), _mean(values[:fifth]), _mean(values[-fifth:]), slope, error, limit)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def wrong(samples: Sequence[tuple[int, Sample]]) -> list[str]:
    """Return a sentence for everything that grows beyond its limit, or must not be there at all."""
    found = [
        f"{each.name} grows by {each.per_visit:.3f} (± {each.error:.3f}) with each visit, at most {each.limit:g}"
        for each in trends(samples)
        if each.grows
    ]
    for visit, look in samples:
        if look.zombies:
            found.append(f"visit {visit}: {look.zombies} children ended and nobody waited for them")
        if look.strangers:
            found.append(f"visit {visit}: {look.strangers} processes that the core does not know")
        if look.disk.wal_bytes > MOST_WAL_BYTES:
            found.append(
                f"visit {visit}: the write-ahead file has {look.disk.wal_bytes} bytes, at most {MOST_WAL_BYTES}"
            )
    return found
