"""`make soak`: one visitor after another on a real kiosk, for as long as is asked; what grows, and what goes wrong.

    python -m tests.soak [--minutes 30] [--seed N]

A stopped run (Ctrl-C; it ends its visit first) goes on with the next visit when it is started again. Each visit is a row of
out/soak/run-*/visits.jsonl; at the end a dated report is written to docs/reports/. Exit code 0 only without a finding.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from tests.soak import report
from tests.soak.leg import STOPPED
from tests.soak.log import Begun, Ended, Log, unfinished

OUT = Path("out/soak")
REPORTS = Path("docs/reports")
SEED = 20261122


def main() -> int:
    """Begin or go on, report, return the exit code."""
    parser = argparse.ArgumentParser(
        prog="make soak", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30.0, help="how long the visits of a new run take together")
    parser.add_argument("--seed", type=int, default=SEED, help="of a new run")
    given = parser.parse_args()
    log = unfinished(OUT) or _new(given.minutes, given.seed)
    begun = log.begun
    assert begun is not None
    if log.legs:
        print(
            f"going on with {log.folder}: seed {begun.seed}, {begun.minutes:g} min (remove it to begin anew)",
            flush=True,
        )
    code = _leg(log.folder)
    if code == STOPPED:
        print("stopped; the same command goes on with the next visit")
        return STOPPED
    log = Log(log.folder)
    if code != 0:
        print(f"the run broke off with {code}; what it had captured is in {log.folder}")
        return code
    judged = report.judge(log)
    path = report.write(REPORTS, log, judged)
    log.add(Ended(at=_now()))
    print("\n".join(["", *(judged.findings or ["no findings"]), str(path)]))
    return 1 if judged.findings else 0


def _new(minutes: float, seed: int) -> Log:
    folder = OUT / f"run-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    folder.mkdir(parents=True)
    log = Log(folder)
    log.add(Begun(seed=seed, minutes=minutes, at=_now()))
    return log


def _leg(folder: Path) -> int:
    """Run a leg where Ctrl-C does not reach its children: the terminal's signal would end printer and platform in mid-visit."""
    command = ["setpriv", "--pdeathsig=TERM", sys.executable, "-m", "tests.soak.leg", str(folder)]
    process = subprocess.Popen(command, start_new_session=True)

    def stop(_: int, __: FrameType | None) -> None:
        process.terminate()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return process.wait()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


if __name__ == "__main__":
    sys.exit(main())
