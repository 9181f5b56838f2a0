"""The judge of figures bites: what grows is found, what stands still or only jumps at a restart is passed."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec
import pytest

from tests.soak import growth
from tests.soak.figures import Disk, Process, Sample, least

VISITS = 80
LEVELS = {"pss_mb": 90.0, "private_mb": 80.0, "fds": 17.0, "threads": 10.0, "memfds": 0.0, "memfd_maps": 1.0}
NOISE_MB = 1.0
"""From look to look, as a real core has it."""


def look(**changed: float) -> Sample:
    """One sample of a core; names of its figures, of the disk, or of the sample replace the usual."""
    figures = {name: changed.pop(name, level) for name, level in LEVELS.items()}
    pid = int(changed.pop("pid", 100))
    counts = {name: round(value) for name, value in figures.items() if not name.endswith("_mb")}
    core = Process(role="core", pid=pid, pss_mb=figures["pss_mb"], private_mb=figures["private_mb"], **counts)
    disk = {"journal_bytes": 100_000, "wal_bytes": 4_000_000, "state_files": 3, "temp_files": 0}
    disk |= {name: round(changed.pop(name)) for name in list(changed) if name in disk}
    rest = {"zombies": 0, "strangers": 0, "alive_secrets": 0} | {name: round(each) for name, each in changed.items()}
    return Sample(processes=(core,), disk=Disk(**disk), **rest)


def series(figure: Callable[[int], dict[str, float]]) -> list[tuple[int, Sample]]:
    return [(visit, look(**figure(visit))) for visit in range(1, VISITS + 1)]


def noisy(level: float, per_visit: float = 0.0, noise: float = NOISE_MB) -> Callable[[int], dict[str, float]]:
    draw = random.Random(5)
    return lambda visit: {"private_mb": level + per_visit * visit + draw.gauss(0, noise)}


def test_what_stands_still_passes() -> None:
    assert growth.wrong(series(lambda _: {})) == []
    assert growth.wrong(series(noisy(80.0))) == []


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("core: private_mb", noisy(80.0, 0.2)),
        ("core: fds", lambda visit: {"fds": 17 + visit // 20}),
        ("core: threads", lambda visit: {"threads": 10 + visit // 15}),
        ("core: memfds", lambda visit: {"memfds": visit // 20}),
        ("core: memfd_maps", lambda visit: {"memfd_maps": 1 + visit // 20}),
        ("disk: journal_kb", lambda visit: {"journal_bytes": 100_000 + 60_000 * visit}),
        ("disk: temp_files", lambda visit: {"temp_files": visit // 10}),
        ("disk: state_files", lambda visit: {"state_files": 3 + visit // 10}),
    ],
)
def test_what_grows_is_named(name: str, figure: Callable[[int], dict[str, float]]) -> None:
    (found,) = growth.wrong(series(figure))
    assert found.startswith(f"{name} grows by ")


@pytest.mark.parametrize("changed", [{"zombies": 1.0}, {"strangers": 1.0}, {"wal_bytes": 9_000_000.0}])
def test_what_must_not_be_there_once_is_found(changed: dict[str, float]) -> None:
    (found,) = growth.wrong(series(lambda visit: changed if visit == 30 else {}))
    assert found.startswith("visit 30: ")


def test_a_process_that_was_started_again_is_measured_within_its_lives() -> None:
    """A shell that is killed now and then comes back lighter, then heavier: a level is no growth. Within a life it is."""

    def lives(per_visit: float) -> list[tuple[int, Sample]]:
        levels = {1: 60.0, 2: 75.0, 3: 90.0, 4: 70.0}
        return series(
            lambda visit: {
                "pid": 1 + (visit - 1) // 20,
                "private_mb": levels[1 + (visit - 1) // 20] + per_visit * visit,
            }
        )

    assert growth.wrong(lives(0.0)) == []
    assert len(growth.wrong(lives(0.2))) == 1


def test_what_the_noise_could_hide_is_called_vague() -> None:
    quiet, loud = ({each.name: each for each in growth.trends(series(noisy(80.0, 0.0, noise)))} for noise in (0.1, 5.0))
    assert not quiet["core: private_mb"].vague
    assert loud["core: private_mb"].vague
    assert not quiet["core: fds"].vague


def test_what_happens_before_it_is_warm_is_no_growth() -> None:
    assert growth.wrong(series(lambda visit: {"private_mb": 50.0 + 3 * min(visit, growth.WARM_UP), "fds": 17})) == []


def test_too_few_visits_say_nothing() -> None:
    few = series(lambda visit: {"fds": 10 + visit})[: growth.WARM_UP + growth.LEAST_POINTS - 1]
    assert growth.wrong(few) == []
    assert not any(each.known for each in growth.trends(few))


def test_a_connection_in_use_is_no_leak() -> None:
    busy, quiet = look(fds=19, private_mb=81.0), look(fds=17, private_mb=82.0)
    (core,) = least([busy, quiet, msgspec.structs.replace(busy)]).processes
    assert core.fds == 17
