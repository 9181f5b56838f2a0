"""The slips: nothing that tells who somebody is, and codes that hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PIL import Image

from judging import paper, verification
from judging.findings import Code, Finding
from judging.sheets import Desk
from judging.stage import Slip
from judging.verification import BadCode
from judging.visits import Placement, last_before


def check(desk: Desk, placed: Sequence[Placement]) -> Iterator[Finding]:
    """Yield what is wrong with each slip."""
    for slip in desk.stage.slips:
        yield from _personal(desk, slip)
        yield from _codes(desk, slip, last_before(placed, slip.at))


def _personal(desk: Desk, slip: Slip) -> Iterator[Finding]:
    text = "".join("".join(slip.text).split())
    for person in desk.stage.people:
        for what, value in (("name", person.name), ("number", person.number), ("address", person.address)):
            if "".join(value.split()) in text:
                yield Finding(Code.SLIP_PERSONAL, slip.file, f"the {what} of {person.id} stands on it in full")


def _codes(desk: Desk, slip: Slip, placement: Placement | None) -> Iterator[Finding]:
    """What can be scanned from the paper is what counts, not what the printer was sent."""
    try:
        with Image.open(slip.picture) as picture:
            scanned = paper.codes_in_picture(picture)
    except OSError as error:
        yield Finding(Code.EVIDENCE, slip.file, f"its picture cannot be read: {error}")
        return
    if len(scanned) != len(slip.qr):
        yield Finding(Code.SLIP_CODE, slip.file, f"{len(scanned)} of its {len(slip.qr)} codes can be scanned")
    for text in scanned:
        try:
            claim = verification.verify(text, desk.stage.operator)
        except BadCode as error:
            yield Finding(Code.SLIP_CODE, slip.file, f"its code does not count: {error}")
            continue
        serial, holder = desk.serials.get(claim.serial), desk.holder(claim.serial)
        if serial is None or not claim.is_of_file(serial.sha256):
            yield Finding(
                Code.SLIP_CODE, slip.file, "its code speaks of a serial or file that the platform does not know"
            )
        elif holder is None or not claim.is_held_by(holder.number):
            yield Finding(Code.SLIP_CODE, slip.file, "its code is not of the holder of its serial")
        elif placement is None or placement.person != holder:
            yield Finding(Code.WRONG_VISIT, slip.file, f"the slip of {holder.id} was cut in another person's visit")
