"""Where a driver's defect lies, out of the log of its host: the exception's type and places, never its text.

The fault that the core hears (INTERNAL) names the type alone; the host's log has the traceback (drivers.supervision.private_log).
"""

from __future__ import annotations

import asyncio
import re
from pathlib import PurePath

from drivers.conformance.bench import Bench

_BEGIN = re.compile(r"drivers\.host: defect in (?P<where>.+): (?P<type>\w+)$")
_PLACE = re.compile(r'  File "(?P<file>[^"]+)", line (?P<line>\d+), in ')
_HOST = "host_worker.py"
_PLACES = 3
"""The innermost ones: where it was raised, and who called."""

_LOOKS = 25
_LOOK_SECONDS = 0.02
"""A host writes its log before it tells the fault, but by another way: it may come a little later."""


async def last_defect(bench: Bench, since: int) -> str:
    """Return the newest defect of this bench's driver that was logged after `since`, as a line; "" when there is none."""
    for _ in range(_LOOKS):
        if found := in_log(bench.said(since), bench.manifest.id):
            return found
        await asyncio.sleep(_LOOK_SECONDS)
    return ""


def in_log(log: str, device: str) -> str:
    """Return "the driver raised TypeError in open() at driver.py:42", the newest that a device logged, or ""."""
    words, places = "", list[str]()
    for line in log.splitlines():
        _, named, text = line.partition(f"{device}: ")
        if not named:
            continue
        if begun := _BEGIN.match(text):
            words, places = f"the driver raised {begun['type']} in {begun['where']}", []
        elif (place := _PLACE.match(text)) and PurePath(place["file"]).name != _HOST:
            places.append(f"{PurePath(place['file']).name}:{place['line']}")
    # Without a place of its own the driver returned what its host could not send on.
    return words and f"{words} at {' > '.join(places[-_PLACES:]) or 'what it returned'}"
