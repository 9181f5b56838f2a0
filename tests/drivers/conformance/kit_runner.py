"""Runs the kit on several drivers at once, some checks of each; prints the reports as JSON. A process of the tests' own.

    python kit_runner.py '{"driver": ["common.opens", ...], ...}'

Drivers that are looked at for what they log need a process each: all children write to one standard error.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from drivers import registry
from drivers.conformance import suite
from drivers.conformance.bench import captured_stderr
from drivers.conformance.hands import EmulatorHands
from drivers.conformance.report import Report, encode
from drivers.emulators.__main__ import create


async def _one(driver: str, only: list[str], log: Path) -> Report:
    manifest = registry.manifests()[driver]
    return await suite.run(manifest, {}, EmulatorHands(create(driver)), log, only=only)


async def _all(wanted: dict[str, list[str]], log: Path) -> list[Report]:
    return await asyncio.gather(*(_one(driver, only, log) for driver, only in wanted.items()))


def main() -> None:
    """Print the reports."""
    with captured_stderr() as log:
        reports = asyncio.run(_all(json.loads(sys.argv[1]), log))
    print(json.dumps({report.driver: encode(report) for report in reports}))


if __name__ == "__main__":
    main()
