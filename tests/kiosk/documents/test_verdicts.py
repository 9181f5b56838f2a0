"""Every verdict, on line and off line, and every way of forging that we could think of."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.documents import base45, chain, code, verify
from kiosk.documents.signer import ORDER
from kiosk.documents.verify import Finding, SerialState, SerialStatus, StatusUnavailable, judge

ISSUED, EXPIRES = 1795314360, 1797906360
NOW = ISSUED + 3600
CLAIM = code.Claim(
    kind=code.Kind.PAGE,
    serial="KX-360100-0001-20261122-00042",
    kiosk="KX-360100-0001",
    page=1,
    of=2,
    document=b"d" * 16,
    issued_at=ISSUED,
    expires_at=EXPIRES,
    licence_type="11100000000013338W011",
    holder=b"h" * 8,
)


def answering(status: SerialStatus | None) -> verify.Lookup:
    async def lookup(serial: str) -> SerialStatus | None:
        assert serial == CLAIM.serial
        return status

    return lookup


ACTIVE = answering(SerialStatus(state=SerialState.ACTIVE, at=ISSUED))


async def unreachable(serial: str) -> SerialStatus | None:
    raise StatusUnavailable


async def silent(serial: str) -> SerialStatus | None:
    await asyncio.sleep(60)
    raise AssertionError("not reached")


@pytest.fixture(scope="module")
def text(signer) -> str:
    return code.write(CLAIM, signer)


@pytest.fixture(scope="module")
def verdict(operator):
    def ask(text: str, *, lookup=ACTIVE, now: float = NOW, roots=None) -> verify.Verdict:
        return asyncio.run(judge(text, operator_roots=roots or (operator.root,), now=now, lookup=lookup))

    return ask


def forged(found: verify.Verdict, reason: str) -> bool:
    return (found.finding, found.reason, found.serial) == (Finding.FORGED, reason, "")


# --- the five verdicts


def test_genuine_with_the_time_of_the_answer(verdict, text):
    found = verdict(text)
    assert found.finding is Finding.GENUINE
    assert (found.serial, found.page, found.of, found.kiosk) == (CLAIM.serial, 1, 2, "KX-360100-0001")
    assert "是真的" in found.sentence
    for part in ("2026-11-22 11:26", "2026-12-22 10:26", CLAIM.serial, "第 1 页共 2 页"):
        assert part in found.sentence


@pytest.mark.parametrize("lookup", [None, unreachable])
def test_offline_genuine_but_status_unknown(verdict, text, lookup):
    found = verdict(text, lookup=lookup)
    assert found.finding is Finding.GENUINE_STATUS_UNKNOWN
    assert "查不到是否已停用" in found.sentence


def test_a_platform_that_never_answers_is_off_line(verdict, text, monkeypatch):
    quick = msgspec.structs.replace(verify.words(), lookup_seconds=0.05)
    monkeypatch.setattr(verify, "words", lambda: quick)
    assert verdict(text, lookup=silent).finding is Finding.GENUINE_STATUS_UNKNOWN


def test_suspended(verdict, text):
    found = verdict(text, lookup=answering(SerialStatus(state=SerialState.SUSPENDED, at=ISSUED + 60)))
    assert found.finding is Finding.SUSPENDED
    assert "2026-11-22 10:27 停用" in found.sentence
    assert "12345" in found.sentence


def test_replaced_names_the_new_one(verdict, text):
    status = SerialStatus(state=SerialState.REPLACED, at=ISSUED + 60, replaced_by="KX-NEW-1")
    found = verdict(text, lookup=answering(status), now=EXPIRES + 1)
    assert (found.finding, found.replaced_by) == (Finding.REPLACED, "KX-NEW-1")
    assert "KX-NEW-1" in found.sentence


@pytest.mark.parametrize("lookup", [ACTIVE, None, unreachable])
def test_expired_on_line_and_off_line(verdict, text, lookup):
    assert verdict(text, lookup=lookup, now=EXPIRES).finding is not Finding.EXPIRED
    found = verdict(text, lookup=lookup, now=EXPIRES + 1)
    assert found.finding is Finding.EXPIRED
    assert "2026-12-22 10:26" in found.sentence


def test_a_serial_that_the_platform_never_issued(verdict, text):
    assert forged(verdict(text, lookup=answering(None)), "unknown_serial")


def test_from_the_future(verdict, text):
    assert forged(verdict(text, now=ISSUED - verify.words().future_seconds - 1), "future")
    assert verdict(text, now=ISSUED - verify.words().future_seconds).finding is Finding.GENUINE


@pytest.mark.parametrize(("kind", "word"), [(code.Kind.RECEIPT, "打印回执"), (code.Kind.REPLACEMENT, "补打凭条")])
def test_a_slips_code_is_not_taken_for_the_certificates(verdict, signer, kind, word):
    found = verdict(code.write(msgspec.structs.replace(CLAIM, kind=kind, page=0), signer))
    assert (found.finding, found.kind) == (Finding.GENUINE, kind.name.lower())
    assert f"这是{word}的码，不是证明本身" in found.sentence


def test_the_verdict_as_json(verdict, text):
    data = msgspec.json.decode(msgspec.json.encode(verdict(text)))
    assert data["finding"] == "genuine"
    assert (data["checked_at"], data["issued_at"], data["expires_at"]) == (NOW, ISSUED, EXPIRES)


def test_every_finding_and_reason_has_its_words():
    assert set(verify.words().sentence) == set(Finding)
    assert set(verify.words().kind) == {kind.name.lower() for kind in code.Kind}
    assert all(len(sentence) < 90 for sentence in verify.words().sentence.values())


# --- forgeries


def parts(text: str) -> list[bytes]:
    return msgspec.msgpack.decode(base45.decode(text[4:-1]))


def told(claim: bytes, signature: bytes, certificate: bytes) -> str:
    return "KX1:" + base45.encode(msgspec.msgpack.encode([claim, signature, certificate])) + ":"


@pytest.mark.parametrize(
    "change",
    [
        {"page": 2},
        {"serial": "KX-360100-0001-20261122-00043"},
        {"expires_at": EXPIRES + 86400},
        {"document": b"e" * 16},
        {"holder": b"i" * 8},
        {"kind": code.Kind.REPLACEMENT, "page": 0},
    ],
    ids=str,
)
def test_altered_claims(verdict, text, change):
    _, signature, certificate = parts(text)
    altered = msgspec.msgpack.encode(msgspec.structs.replace(CLAIM, **change))
    assert forged(verdict(told(altered, signature, certificate)), "signature")


def test_the_other_signature_of_the_same_text(verdict, text):
    """(r, n - s) verifies by the mathematics; it is another text all the same."""
    claim, signature, certificate = parts(text)
    other = signature[:32] + (ORDER - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")
    assert forged(verdict(told(claim, other, certificate)), "signature")


@pytest.mark.parametrize("signature", [bytes(64), b"\xff" * 64, b"\0" * 32 + b"\1" * 32])
def test_signatures_out_of_range(verdict, text, signature):
    claim, _, certificate = parts(text)
    assert forged(verdict(told(claim, signature, certificate)), "signature")


def test_a_kiosk_of_another_operator_of_the_same_name(verdict, other_operator):
    text = code.write(CLAIM, other_operator.kiosk())
    assert forged(verdict(text), "issuer")
    assert verdict(text, roots=(other_operator.root,)).finding is Finding.GENUINE


def test_one_of_several_roots_is_enough(verdict, operator, other_operator, text):
    assert verdict(text, roots=(other_operator.root, operator.root)).finding is Finding.GENUINE


def test_no_roots_no_trust(operator, text):
    found = asyncio.run(judge(text, operator_roots=(), now=NOW, lookup=ACTIVE))
    assert forged(found, "issuer")


@dataclass
class Wrong:
    reason: str
    settings: dict


@pytest.mark.parametrize(
    "wrong",
    [
        Wrong("validity", {"years": (2024, 2026)}),
        Wrong("validity", {"years": (2027, 2029)}),
        Wrong("certificate", {"signs": False}),
        Wrong("certificate", {"is_ca": True}),
        Wrong("certificate", {"curve": ec.SECP384R1()}),
        Wrong("kiosk", {"name": "KX-360100-0002"}),
    ],
    ids=lambda wrong: f"{wrong.reason}-{next(iter(wrong.settings))}",
)
def test_certificates_that_do_not_serve(new_operator, signer, wrong):
    operator = new_operator()
    key = ec.generate_private_key(wrong.settings.get("curve") or ec.SECP256R1())
    certificate = operator.certify(key, **{"name": CLAIM.kiosk, **wrong.settings})
    signed = msgspec.msgpack.encode(CLAIM)
    text = told(signed, sign(key, signed), certificate)
    found = asyncio.run(judge(text, operator_roots=(operator.root,), now=NOW, lookup=ACTIVE))
    assert forged(found, wrong.reason)


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return (r % 2**256).to_bytes(32, "big") + (min(s, ORDER - s) % 2**256).to_bytes(32, "big")


def test_a_right_certificate_by_the_same_path_serves(new_operator):
    """So that the refusals above are not for another reason."""
    operator = new_operator()
    key = ec.generate_private_key(ec.SECP256R1())
    signed = msgspec.msgpack.encode(CLAIM)
    text = told(signed, sign(key, signed), operator.certify(key, name=CLAIM.kiosk))
    found = asyncio.run(judge(text, operator_roots=(operator.root,), now=NOW, lookup=ACTIVE))
    assert found.finding is Finding.GENUINE


def test_a_kiosk_cannot_certify_another_kiosk(new_operator, signer):
    """The kiosk's own certificate handed in as a root: it is no CA."""
    operator = new_operator()
    rogue = x509.load_der_x509_certificate(signer.certificate)
    found = asyncio.run(judge(code.write(CLAIM, operator.kiosk()), operator_roots=(rogue,), now=NOW, lookup=ACTIVE))
    assert forged(found, "issuer")


