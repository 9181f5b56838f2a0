"""The sealed file: what is accepted, and that everything else is refused, each for its reason."""

from __future__ import annotations

import re
import socket
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import PdfSignatureMetadata, PdfSigner

from drivers.contract.secret import SecretText
from kiosk.gateways.licence import LicenceState, LicenceStatus
from kiosk.licences import metadata
from kiosk.licences.limits import MAX_BYTES
from kiosk.licences.refusal import LicenceRefused, RefusalCode, catalogue
from kiosk.licences.sealed import read_roots, require_in_force, require_owner
from kiosk.sandbox import authority, pades, sealing

DAY = timedelta(days=1)
USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def refused(office, raw, **changes) -> LicenceRefused:
    with pytest.raises(LicenceRefused) as caught:
        office.open(raw, **changes)
    return caught.value


def owner_refused(office, raw, person) -> LicenceRefused:
    licence = office.open(raw)
    with pytest.raises(LicenceRefused) as caught:
        require_owner(licence, SecretText(person.name), SecretText(person.number))
    return caught.value


def test_everybody_with_a_record_gets_their_own(office):
    pages = set()
    for person in office.people:
        if person.record is None:
            continue
        licence = office.open(office.sealed(person))
        require_owner(licence, SecretText(person.name), SecretText(person.number))
        assert licence.seal.signer_code == office.kind.issuer_code
        assert abs(licence.seal.signed_at - datetime.now(UTC)) < timedelta(minutes=1)
        assert person.name not in repr(licence)
        pages.add(licence.pages)
    assert pages == {1, 2, 3}


def test_a_name_written_with_another_dot_or_in_full_width_digits_is_the_same(office):
    person = next(each for each in office.people if "·" in each.name)
    licence = office.open(office.sealed(person))
    wide = "".join(chr(ord(each) + 0xFEE0) for each in person.number)
    require_owner(licence, SecretText(person.name.replace("·", "•")), SecretText(wide))


