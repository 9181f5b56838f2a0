"""The code's text: read back as written, and every other text refused without a crash."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract.secret import SecretText
from kiosk.documents import base45, code, overlay
from kiosk.documents.signer import ORDER, KeyFile

CLAIM = code.Claim(
    kind=code.Kind.PAGE,
    serial="KX-1",
    kiosk="KX-360100-0001",
    page=1,
    of=2,
    document=b"d" * 16,
    issued_at=1795314360,
    expires_at=1797906360,
    licence_type="11100000000013338W011",
    holder=b"h" * 8,
)


@pytest.fixture(scope="module")
def text(signer) -> str:
    return code.write(CLAIM, signer)


def envelope(text: str) -> list[bytes]:
    return msgspec.msgpack.decode(base45.decode(text[4:-1]))


def retold(parts: object) -> str:
    return "KX1:" + base45.encode(msgspec.msgpack.encode(parts)) + ":"


def test_what_was_written_is_read(text, signer):
    read = code.parse(text)
    assert read.claim == CLAIM
    assert read.certificate == signer.certificate
    assert len(text) <= 1000, "the receipt printer takes no longer QR codes"
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), "would not fit QR's alphanumeric mode"


@given(st.binary(max_size=64))
def test_base45_there_and_back(data):
    assert base45.decode(base45.encode(data)) == data


@pytest.mark.parametrize(("data", "coded"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581")])
def test_base45_examples_of_rfc_9285(data, coded):
    assert base45.encode(data) == coded
    assert base45.decode(coded) == data


@pytest.mark.parametrize("coded", ["A", "AAAA", "GGW", "::", ":::", "ab8", "BB8\n", "BB\0", "中文字"])
def test_base45_refuses(coded):
    with pytest.raises(ValueError, match="base45"):
        base45.decode(coded)


HOSTILE = [
    "",
    "KX1:",
    "KX1::",
    "KX1:\0\0\0:",
    "KX2:BB8:",
    "kx1:bb8:",
    "\0" * 10_000,
    "KX1:" + "0" * 10_000 + ":",
    "KX1:" + "FGW" * 490 + ":",
    "KX1:" + base45.encode(b"\x93" * 900) + ":",  # arrays in arrays
    "KX1:" + base45.encode(b"\xdd\xff\xff\xff\xff") + ":",  # an array of 4 thousand million
    "KX1:" + base45.encode(b"\xc6\xff\xff\xff\xff") + ":",  # as many bytes
    "https://example.org/?KX1:",
    "𠮷" * 400,
    "\ud800",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts(hostile):
    with pytest.raises(code.CodeInvalid):
        code.parse(hostile)


def test_trailing_and_leading_things(text):
    for other in (
        text + "A",
        text + ":",
        text + " ",
        " " + text,
        text + "\0",
        text[:-1],
        text[:-3] + ":",
        text.lower(),
    ):
        with pytest.raises(code.CodeInvalid):
            code.parse(other)


def test_bytes_after_the_envelope(text):
    packed = base45.decode(text[4:-1])
    with pytest.raises(code.CodeInvalid):
        code.parse("KX1:" + base45.encode(packed + b"\0") + ":")
    claim, signature, certificate = envelope(text)
    for parts in (
        [claim + b"\0", signature, certificate],
        [claim, signature, certificate, b""],
        [claim, signature],
        [claim, signature + b"\0", certificate],
        [claim.decode("latin-1"), signature, certificate],
        {"claim": claim},
    ):
        with pytest.raises(code.CodeInvalid):
            code.parse(retold(parts))


def test_another_spelling_of_the_same_content(text):
    """A number in nine bytes where one does: same content, another text."""
    claim, signature, certificate = envelope(text)
    assert claim[1] == code.Kind.PAGE
    wide = claim[:1] + b"\xcf" + (1).to_bytes(8, "big") + claim[2:]
    assert msgspec.msgpack.decode(wide, type=code.Claim) == CLAIM
    with pytest.raises(code.CodeInvalid, match="one spelling"):
        code.parse(retold([wide, signature, certificate]))


@pytest.mark.parametrize(
    "change",
    [
        {"page": 3},
        {"page": 0},
        {"page": -1},
        {"of": 1000},
        {"kind": code.Kind.RECEIPT},
        {"kind": 9},
        {"serial": ""},
        {"serial": "a b"},
        {"serial": "x" * 41},
        {"serial": "x\n"},
        {"kiosk": "机"},
        {"document": b"d" * 15},
        {"holder": b""},
        {"expires_at": CLAIM.issued_at - 1},
        {"expires_at": 2**62},
        {"issued_at": -1},
        {"licence_type": "x" * 33},
    ],
    ids=str,
)
def test_claims_that_cannot_be(change, signer):
    wrong = [change.get(name, getattr(CLAIM, name)) for name in CLAIM.__struct_fields__]
    signed = msgspec.msgpack.encode(wrong)
    with pytest.raises(code.CodeInvalid):
        code.parse(retold([signed, signer.sign(signed), signer.certificate]))


def test_write_refuses_what_could_not_be_read(signer):
    with pytest.raises(code.CodeInvalid):
        code.write(msgspec.structs.replace(CLAIM, serial="编号"), signer)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text(hostile):
    for each in (hostile, f"KX1:{hostile}:"):
        with pytest.raises(code.CodeInvalid):
            code.parse(each)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes(hostile):
    with pytest.raises(code.CodeInvalid):
        code.parse("KX1:" + base45.encode(hostile) + ":")


def test_the_holder_check_needs_both_serial_and_number():
    checks = {code.holder_check(serial, SecretText(number)) for serial in ("a", "b") for number in ("1", "2")}
    assert len(checks) == 4
    assert {len(check) for check in checks} == {8}


def test_errors_do_not_repeat_the_content(text):
    for broken in (text[:-9] + ":", "KX1:" + base45.encode(b"\xa6secret") + ":"):
        with pytest.raises(code.CodeInvalid) as caught:
            code.parse(broken)
        assert "secret" not in str(caught.value)
        assert caught.value.__cause__ is None


def test_signatures_are_low_and_repeatable(signer):
    for message in (b"a", b"b", b"c", b"d"):
        signature = signer.sign(message)
        assert int.from_bytes(signature[32:], "big") <= ORDER // 2
        assert signature == signer.sign(message)


def test_a_key_that_others_can_read(operator, signer):
    key, certificate = operator.folder / "kiosk.key", operator.folder / "kiosk.pem"
    key.chmod(0o640)
    try:
        with pytest.raises(ValueError, match="chmod 600"):
            KeyFile(key, certificate)
    finally:
        key.chmod(0o600)


def test_a_certificate_of_another_key(operator, other_operator, signer):
    other_operator.kiosk()
    with pytest.raises(ValueError, match="does not certify"):
        KeyFile(operator.folder / "kiosk.key", other_operator.folder / "kiosk.pem")


def test_a_receipts_claim_stands_for_the_whole_document(issuer, imprint, signer):
    document = issuer.accept(issuer.certificate(pages=2))
    claim = overlay.claim(document, imprint, kind=code.Kind.RECEIPT)
    assert (claim.page, claim.of) == (0, 2)
    assert code.parse(code.write(claim, signer)).claim == claim


def test_only_our_own_codes_look_like_ours(text):
    assert code.looks_like_ours(text)
    assert not code.looks_like_ours("https://example.org/KX1:")
