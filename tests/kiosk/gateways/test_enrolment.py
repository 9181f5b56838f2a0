"""A new machine and its platform: codes, keys, cuts in the middle, clocks; over the real wire, against a sandbox of its own."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.secret import SecretBytes, SecretText
from kiosk.gateways import enrolment
from kiosk.gateways import interface as at
from kiosk.gateways.enrolment import ClaimRequest, Enrolled, PlaceTexts
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.gateways.transport import HttpSettings
from kiosk.sandbox import enrol_desk, launch
from kiosk.sandbox.fault_desk import Applied
from kiosk.sandbox.launch import Sandbox
from kiosk.sandbox.platform import Refuse, open_platform


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Of its own: five wrong codes close the desk to everybody on this machine."""
    found = launch.start(tmp_path_factory.mktemp("sandbox") / "platform")
    yield found
    found.stop()


@pytest.fixture
def settings(sandbox: Sandbox) -> HttpSettings:
    return HttpSettings(address=sandbox.address, repeat_pause_s=0.01)


def a_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def asked(key: ec.EllipticCurvePrivateKey) -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "new")])
    built = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return built.public_bytes(Encoding.PEM).decode()


def claim(
    code: str, key: ec.EllipticCurvePrivateKey, *, late: timedelta = timedelta(0), **changes: object
) -> ClaimRequest:
    made = ClaimRequest(
        code=SecretText(code), request=asked(key), at=datetime.now(UTC) + late, runtime="test", model="test"
    )
    return msgspec.structs.replace(made, **changes)


def fault(talk, request, **settings) -> GatewayCode:
    with pytest.raises(GatewayFault) as caught:
        talk(lambda platform: platform.claim(request), **settings)
    return caught.value.code


