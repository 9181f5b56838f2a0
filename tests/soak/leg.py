"""One leg of a run, in a session of its own: a fresh stage, a production core on it, and visit after visit until the time is up.

    python -m tests.soak.leg RUN_FOLDER

Exit code 0: the time is up. STOPPED: SIGTERM came; the visit under way was ended first, and everything is judged.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from kiosk.demo.stage import set_stage
from tests.soak import checking
from tests.soak.core import standing
from tests.soak.log import Leg, Log
from tests.soak.plan import plan
from tests.soak.walking import Walking

STOPPED = 3

CHECK_EVERY = 10
"""Visits between two checks at least ..."""

CHECK_SHARE = 0.1
"""... and no more than this share of the time: the checker draws every sheet anew, so each check takes longer than the last."""

_QUICK = {
    "id_reader": {"radio_seconds": 0.3},
    "a4_printer": {"seconds_per_page": 0.2},
    "receipt_printer": {"speed": 0.0},
}
"""The bench's own times, shorter than real ones; the kiosk cannot tell."""


async def leg(log: Log) -> int:
    """Walk until the time of the run is up, or SIGTERM comes."""
    begun = log.begun
    assert begun is not None, "the run was begun by its parent"
    before = log.judged()
    spent = sum(each.spent for each in before)
    number = max((each.plan.number for each in before), default=0) + 1
    log.add(Leg(number=log.legs + 1, at=datetime.now(UTC).isoformat(timespec="seconds")))
    root = log.folder / f"leg-{log.legs}"
    shutil.rmtree(root, ignore_errors=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with set_stage(root / "stage", seed=begun.seed, options=_QUICK) as stage, standing(root, stage) as house:
        walking = Walking(house, stage, log.legs)
        await walking.begin()
        checked = time.monotonic()
        check_took, since_check = 0.0, 0
        while spent < begun.minutes * 60 and not stop.is_set():
            walked = await walking.visit(plan(begun.seed, number))
            log.add(walked)
            _tell(walked.plan.number, spent, begun.minutes, walked.findings, walked.plan.ending, walked.seconds)
            spent += walked.spent
            number, since_check = number + 1, since_check + 1
            due = time.monotonic() - checked > check_took / CHECK_SHARE
            if since_check >= CHECK_EVERY and due:
                began = time.monotonic()
                log.add(await checking.check(house, walking.cards, log.legs, number - 1))
                checked, since_check = time.monotonic(), 0
                check_took = checked - began
        if since_check:
            log.add(await checking.check(house, walking.cards, log.legs, number - 1))
    return STOPPED if stop.is_set() and spent < begun.minutes * 60 else 0


def _tell(number: int, spent: float, minutes: float, findings: list[str], ending: str, seconds: float) -> None:
    line = f"{spent / 60:6.1f}/{minutes:g} min  visit {number:>4}  {seconds:6.1f} s  {ending:<40}"
    print(line + "; ".join(findings or ["ok"]), flush=True)


if __name__ == "__main__":
    sys.exit(asyncio.run(leg(Log(Path(sys.argv[1])))))
