"""Judge a run of the kiosk by what the far ends captured.

    python tests/checker STAGE_FOLDER [--expect FILE] [--json FILE]

Exit status 0 only if nothing was found. Without --expect, `expect.json` in the stage folder is used where there is one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec
from judging import verdict
from judging.findings import Finding
from judging.stage import Expected
from judging.table import lines


def main() -> int:
    """Judge, print the table, return the exit status."""
    parser = argparse.ArgumentParser(prog="checker", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("stage", type=Path, help="the stage folder of the run")
    parser.add_argument(
        "--expect", type=Path, help='a JSON list of {"person", "outcome", "by"}, in the order of the cards'
    )
    parser.add_argument("--json", type=Path, help="where to write the verdict as JSON")
    given = parser.parse_args()
    expectation = given.expect or given.stage / "expect.json"
    expected: tuple[Expected, ...] | None = None
    missing: list[Finding] = []
    if given.expect or expectation.exists():
        expected, missing = verdict.read_expected(expectation)
    judged = verdict.judge(given.stage, expected)
    judged = msgspec.structs.replace(judged, findings=(*missing, *judged.findings))
    for line in lines(judged):
        print(line)
    if given.json:
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(judged)))
    return 0 if judged.good else 1


if __name__ == "__main__":
    sys.exit(main())
