"""What the platform may hand out wrongly, and the reason for which the kiosk does not use it: over the wire, to the refusal."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from drivers.contract.secret import SecretText
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.licences.refusal import LicenceRefused, RefusalCode
from kiosk.licences.sealed import open_sealed, read_roots, require_in_force, require_owner


async def use(platform, sandbox, consent, kind, person):
    """Walk the way of a visit: grant, fetch, seal, owner, status."""
    granted = (await platform.grant(consent(person)))[0]
    raw = (await platform.fetch(granted.grant)).file.reveal()

    def check():
        roots = read_roots(sandbox.folder.issuer_roots)
        found = open_sealed(raw, roots=roots, now=datetime.now(UTC), licence_type=kind)
        require_owner(found, SecretText(person.name), SecretText(person.number))
        return found

    licence = await asyncio.to_thread(check)
    require_in_force(licence, await platform.licence_status(licence.identifier))
    return licence


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        ("another_person", RefusalCode.WRONG_PERSON),
        ("mixed_pages", RefusalCode.PAGE_WITHOUT_OWNER),
        ("broken_seal", RefusalCode.SEAL_BROKEN),
        ("wrong_issuer", RefusalCode.WRONG_ISSUER),
        ("expired", RefusalCode.EXPIRED),
        ("revoked", RefusalCode.REVOKED),
        ("suspended", RefusalCode.SUSPENDED),
    ],
)
def test_a_wrong_licence_is_refused_for_its_reason_and_the_next_one_is_good(talk, sandbox, consent, kind, verb, code):
    person = sandbox.people()[2]
    sandbox.break_(verb)
    with pytest.raises(LicenceRefused) as caught:
        talk(lambda platform: use(platform, sandbox, consent, kind, person))
    assert caught.value.code is code
    assert talk(lambda platform: use(platform, sandbox, consent, kind, person)).pages == 3


def test_everybody_with_a_record_gets_their_own_and_the_others_are_told(talk, sandbox, consent, kind):
    for person in sandbox.people():
        if person.record is not None:
            assert talk(lambda platform, person=person: use(platform, sandbox, consent, kind, person)).pages <= 3
            continue
        with pytest.raises(GatewayFault) as caught:
            talk(lambda platform, person=person: use(platform, sandbox, consent, kind, person))
        assert caught.value.code is GatewayCode.NO_RECORD


def test_no_record_can_be_played_for_anybody(talk, sandbox, consent):
    sandbox.break_("no_record")
    with pytest.raises(GatewayFault) as caught:
        talk(lambda platform: platform.grant(consent(sandbox.people()[0])))
    assert caught.value.code is GatewayCode.NO_RECORD