def test_the_platform_says_who_it_is(talk):
    found = talk(lambda platform: platform.hello())
    assert len(found.number) == enrolment.PLATFORM_DIGITS
    assert found.name
    assert abs(found.time - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_code_makes_a_kiosk_whose_calls_are_believed(talk, sandbox, settings):
    texts = PlaceTexts(name="示例村政务自助服务", elsewhere_phone="0000-12345678")
    code = sandbox.new_code("XJ-0001", favourites=["KX-SW-001"], texts=msgspec.to_builtins(texts))
    key = a_key()
    found: Enrolled = talk(lambda platform: platform.claim(claim(code, key)))
    assert (found.kiosk_id, found.items, found.favourites, found.texts) == (
        "XJ-0001",
        ("KX-RS-001",),
        ("KX-SW-001",),
        texts,
    )
    certificate = x509.load_pem_x509_certificate(found.certificate.encode())
    (root,) = x509.load_pem_x509_certificates(found.operator_roots.encode())
    certificate.verify_directly_issued_by(root)
    assert certificate.public_key() == key.public_key()
    secret = SecretBytes(bytes.fromhex(found.secret.reveal()))
    assert talk(
        lambda platform: platform.health(), used=msgspec.structs.replace(settings, kiosk="XJ-0001", secret=secret)
    )


@pytest.mark.parametrize("verb", ["cut_after", "cut_before", "torn", "http500", "garbled"])
def test_a_cut_in_the_middle_is_settled_by_asking_again_with_the_same_key(talk, sandbox, settings, verb):
    once = msgspec.structs.replace(settings, repeats=0)
    code, key = sandbox.new_code(f"CUT-{verb.upper().replace('_', '-')}"), a_key()
    sandbox.break_(verb, at.ENROL_CLAIM.path)
    with pytest.raises(GatewayFault) as lost:
        talk(lambda platform: platform.claim(claim(code, key)), used=once)
    assert lost.value.unsettled
    first = talk(lambda platform: platform.claim(claim(code, key)), used=once)
    again = talk(lambda platform: platform.claim(claim(code, key)), used=once)
    assert first.secret.reveal() == again.secret.reveal()
    assert first.certificate == again.certificate


def test_a_code_is_for_one_key(talk, sandbox):
    code = sandbox.new_code("ONE-KEY")
    talk(lambda platform: platform.claim(claim(code, a_key())))
    assert fault(talk, claim(code, a_key())) is GatewayCode.CODE_USED


def test_a_code_ends_but_not_for_the_machine_that_has_used_it(talk, sandbox):
    assert fault(talk, claim(sandbox.new_code("TOO-LATE", minutes=-1.0), a_key())) is GatewayCode.CODE_EXPIRED


def test_a_new_code_for_the_same_machine_voids_the_old_one_until_one_was_used(talk, sandbox):
    old, new = sandbox.new_code("NEW-CODE"), sandbox.new_code("NEW-CODE")
    assert fault(talk, claim(old, a_key())) is GatewayCode.CODE_UNKNOWN
    talk(lambda platform: platform.claim(claim(new, a_key())))
    with pytest.raises(ValueError, match="enrolled already"):
        sandbox.new_code("NEW-CODE")


@pytest.mark.parametrize("late", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_a_clock_that_is_off_is_told_before_the_code_is_used(talk, sandbox, late):
    name = "CLOCK-FAST" if late > timedelta(0) else "CLOCK-SLOW"
    code, key = sandbox.new_code(name), a_key()
    assert fault(talk, claim(code, key, late=late)) is GatewayCode.CLOCK_WRONG
    assert talk(lambda platform: platform.claim(claim(code, a_key()))).kiosk_id == name


def test_a_clock_without_a_zone_is_refused_in_words(talk, sandbox):
    request = claim(sandbox.new_code("NO-ZONE"), a_key(), at=datetime.now())
    assert fault(talk, request) is GatewayCode.REFUSED


def test_who_comes_second_in_the_same_moment_does_not_get_the_first_ones_secret(sandbox, monkeypatch):
    """Two processes of a platform may have read the code as free."""
    platform, (first, second) = open_platform(sandbox.folder), (a_key(), a_key())
    real = enrol_desk._enrol

    def late(platform, known, key, mark):
        real(platform, known, first.public_key(), enrol_desk._mark(first.public_key()))
        real(platform, known, key, mark)

    monkeypatch.setattr(enrol_desk, "_enrol", late)
    with pytest.raises(Refuse) as told:
        asyncio.run(enrol_desk.claim(platform, "192.0.2.9", claim(sandbox.new_code("RACE"), second), Applied({})))
    platform.database.close()
    assert told.value.status is at.Status.CODE_USED


def test_the_platforms_own_clock_can_be_off(talk, sandbox):
    sandbox.break_("clock_off", count=None)
    assert abs(talk(lambda platform: platform.hello()).time - datetime.now(UTC)) > timedelta(hours=1)
    assert fault(talk, claim(sandbox.new_code("CLOCK-2"), a_key())) is GatewayCode.CLOCK_WRONG


@pytest.mark.parametrize(
    "request_", ["", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"]
)
def test_a_request_that_proves_no_key_is_refused(talk, sandbox, request_):
    name = f"NO-KEY-{len(request_)}"
    code = sandbox.new_code(name)
    assert fault(talk, claim(code, a_key(), request=request_)) is GatewayCode.REFUSED
    assert talk(lambda platform: platform.claim(claim(code, a_key()))).kiosk_id == name


def test_what_was_enrolled_is_known_after_a_restart(talk, tmp_path):
    first = launch.start(tmp_path / "platform")
    code, key = first.new_code("AGAIN"), a_key()
    used = HttpSettings(address=first.address)
    before = talk(lambda platform: platform.claim(claim(code, key)), used=used)
    first.stop()
    second = launch.start(tmp_path / "platform")
    try:
        used = HttpSettings(address=second.address)
        assert (
            talk(lambda platform: platform.claim(claim(code, key)), used=used).secret.reveal() == before.secret.reveal()
        )
        known = HttpSettings(
            address=second.address, kiosk="AGAIN", secret=SecretBytes(bytes.fromhex(before.secret.reveal()))
        )
        assert talk(lambda platform: platform.health(), used=known).up
    finally:
        second.stop()


def test_five_unknown_codes_close_the_desk_for_a_while(talk, tmp_path):
    closing = launch.start(tmp_path / "platform")
    try:
        used = HttpSettings(address=closing.address)
        good = closing.new_code("GOOD")
        wrong = claim("117" + "0" * 21, a_key())
        assert [fault(talk, wrong, used=used) for _ in range(6)] == [GatewayCode.CODE_UNKNOWN] * 4 + [
            GatewayCode.CODES_LOCKED
        ] * 2
        assert fault(talk, claim(good, a_key()), used=used) is GatewayCode.CODES_LOCKED
    finally:
        closing.stop()


def test_a_code_on_the_command_line_of_the_sandbox(sandbox):
    command = [sys.executable, "-m", "kiosk.sandbox", "--folder", str(sandbox.folder.root), "--new-code", "XJ-0002"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert not enrolment.mistyped(enrolment.code_of(told))
    silent = subprocess.run([*command[:4], str(Path("/nowhere")), *command[5:]], capture_output=True, text=True)
    assert silent.returncode == 1
    assert "no sandbox" in silent.stderr


# --- the code itself


@given(st.text("0123456789", min_size=22, max_size=22), st.integers(0, 23), st.integers(1, 9))
def test_every_digit_that_is_typed_wrong_is_noticed(drawn, place, more):
    code = drawn + enrolment.check_digits(drawn)
    assert not enrolment.mistyped(code)
    slip = str((int(code[place]) + more) % 10)
    assert enrolment.mistyped(code[:place] + slip + code[place + 1 :])


@given(st.text("0123456789", min_size=22, max_size=22), st.integers(0, 22))
def test_two_digits_that_change_places_are_noticed(drawn, place):
    code = drawn + enrolment.check_digits(drawn)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert enrolment.mistyped(swapped) == (swapped != code)


def test_a_code_is_read_as_it_is_written_typed_or_scanned():
    drawn = "117" + "".join(random.Random(1).choices("0123456789", k=19))
    code = drawn + enrolment.check_digits(drawn)
    assert len(enrolment.grouped(code).split()) == 8
    for text in (code, enrolment.grouped(code), f"https://platform.example/x#{code}", code[:12] + "-" + code[12:]):
        assert enrolment.code_of(text) == code
    for text in ("", code[1:], code + "1", "٣" * 24, code[:-1] + "x"):
        assert enrolment.code_of(text) == ""
