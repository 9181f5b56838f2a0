"""Exactly once: what came out of the printer against what the platform was told to count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from judging import platform
from judging.findings import Code, Finding
from judging.serials import REPLACED, Serial
from judging.sheets import Desk, SheetOut
from judging.stage import Person
from judging.visits import Placement, last_before


def check(desk: Desk, out: Sequence[SheetOut], placed: Sequence[Placement]) -> list[Finding]:
    """Return everything that is wrong with the number, order and place of the sheets."""
    by_serial: dict[str, list[SheetOut]] = defaultdict(list)
    for sheet in out:
        by_serial[sheet.serial].append(sheet)
    found = [finding for sheets in by_serial.values() for finding in _twice(sheets)]
    found += _order(out)
    found += _tray(desk, out)
    found += _visit(out, placed)
    for serial in desk.serials.values():
        found += _accounted(desk, serial, by_serial.get(serial.serial, []))
    found += _two_serials(desk)
    return found


def _twice(sheets: Sequence[SheetOut]) -> Iterator[Finding]:
    for (serial, page), times in Counter((sheet.serial, sheet.page) for sheet in sheets).items():
        if serial and times > 1:
            yield Finding(Code.PRINTED_TWICE, serial, f"page {page} came out {times} times")


def _order(out: Sequence[SheetOut]) -> Iterator[Finding]:
    """Pages in order, and nothing of another document between them. A page that came out twice counts once here."""
    first_outs = list(dict.fromkeys((sheet.serial, sheet.page) for sheet in out))
    begun: set[str] = set()
    for (last_serial, last_page), (serial, page) in pairwise(first_outs):
        begun.add(last_serial)
        if serial in begun and (serial != last_serial or page < last_page):
            yield Finding(Code.OUT_OF_ORDER, serial, f"page {page} came out after page {last_page} of {last_serial}")


def _tray(desk: Desk, out: Sequence[SheetOut]) -> Iterator[Finding]:
    """Whoever takes the paper out of the tray takes all of it."""
    waiting = list(out)
    lying: Person | None = None
    for row in desk.stage.papers:
        if row.event == "taken":
            lying = None
            continue
        sheet = waiting.pop(0)
        if lying is not None and sheet.person is not None and sheet.person != lying:
            yield Finding(Code.MIXED_TRAY, sheet.where, f"{sheet.person.id}'s sheet fell onto {lying.id}'s paper")
        lying = sheet.person or lying


def _visit(out: Sequence[SheetOut], placed: Sequence[Placement]) -> Iterator[Finding]:
    for sheet in out:
        placement = last_before(placed, sheet.at)
        if placement is not None and sheet.person is not None and placement.person != sheet.person:
            there = placement.person.id if placement.person else "a stranger"
            yield Finding(Code.WRONG_VISIT, sheet.where, f"{sheet.person.id}'s sheet came out in the visit of {there}")


def _accounted(desk: Desk, serial: Serial, sheets: Sequence[SheetOut]) -> Iterator[Finding]:
    """A serial that counts is wholly out; one that does not, and has paper, is known to the back office."""
    pages = {sheet.page for sheet in sheets}
    complete = pages == set(range(1, serial.pages + 1))
    if serial.counts and not complete:
        told = f"it counts, but {len(pages)} of {serial.pages} pages are out"
        yield Finding(Code.UNACCOUNTED, serial.serial, told)
    if serial.counts or not sheets or (complete and serial.state == REPLACED):
        return  # a whole document may be replaced on its holder's wish; there is nothing to look into
    tasks = platform.at(desk.stage.exchanges, platform.TASK)
    if not any(
        each.good and (each.request.get("serial") == serial.serial or each.request.get("operation") == serial.operation)
        for each in tasks
    ):
        yield Finding(
            Code.NO_TASK, serial.serial, f"{serial.state}, with {len(pages)} pages out, and no task tells of it"
        )


def _two_serials(desk: Desk) -> Iterator[Finding]:
    counting = Counter(serial.licence for serial in desk.serials.values() if serial.counts)
    for licence, times in counting.items():
        if times > 1:
            named = [serial.serial for serial in desk.serials.values() if serial.counts and serial.licence == licence]
            yield Finding(Code.TWO_SERIALS, "、".join(named), f"{times} serials count for one licence")
