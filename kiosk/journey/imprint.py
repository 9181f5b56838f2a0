"""What will be printed over the issuer's pages, as far as it is known before the platform has issued a serial."""

from __future__ import annotations

from datetime import timedelta

from kiosk.catalogue.item import Item
from kiosk.documents.overlay import Imprint
from kiosk.documents.policy import paper_policy
from kiosk.journey.desk import Desk
from kiosk.journey.identify import Holder
from kiosk.journey.trial import purpose
from kiosk.licences.types import LicenceType
from kiosk.visit import Visit


def draft(visit: Visit, desk: Desk, licence_type: LicenceType) -> Imprint:
    """Return the imprint with a stand-in for the serial and with the times of a print made now."""
    site, now = desk.site, desk.now()
    return Imprint(
        serial=paper_policy().footer.draft_serial,
        kiosk=site.kiosk_id,
        place=site.place,
        issuer=licence_type.issuer,
        purpose=purpose(visit, visit.take(Item).purpose),
        printed_at=int(now.timestamp()),
        expires_at=int((now + timedelta(days=licence_type.print.valid_days)).timestamp()),
        licence_type=licence_type.code,
        holder=visit.take(Holder).card.number,
        timezone=site.timezone,
    )