@pytest.mark.parametrize("raw", [b"", b"hello", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF\n"])
def test_no_pdf_is_unreadable(office, raw):
    assert refused(office, raw).code is RefusalCode.UNREADABLE


def test_a_torn_file_is_refused(office, good):
    raw = good(0)
    for part in (10, 3, 2):
        assert refused(office, raw[: len(raw) - len(raw) // part]).code is RefusalCode.UNREADABLE


def test_an_encrypted_file_is_unreadable(office):
    writer = copy_into_new_writer(PdfFileReader(BytesIO(office.sheet(office.people[0]).pdf)))
    writer.encrypt("owner", "")
    out = BytesIO()
    writer.write(out)
    assert refused(office, out.getvalue()).code is RefusalCode.UNREADABLE


def test_too_many_bytes_or_pages(office, good):
    assert refused(office, b"%PDF" + bytes(MAX_BYTES)).code is RefusalCode.TOO_LARGE
    short = office.kind.model_copy(update={"max_pages": 2})
    assert refused(office, good(2), licence_type=short).code is RefusalCode.TOO_LARGE


def test_without_a_seal(office):
    assert refused(office, office.sheet(office.people[0]).pdf).code is RefusalCode.SEAL_MISSING


def test_anything_after_the_seal_is_refused(office, good):
    writer = IncrementalPdfFileWriter(BytesIO(good(0)))
    writer.root["/Note"] = generic.pdf_string("added")
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    assert refused(office, out.getvalue()).code in (RefusalCode.NOT_COVERED, RefusalCode.SEAL_BROKEN)
    assert refused(office, good(0) + b"\n% a comment\n").code is RefusalCode.NOT_COVERED


def test_a_second_signature_is_refused(office):
    raw = office.sealed(office.people[0], sealer=_lenient(office))
    office.open(raw)  # the first alone is good
    writer = IncrementalPdfFileWriter(BytesIO(raw))
    out = BytesIO()
    signer = PdfSigner(PdfSignatureMetadata(field_name="Second"), signer=pades.signer(office.sealer.identity))
    signer.sign_pdf(writer, output=out)
    found = refused(office, out.getvalue())
    assert (found.code, found.detail) == (RefusalCode.NOT_COVERED, "2 signatures")


def _lenient(office):
    """A sealer that allows later changes, so that a second signature can be put at all."""

    class Lenient(sealing.Sealer):
        def seal(self, sheet, facts, *, reason):
            writer = copy_into_new_writer(PdfFileReader(BytesIO(sheet.pdf)))
            content = embed.EmbeddedFileObject.from_file_data(writer, facts, mime_type="application/json")
            embed.embed_file(writer, embed.FileSpec(file_spec_string=metadata.ATTACHMENT, embedded_data=content))
            out = BytesIO()
            PdfSigner(
                PdfSignatureMetadata(field_name="First", md_algorithm="sha256"), signer=pades.signer(self.identity)
            ).sign_pdf(writer, output=out)
            return out.getvalue()

    return Lenient(office.sealer.identity, office.sealer.picture)


def test_an_unknown_authority_is_refused(office):
    stranger = office.another_sealer(authority.make_root("示例根证书"))
    assert refused(office, office.sealed(office.people[0], sealer=stranger)).code is RefusalCode.WRONG_ISSUER


def test_without_pinned_roots_nothing_is_believed(office, good):
    assert refused(office, good(0), roots=()).code is RefusalCode.WRONG_ISSUER


def test_another_issuer_under_the_same_root_is_refused(office):
    other = office.another_sealer(code="11999999MB0000035F")
    assert refused(office, office.sealed(office.people[0], sealer=other)).code is RefusalCode.WRONG_ISSUER


def test_a_certificate_that_was_not_made_for_seals_is_refused(office):
    """Right root, right organisation; but the key usage says TLS, not seals (content commitment, RFC 5280 4.2.1.3)."""
    subject = office.sealer.identity.certificate.subject
    key = ec.generate_private_key(ec.SECP256R1())
    usage = dict.fromkeys(USAGES, False) | {"digital_signature": True}
    certificate = (
        x509.CertificateBuilder(office.root.certificate.subject, subject, key.public_key(), 7)
        .not_valid_before(datetime.now(UTC) - DAY)
        .not_valid_after(datetime.now(UTC) + DAY)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(office.root.key, hashes.SHA256())
    )
    sealer = type(office.sealer)(authority.Identity(certificate, key), office.sealer.picture)
    assert refused(office, office.sealed(office.people[0], sealer=sealer)).code is RefusalCode.WRONG_ISSUER


@pytest.mark.parametrize("starts", [-30 * DAY, DAY], ids=["has expired", "is not yet valid"])
def test_a_seal_put_outside_its_certificates_time(office, starts):
    sealer = office.another_sealer(starts=datetime.now(UTC) + starts, lasts=20 * DAY)
    assert refused(office, office.sealed(office.people[0], sealer=sealer)).code is RefusalCode.SIGNER_NOT_VALID


def test_a_certificate_that_expired_after_sealing_still_counts(office):
    sealer = office.another_sealer(lasts=2 * timedelta(hours=1))
    raw = office.sealed(office.people[0], sealer=sealer)
    assert office.open(raw, now=datetime.now(UTC) + DAY).pages


def test_dates(office):
    person = office.people[0]
    cases = [
        ({"valid_to": office.today - DAY, "valid_from": office.today - 2 * DAY}, RefusalCode.EXPIRED),
        ({"valid_from": office.today + DAY}, RefusalCode.NOT_YET_VALID),
        ({"issued": office.today + DAY}, RefusalCode.NOT_YET_VALID),
    ]
    for changes, code in cases:
        assert refused(office, office.sealed(person, **changes)).code is code
    raw = office.sealed(person)
    assert refused(office, raw, now=datetime.now(UTC) - timedelta(hours=1)).code is RefusalCode.NOT_YET_VALID
    assert refused(office, raw, now=datetime.now(UTC) + 92 * DAY).code is RefusalCode.EXPIRED
    with pytest.raises(ValueError, match="now"):
        office.open(raw, now=datetime(2026, 1, 1))


def test_metadata_that_is_not_as_agreed(office):
    person = office.people[0]
    sheet = office.sheet(person)
    facts = metadata.encode(office.facts(person, sheet.pages)).decode()
    broken = [
        "",
        "[]",
        facts.replace("certificateHolderName", "holder"),
        facts.replace(person.number, ""),
        re.sub(r'"certificatePages": \d+', '"certificatePages": "one"', facts),
        re.sub(r'"certificatePages": \d+', '"certificatePages": 9', facts),
        facts.replace("1.2.156.3005.2.", "1.2.156.3003.2."),
        facts.replace(f"{office.kind.issuer_code}.A1B2C3", "11999999MB0000035F.A1B2C3"),
    ]
    for text in broken:
        assert text != facts
        raw = office.sealer.seal(sheet, text.encode(), reason="x")
        found = refused(office, raw)
        assert found.code is RefusalCode.METADATA_INVALID
        assert person.name not in str(found)
        assert person.number not in str(found)


def test_without_metadata(office):
    writer = copy_into_new_writer(PdfFileReader(BytesIO(office.sheet(office.people[0]).pdf)))
    out = BytesIO()
    PdfSigner(
        PdfSignatureMetadata(field_name="S", md_algorithm="sha256"), signer=pades.signer(office.sealer.identity)
    ).sign_pdf(writer, output=out)
    assert refused(office, out.getvalue()).code is RefusalCode.METADATA_INVALID


def test_another_type(office, good):
    other = office.kind.model_copy(update={"code": "11999999MB0000019T002"})
    assert refused(office, good(0), licence_type=other).code is RefusalCode.WRONG_TYPE
    assert refused(office, office.sealed(office.people[0], holder_type="001")).code is RefusalCode.WRONG_TYPE


def test_another_person(office, good):
    mine, theirs = office.people[0], office.people[1]
    assert owner_refused(office, good(1), mine).code is RefusalCode.WRONG_PERSON
    licence = office.open(good(1))
    for name, number in (
        (mine.name, theirs.number),
        (theirs.name, mine.number),
        ("", theirs.number),
        (theirs.name, ""),
    ):
        with pytest.raises(LicenceRefused) as caught:
            require_owner(licence, SecretText(name), SecretText(number))
        assert caught.value.code is RefusalCode.WRONG_PERSON


def test_metadata_of_one_on_pages_of_another(office):
    mine, theirs = office.people[0], office.people[1]
    raw = office.sealed(mine, sheet=office.sheet(theirs))
    found = owner_refused(office, raw, mine)
    assert (found.code, found.detail) == (RefusalCode.PAGE_WITHOUT_OWNER, "page 1: number")


@pytest.mark.parametrize("page", [0, 1, 2])
def test_one_page_of_another(office, page):
    """Tokushima 2023: one page of three was somebody else's, under one job."""
    mine, theirs = office.people[2], office.people[1]
    raw = office.sealed(mine, sheet=office.sheet(mine, strangers={page: theirs}))
    found = owner_refused(office, raw, mine)
    assert found.code is RefusalCode.PAGE_WITHOUT_OWNER
    assert found.detail.startswith(f"page {page + 1}")


@pytest.mark.parametrize("spaced", [False, True], ids=["plain", "letter-spaced"])
def test_another_citizen_number_beside_the_owners(office, spaced):
    mine, theirs = office.people[0], office.people[1]
    number = " ".join(theirs.number) if spaced else theirs.number
    both = type(mine)(**{**_values(mine), "name": f"{mine.name} {number}"})
    found = owner_refused(office, office.sealed(mine, sheet=office.sheet(both)), mine)
    assert found.code is RefusalCode.OTHER_PERSON_ON_PAGE


def test_the_name_is_looked_for_as_well_as_the_number(office):
    mine = office.people[0]
    renamed = type(mine)(**{**_values(mine), "name": "另一人"})
    found = owner_refused(office, office.sealed(mine, sheet=office.sheet(renamed)), mine)
    assert (found.code, found.detail) == (RefusalCode.PAGE_WITHOUT_OWNER, "page 1: name")


def _values(person):
    return {name: getattr(person, name) for name in person.__struct_fields__}


def test_in_force(office, good):
    licence = office.open(good(0))
    codes = {
        LicenceState.REVOKED: RefusalCode.REVOKED,
        LicenceState.SUSPENDED: RefusalCode.SUSPENDED,
        LicenceState.EXPIRED: RefusalCode.EXPIRED,
    }
    for state in LicenceState:
        status = LicenceStatus(identifier=licence.identifier, state=state, checked=datetime.now(UTC))
        if state is LicenceState.ACTIVE:
            require_in_force(licence, status)
            continue
        with pytest.raises(LicenceRefused) as caught:
            require_in_force(licence, status)
        assert caught.value.code is codes[state]
    with pytest.raises(LicenceRefused):
        require_in_force(licence, LicenceStatus(identifier="1", state=LicenceState.ACTIVE, checked=datetime.now(UTC)))


def test_no_network_is_used(office, good, monkeypatch):
    def forbidden(*_):
        raise AssertionError("a seal is checked without any network")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    assert office.open(good(0)).pages == 1


def covered(raw: bytes) -> list[tuple[int, int]]:
    """Return the byte range of the signature: (start, length) twice."""
    numbers = [int(each) for each in re.search(rb"/ByteRange \[([\d ]+)\]", raw).group(1).split()]  # type: ignore[union-attr]
    return [(numbers[0], numbers[1]), (numbers[2], numbers[3])]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@example(data=None)
def test_no_changed_byte_is_ever_accepted(office, good, data):
    raw = good(0)
    (first, one), (second, two) = covered(raw)
    assert (first, second + two) == (0, len(raw))  # the whole file but the signature itself
    if data is None:
        changes = [(0, 1), (one - 1, 0x20), (second, 0x01), (len(raw) - 1, 0x20), (len(raw) // 2, 0x80)]
    else:
        position = data.draw(st.integers(0, one + two - 1))
        changes = [(position if position < one else second + position - one, data.draw(st.integers(1, 255)))]
    for position, change in changes:
        mutated = bytearray(raw)
        mutated[position] ^= change
        refused(office, bytes(mutated))


@pytest.mark.slow
@settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 10**9), change=st.integers(1, 255))
def test_no_changed_byte_is_ever_accepted_at_length(office, good, position, change):
    raw = good(0)
    (_, one), (second, two) = covered(raw)
    position %= one + two
    mutated = bytearray(raw)
    mutated[position if position < one else second + position - one] ^= change
    refused(office, bytes(mutated))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=400), head=st.sampled_from([b"", b"%PDF-1.7\n", b"%PDF-2.0\n1 0 obj\n<<"]))
def test_any_bytes_are_refused_and_nothing_else_happens(office, raw, head):
    refused(office, head + raw)


def test_every_reason_has_its_texts():
    assert set(catalogue()) == set(RefusalCode)
    for entry in catalogue().values():
        assert entry.cause
        assert entry.cure
        assert entry.visitor
        assert "系统错误" not in entry.visitor
        assert "不是本人" not in entry.visitor


def test_roots_are_read_from_a_file(tmp_path, office):
    path = tmp_path / "roots.pem"
    path.write_text("no certificate")
    with pytest.raises(ValueError, match="no certificate in PEM"):
        read_roots(path)