def test_a_root_that_was_not_valid_yet(new_operator):
    operator = new_operator(years=(2027, 2046))
    text = code.write(CLAIM, operator.kiosk())
    found = asyncio.run(judge(text, operator_roots=(operator.root,), now=NOW, lookup=ACTIVE))
    assert forged(found, "issuer")


@pytest.mark.parametrize("certificate", [b"", b"\0" * 300, b"0\x82\x01\x00" + bytes(256)])
def test_certificates_that_are_none(verdict, text, certificate):
    claim, signature, _ = parts(text)
    assert forged(verdict(told(claim, signature, certificate)), "certificate")


@pytest.mark.parametrize("text", ["", "hello", "KX1::", "\0" * 10_000, "KX1:" + "A" * 10_000])
def test_unreadable_texts(verdict, text):
    assert forged(verdict(text), "unreadable")


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_mutation_is_ever_accepted(data, signer, operator):
    """Change, drop, insert or swap anywhere: never genuine, never a crash."""
    text = code.write(CLAIM, signer)
    mutated = data.draw(mutations(text))
    if mutated == text:
        return
    found = asyncio.run(judge(mutated, operator_roots=(operator.root,), now=NOW, lookup=ACTIVE))
    assert found.finding is Finding.FORGED


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_changed_byte_is_ever_accepted(data, signer, operator):
    """Below base45: one bit of claim, signature or certificate."""
    text = code.write(CLAIM, signer)
    packed = bytearray(base45.decode(text[4:-1]))
    at = data.draw(st.integers(0, len(packed) - 1))
    packed[at] ^= 1 << data.draw(st.integers(0, 7))
    found = asyncio.run(
        judge("KX1:" + base45.encode(bytes(packed)) + ":", operator_roots=(operator.root,), now=NOW, lookup=ACTIVE)
    )
    assert found.finding is Finding.FORGED


