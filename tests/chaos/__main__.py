"""`make chaos`: kill the core at every boundary of the visit, one after the other. Can be stopped and resumed.

Progress is kept in out/chaos/done.json; when all are done, a dated report is written to docs/reports/.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from kiosk.demo.stage import set_stage
from tests.chaos.lives import cores
from tests.chaos.test_kills import OPTIONS, SEED, judge, kill_and_judge

OUT = Path("out/chaos")
REPORTS = Path("docs/reports")


async def run() -> int:
    """Go through what is not done yet; return 0 when nothing was found."""
    OUT.mkdir(parents=True, exist_ok=True)
    progress = OUT / "done.json"
    done: dict[str, str] = json.loads(progress.read_text("utf-8")) if progress.exists() else {}
    folder = OUT / f"stage-{int(time.time())}"
    began = time.monotonic()
    async with (
        set_stage(folder / "stage", seed=SEED, options=OPTIONS) as stage,
        cores(stage, folder / "report.json") as core,
    ):
        whole = await core.live()
        judge(stage, "nothing")
        boundaries = whole.report["boundaries"]
        for number, name in enumerate(boundaries, 1):
            if str(number) in done:
                continue
            try:
                where = await kill_and_judge(stage, core, number)
                done[str(number)] = "ok"
            except AssertionError as error:
                where = name
                done[str(number)] = str(error)
            print(f"{number:>3}/{len(boundaries)} {where:<44} {done[str(number)]}", flush=True)
            progress.write_text(json.dumps(done, ensure_ascii=False, indent=1), "utf-8")
    wrong = {number: text for number, text in done.items() if text != "ok"}
    write_report(boundaries, done, time.monotonic() - began)
    progress.unlink()
    return 1 if wrong else 0


def write_report(boundaries: list[str], done: dict[str, str], seconds: float) -> None:
    """Write docs/reports/chaos-DATE.md."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    wrong = [number for number, text in done.items() if text != "ok"]
    lines = [
        f"# Kills at every boundary of a visit, {today}",
        "",
        f"`make chaos`, seed {SEED}: {len(done)} kills at {len(boundaries)} boundaries, {len(wrong)} findings, "
        f"{seconds:.0f} s in the last run.",
        "",
        "| # | boundary | after the restart |",
        "|---|---|---|",
        *(f"| {number} | {name} | {done[str(number)]} |" for number, name in enumerate(boundaries, 1)),
        "",
    ]
    (REPORTS / f"chaos-{today}.md").write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    sys.exit(asyncio.run(run()))
