"""How the visits were set up to end, and how they did: a kiosk that always refuses is as wrong as one that never does.

printed   one document of this person came out whole, and its serial counts
void      paper may have come out, but none of it counts
nothing   not one sheet came out

`by` says how the person was confirmed, so that a face match that always fails does not hide behind the keeper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from judging.findings import Code, Finding
from judging.identity import keeper_confirmed
from judging.sheets import Desk, SheetOut
from judging.stage import Expected
from judging.visits import CLOCK, Placement

OUTCOMES = ("printed", "void", "nothing")


def check(
    desk: Desk, out: Sequence[SheetOut], placed: Sequence[Placement], expected: Sequence[Expected]
) -> Iterator[Finding]:
    """Yield each visit that ended otherwise. A card that could not be read leaves no placement; nothing may follow it."""
    waiting = list(placed)
    for number, each in enumerate(expected, start=1):
        where = f"visit {number}"
        if each.outcome not in OUTCOMES:
            yield Finding(Code.EXPECTATION, where, f"{each.outcome!r} is none of {', '.join(OUTCOMES)}")
        elif waiting and waiting[0].person is not None and waiting[0].person.id == each.person:
            placement = waiting.pop(0)
            found = _outcome(desk, out, placement)
            if found != each.outcome:
                yield Finding(Code.EXPECTATION, where, f"{each.person}: expected {each.outcome}, found {found}")
            means = "keeper" if keeper_confirmed(desk.stage, placement.begins, placement.ends - CLOCK) else "face"
            if each.by not in ("", means):
                yield Finding(Code.EXPECTATION, where, f"{each.person}: expected by {each.by}, was by {means}")
        elif each.outcome != "nothing":
            yield Finding(Code.EXPECTATION, where, f"the card of {each.person} was not read")
    for placement in waiting:
        who = placement.person.id if placement.person else "a stranger"
        yield Finding(Code.EXPECTATION, "the reader", f"the card of {who} was read, and nobody expected it")


def _outcome(desk: Desk, out: Sequence[SheetOut], placement: Placement) -> str:
    sheets = [sheet for sheet in out if placement.begins - CLOCK <= sheet.at < placement.ends - CLOCK]
    if not sheets:
        return "nothing"
    pages: dict[str, set[int]] = {}
    whole: dict[str, int] = {}
    for sheet in sheets:
        serial = desk.serials.get(sheet.serial)
        if serial is None or serial.counts:
            pages.setdefault(sheet.serial, set()).add(sheet.page)
            whole[sheet.serial] = sheet.of
    if not pages:
        return "void"
    if any(pages[serial] != set(range(1, whole[serial] + 1)) for serial in pages):
        return "a part"
    return "printed" if len(pages) == 1 else f"{len(pages)} documents"