def test_a_certificate_has_one_spelling(operator):
    """The signature's count of unused bits is not signed, and a parser that ignores it would take two codes for one."""
    for _ in range(8):  # the last bit must be 0 for this other spelling: on average every second certificate
        text = code.write(CLAIM, operator.kiosk())
        packed = base45.decode(text[4:-1])
        certificate = code.parse(text).certificate
        signature = x509.load_der_x509_certificate(certificate).signature
        at = packed.index(certificate) + len(certificate) - len(signature) - 1
        assert packed[at] == 0
        other = "KX1:" + base45.encode(packed[:at] + b"\1" + packed[at + 1 :]) + ":"
        found = asyncio.run(judge(other, operator_roots=(operator.root,), now=NOW, lookup=ACTIVE))
        assert found.finding is Finding.FORGED


@st.composite
def mutations(draw, text: str) -> str:
    at, end = draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))
    some = draw(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:\0é", max_size=5))
    how = draw(st.sampled_from(["replace", "drop", "insert", "swap", "repeat"]))
    at, end = min(at, end), max(at, end)
    return {
        "replace": text[:at] + some + text[at + len(some) :],
        "drop": text[:at] + text[min(end, at + 3) :],
        "insert": text[:at] + some + text[at:],
        "swap": text[:at] + text[end:] + text[at:end],
        "repeat": text[:end] + text[at:],
    }[how]


# --- the operator's file of roots


def test_roots_from_a_file(tmp_path, operator, other_operator):
    pem = [each.root.public_bytes(serialization.Encoding.PEM) for each in (operator, other_operator)]
    (tmp_path / "roots.pem").write_bytes(b"".join(pem))
    assert chain.load_roots(tmp_path / "roots.pem") == (operator.root, other_operator.root)


def test_a_file_of_roots_that_holds_none(tmp_path, operator, signer):
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(ValueError, match=r"empty\.pem holds no PEM"):
        chain.load_roots(tmp_path / "empty.pem")
    with pytest.raises(ValueError, match="not a CA"):
        chain.load_roots(operator.folder / "kiosk.pem")
