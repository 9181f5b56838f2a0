"""The slips of a visit, filled from what is known in it, and handed to the receipt printer."""

from __future__ import annotations

from collections.abc import Callable

from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault, catalogue
from drivers.contract.receipt_printer import Part, PrintSlip
from kiosk.catalogue.item import Item
from kiosk.catalogue.listed import Listed
from kiosk.documents import code, overlay, slip
from kiosk.documents.issued import IssuedDocument
from kiosk.documents.lettering import GlyphMissing
from kiosk.journey.desk import Desk
from kiosk.journey.identify import Holder
from kiosk.licences.types import licence_types
from kiosk.locales import Phrasebook
from kiosk.logbook.supplies import slip_mm
from kiosk.operations.print_job import PrintResult
from kiosk.visit import Visit

SLIP_SECONDS = 15.0
"""A slip takes 2 s; a printer that needs more is out of paper."""


def _at(desk: Desk) -> slip.At:
    site = desk.site
    return slip.At(place=site.place, kiosk=site.kiosk_id, printed_at=desk.now().timestamp(), timezone=site.timezone)


def receipt(visit: Visit, desk: Desk, item: Item, result: PrintResult) -> tuple[Part, ...]:
    """The receipt of a printed certificate."""
    return slip.receipt(
        _at(desk),
        item=item.name,
        holder=visit.take(Holder).card.name,
        serial=result.serial,
        pages=result.pages,
        expires_at=result.expires,
        code=_code(visit, desk, item, result, code.Kind.RECEIPT),
    )


def replacement(visit: Visit, desk: Desk, item: Item, result: PrintResult) -> tuple[Part, ...]:
    """The right to a free replacement of a doubtful print."""
    why = catalogue()[result.fault.code].cause if result.fault else ""
    return slip.replacement(
        _at(desk),
        item=item.name,
        holder=visit.take(Holder).card.name,
        serial=result.serial,
        why=why,
        code=_code(visit, desk, item, result, code.Kind.REPLACEMENT),
    )


def referral(visit: Visit, desk: Desk, item: Item, why: str) -> tuple[Part, ...]:
    """Where else the item can be done. Nobody's name is on it: nobody may have been identified."""
    there = desk.site.elsewhere
    return slip.referral(
        _at(desk),
        item=item.name,
        why=why,
        where=there.place,
        address=there.address,
        hours=there.hours,
        phone=there.phone,
        bring="、".join(item.guide.needs),
    )


def guide(desk: Desk, item: Listed) -> tuple[Part, ...]:
    """What is known of an item that cannot be done here yet. In Chinese, whatever the screen's language: it goes to a counter."""
    there = desk.site.elsewhere
    return slip.referral(
        _at(desk),
        item=item.name,
        why=Phrasebook()("listed.why"),
        where=there.place,
        address=there.address,
        hours=there.hours,
        phone=there.phone,
        bring="、".join((*item.licences, *(material.name for material in item.materials))),
    )


def _code(visit: Visit, desk: Desk, item: Item, result: PrintResult, kind: code.Kind) -> str:
    imprint = overlay.Imprint(
        serial=result.serial,
        kiosk=desk.site.kiosk_id,
        place=desk.site.place,
        issuer=item.department,
        purpose=item.purpose,
        printed_at=int(desk.now().timestamp()),
        expires_at=int(result.expires),
        licence_type=licence_types()[item.licence].code,
        holder=visit.take(Holder).card.number,
        timezone=desk.site.timezone,
    )
    return code.write(overlay.claim(visit.take(IssuedDocument), imprint, kind=kind), desk.signer)


async def print_slip(visit: Visit, desk: Desk, about: str, make: Callable[[], tuple[Part, ...]]) -> bool:
    """Make a slip and print it; False when it did not come out (the screen then says what the slip would have said).

    A name that cannot be drawn, or a value that has no place on a slip, costs the slip, never the visit.
    """
    printer = desk.devices.ready(DeviceClass.RECEIPT_PRINTER)
    if printer is None:
        return False
    try:
        parts = make()
        await printer.call(PrintSlip(parts=parts), seconds=SLIP_SECONDS)
    except (DeviceFault, GlyphMissing, code.CodeInvalid, ValueError) as error:
        why = error.fault.code.value if isinstance(error, DeviceFault) else type(error).__name__
        visit.record("slip", visit=visit.token, about=about, printed=False, why=why)
        return False
    visit.record("slip", visit=visit.token, about=about, printed=True, mm=round(slip_mm(parts)))
    return True
