"""Fetching the issuer's sealed file and believing nothing about it before it was checked: seal, status, owner of every page."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC
from functools import partial

import msgspec

from drivers.contract.secret import SecretBytes, wipe_all
from kiosk.catalogue.item import Item
from kiosk.documents.issued import DocumentRefused, IssuedDocument, Refusal, accept
from kiosk.documents.lettering import GlyphMissing
from kiosk.documents.overlay import require_room
from kiosk.gateways.back_office import TaskKind
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.gateways.interface import LICENCE_FETCH
from kiosk.gateways.licence import GrantRequest
from kiosk.journey.consent import LicenceConsent
from kiosk.journey.desk import Desk
from kiosk.journey.identify import Holder
from kiosk.journey.imprint import draft
from kiosk.journey.other_way import Confirmed
from kiosk.journey.referral import Trouble
from kiosk.journey.step import Outcome, Step
from kiosk.licences.limits import FETCH_SECONDS
from kiosk.licences.refusal import LicenceRefused, RefusalCode
from kiosk.licences.sealed import SealedLicence, open_sealed, require_in_force, require_owner
from kiosk.licences.types import LicenceType, licence_types
from kiosk.screens.parts import Action, ActionKind, Drawing, Picture
from kiosk.screens.screen import Answer, Screen
from kiosk.visit import Visit

_NOT_IN_FORCE = frozenset({RefusalCode.REVOKED, RefusalCode.SUSPENDED, RefusalCode.EXPIRED, RefusalCode.NOT_YET_VALID})
_OWNER = frozenset({RefusalCode.WRONG_PERSON, RefusalCode.PAGE_WITHOUT_OWNER, RefusalCode.OTHER_PERSON_ON_PAGE})

_UNPRINTABLE = {Refusal.GLYPH_MISSING: "fetch_failed.glyph", Refusal.NO_ROOM: "fetch_failed.room"}
"""Sentences for a sound file that this kiosk cannot print rightly; of every other refused file the seal or the form is in doubt."""

_FINAL = {
    GatewayCode.NO_RECORD: "fetch_failed.no_record",
    GatewayCode.NOT_FOUND: "fetch_failed.no_record",
    GatewayCode.REFUSED: "fetch_failed.bad",
    GatewayCode.WRONG_PERSON: "fetch_failed.bad",
    GatewayCode.AUTH_FAILED: "fetch_failed.bad",
}
"""Answers that asking again cannot change, and the sentences that tell them. After all others the visitor may try again."""


def fetching(visit: Visit, licence: LicenceType) -> Screen:
    """While the platform is asked."""
    say = visit.say
    return visit.composer.screen(
        say,
        "fetch",
        title=say("fetch.title"),
        sentence=say("fetch.sentence", department=say.local(licence, "issuer")),
        spoken=say("fetch.spoken"),
        step="consent",
        blocks=(Picture(drawing=Drawing.FETCHING, name=say("fetch.picture")),),
    )


def again(visit: Visit) -> Screen:
    """The platform did not answer well: once more, or another way."""
    say = visit.say
    return visit.composer.notice(
        say,
        "fetch_slow",
        title=say("fetch_failed.slow_title"),
        sentence=say("fetch_failed.slow_sentence"),
        step="consent",
        actions=(
            Action(id="again", label=say("fetch_failed.again")),
            Action(id="other_way", label=say("unavailable.other"), kind=ActionKind.SECONDARY),
        ),
    )


async def run(visit: Visit, desk: Desk) -> Outcome:
    """Fetch, check, take in. What cannot be proved is refused."""
    item = visit.take(Item)
    licence_type = licence_types()[item.licence]
    while True:
        try:
            found = await visit.ask_while(
                partial(fetching, visit, licence_type), _in_time(visit, desk, item, licence_type)
            )
            break
        except GatewayFault as error:
            visit.record("fetch", visit=visit.token, outcome=error.code.value, endpoint=error.endpoint)
            if error.code in _FINAL:
                return _trouble(visit, _FINAL[error.code])
            if (await visit.ask(partial(again, visit))).action != "again":
                return _trouble(visit, "fetch_failed.slow")
            # A grant is used up by its first fetch, and nobody knows whether that was reached: this touch is a new leave.
            visit.give(msgspec.structs.replace(visit.take(LicenceConsent), key=secrets.token_hex(16)))
        except LicenceRefused as error:
            visit.record("fetch", visit=visit.token, outcome=error.code.value)
            _report(desk, visit, error)
            return _trouble(visit, "fetch_failed.revoked" if error.code in _NOT_IN_FORCE else "fetch_failed.bad")
        except DocumentRefused as error:
            visit.record("fetch", visit=visit.token, outcome=error.why.value, page=error.page)
            return _trouble(visit, _UNPRINTABLE.get(error.why, "fetch_failed.bad"))
        except GlyphMissing:  # in our own words: the place, the purpose
            visit.record("fetch", visit=visit.token, outcome="imprint_glyph_missing")
            return _trouble(visit, "fetch_failed.room")
    assert not isinstance(found, Answer), "this screen has no answers"
    licence, document = found
    visit.give(licence)
    visit.give(document)
    visit.record("fetch", visit=visit.token, outcome="verified", pages=document.pages)
    return Outcome.DONE


async def _in_time(
    visit: Visit, desk: Desk, item: Item, licence_type: LicenceType
) -> tuple[SealedLicence, IssuedDocument]:
    """Fetch, and raise GatewayFault(TIMEOUT) when file and checks together take longer than any good file does."""
    try:
        async with asyncio.timeout(FETCH_SECONDS):
            return await _fetch(visit, desk, item, licence_type)
    except TimeoutError:
        raise GatewayFault(GatewayCode.TIMEOUT, LICENCE_FETCH.path, "the file is not checked in time") from None


async def _fetch(
    visit: Visit, desk: Desk, item: Item, licence_type: LicenceType
) -> tuple[SealedLicence, IssuedDocument]:
    card, consent = visit.take(Holder).card, visit.take(LicenceConsent)
    request = GrantRequest(
        key=consent.key,
        holder_name=card.name,
        holder_number=card.number,
        licence_types=tuple(each.code for each in consent.licences),
        item=item.code,
        purpose=item.purpose,
    )
    grants = await desk.platform.grant(request)
    grant = next(each for each in grants if each.licence_type == licence_type.code)
    sealed = await desk.platform.fetch(grant.grant)
    licence = await asyncio.to_thread(_open, sealed.file, desk, licence_type)
    try:
        await asyncio.to_thread(require_owner, licence, card.name, card.number)
        require_in_force(licence, await desk.platform.licence_status(licence.identifier))
        document = await asyncio.to_thread(accept, licence.pdf, licence=licence.identifier, subject=visit.token)
        await asyncio.to_thread(require_room, document, draft(visit, desk, licence_type), signer=desk.signer)
    except BaseException:
        wipe_all(licence)  # it may be another person's
        raise
    return licence, document


def _open(file: SecretBytes, desk: Desk, licence_type: LicenceType) -> SealedLicence:
    now = desk.now().astimezone(UTC)
    try:
        return open_sealed(file.reveal(), roots=desk.issuer_roots, now=now, licence_type=licence_type)
    finally:
        file.wipe()


def _trouble(visit: Visit, key: str) -> Outcome:
    visit.give(Trouble(title=f"{key}_title", sentence=f"{key}_sentence"))
    return Outcome.REFUSED


def _report(desk: Desk, visit: Visit, error: LicenceRefused) -> None:
    """A file of another person, or with a broken seal, is for somebody to look into; a later success does not close it."""
    if error.code in _NOT_IN_FORCE:
        return
    kind = TaskKind.OWNER_MISMATCH if error.code in _OWNER else TaskKind.SEAL_INVALID
    desk.outbox.post_task(f"{visit.token}-{error.code.value}", kind, code=error.code.value, item=visit.take(Item).code)


STEP = Step(
    name="fetch",
    run=run,
    outcomes=frozenset({Outcome.DONE, Outcome.BACK, Outcome.REFUSED}),
    needs=(Holder, Confirmed, LicenceConsent),
    gives=(SealedLicence, IssuedDocument),
)
