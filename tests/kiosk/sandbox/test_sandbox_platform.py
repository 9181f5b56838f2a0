"""The far end itself: what a folder holds, who may break it, what is captured, what its paper looks like."""

from __future__ import annotations

import base64
import json
import stat
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from drivers.contract.secret import SecretBytes, SecretText
from kiosk.documents import issued, overlay, pdfium
from kiosk.documents.signer import KeyFile
from kiosk.gateways import body, signing
from kiosk.gateways import interface as at
from kiosk.gateways.health import HealthRequest
from kiosk.gateways.licence import GrantRequest, SealedFile
from kiosk.licences import citizen_number, owner
from kiosk.sandbox import authority, certificates, launch
from kiosk.sandbox.capture import Exchange
from kiosk.sandbox.fault_desk import Verb
from kiosk.sandbox.folder import SandboxFolder
from kiosk.sandbox.people import make_people
from kiosk.sandbox.provision import licence_type, provision

TODAY = date(2026, 3, 14)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    found = launch.start(tmp_path_factory.mktemp("sandbox") / "platform", seed=5)
    yield found
    found.stop()


def post(sandbox, path, content, *, kiosk="DEMO-0001", secret=None, **changes):
    raw = content if isinstance(content, bytes) else body.encode(content)
    used = secret or signing.read_secret(sandbox.folder.kiosk_secret).reveal()
    headers = signing.sign(path, raw, kiosk=kiosk, secret=used) | changes.pop("headers", {})
    with httpx.Client(trust_env=False) as client:
        return client.post(
            sandbox.address + changes.pop("instead", path), content=changes.pop("sent", raw), headers=headers
        )


@pytest.mark.parametrize("seed", range(25))
def test_the_people_are_as_a_reader_and_a_checker_need_them(seed):
    people = make_people(seed, TODAY)
    assert [each.portrait for each in people[:2]] == ["astronaut", "hopper"]
    assert {each.sex for each in people[:2]} == {"女"}
    assert len({each.number for each in people}) == len(people) >= 8
    assert len({each.name for each in people}) == len(people)
    for each in people:
        assert citizen_number.is_valid(each.number)
        assert each.number.startswith("999999")
        assert each.number[6:14] == each.birth.replace("-", "")
        assert (int(each.number[16]) % 2 == 1) == (each.sex == "男")
        if each.record is not None:
            rows = list(each.record.rows())
            assert all(one.ends < two.begins for one, two in pairwise(rows))
            assert rows[-1].ends < f"{TODAY:%Y-%m}"
    assert any("䶮" in each.name for each in people)
    assert any("𠮷" in each.name for each in people)
    assert [each.kind for each in people].count("hmt_permit") == 1
    assert [each.record for each in people].count(None) == 1


@pytest.mark.parametrize("seed", [1, 3])
def test_certificates_have_one_to_three_pages_and_a_white_foot(seed):
    counts = []
    for person in make_people(seed, TODAY):
        if person.record is None:
            continue
        sheet = certificates.compose(person, certificates.Facts(number="SB1", issuer="示例局", issued=TODAY))
        counts.append(sheet.pages)
        texts = owner.texts(sheet.pdf)
        assert len(texts) == sheet.pages
        for text in texts:
            assert owner.normal(person.name) in owner.normal(text)
            assert person.number in text
        with pdfium.opened(sheet.pdf) as document:
            for page in document:
                pixels = pdfium.render(page, dpi=50)
                foot = pixels[int(pixels.shape[0] * (1 - 46 / 297)) :]  # the lowest 46 mm
                assert foot.min() == 255
    assert counts[0] == 1
    assert counts[2] == 3
    assert set(counts) == {1, 2, 3}


def test_a_kiosk_finds_room_for_its_overlay_on_every_page(tmp_path):
    """An overlay that finds none refuses the print, so the issuer's sheet has to leave it."""
    operator = authority.make_root("Operator")
    authority.make_kiosk(operator, "TEST-0001").save(tmp_path / "kiosk.pem", tmp_path / "kiosk.key")
    signer = KeyFile(tmp_path / "kiosk.key", tmp_path / "kiosk.pem")
    kind = licence_type()
    for person in make_people(2, TODAY)[:3]:
        sheet = certificates.compose(person, certificates.Facts(number="SB1", issuer=kind.issuer, issued=TODAY))
        document = issued.accept(SecretBytes(sheet.pdf), licence="x", subject="s")
        imprint = overlay.Imprint(
            serial="7K3MXQ2P9RTVA",
            kiosk="TEST-0001",
            place="示例市示例区幸福街道便民服务中心",
            issuer=kind.issuer,
            purpose="个人参保证明打印",
            printed_at=1_800_000_000,
            expires_at=1_800_000_000 + 30 * 86_400,
            licence_type=kind.code,
            holder=SecretText(person.number),
        )
        assert len(list(overlay.compose(document, imprint, owner="s", signer=signer))) == sheet.pages


def test_a_person_without_a_record_has_no_certificate():
    person = next(each for each in make_people(1, TODAY) if each.record is None)
    with pytest.raises(ValueError, match="no record"):
        certificates.compose(person, certificates.Facts(number="SB1", issuer="示例局", issued=TODAY))


def test_a_folder_is_fresh_private_and_filled_once(tmp_path):
    folders = [SandboxFolder(tmp_path / name) for name in ("one", "two")]
    for each in folders:
        provision(each, seed=1, kiosk="TEST-0001")
    with pytest.raises(FileExistsError, match="holds a sandbox already"):
        provision(folders[0], seed=1, kiosk="TEST-0001")
    for name in ("issuer_roots", "operator_roots", "kiosk_key", "kiosk_secret", "control_token", "keepers"):
        assert getattr(folders[0], name).read_bytes() != getattr(folders[1], name).read_bytes()
    for path in (each for each in folders[0].root.rglob("*") if each.is_file() and each.name != "seal.pdf"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    kiosk = x509.load_pem_x509_certificate(folders[0].kiosk_certificate.read_bytes())
    operator = x509.load_pem_x509_certificate(folders[0].operator_roots.read_bytes())
    kiosk.verify_directly_issued_by(operator)
    assert len(kiosk.public_bytes(Encoding.DER)) < 360  # it travels in a QR code
    with pytest.raises(ValueError, match="issuer"):
        kiosk.verify_directly_issued_by(x509.load_pem_x509_certificate(folders[0].issuer_roots.read_bytes()))


def test_the_control_surface_wants_its_token_and_good_words(sandbox):
    token = sandbox.folder.control_token.read_text()
    with httpx.Client(base_url=sandbox.address, trust_env=False) as client:
        for headers in ({}, {"x-control-token": "0" * len(token)}):
            assert client.post("/control/faults", content=b'{"verb":"torn"}', headers=headers).status_code == 403
        assert sandbox.state()["faults"] == []
        for wrong in (
            b"",
            b'{"verb":"explode"}',
            b'{"verb":"torn","endpoint":"/nowhere"}',
            b'{"verb":"torn","count":0}',
            b'{"verb":"slow"}',
            b'{"verb":"torn","cuont":1}',
        ):
            reply = client.post("/control/faults", content=wrong, headers={"x-control-token": token})
            assert reply.status_code == 422, wrong
    assert sandbox.state()["faults"] == []
    sandbox.break_("torn", at.HEALTH.path, count=2)
    sandbox.break_("expired", at.HEALTH.path)
    found = sandbox.state()["faults"]
    assert [(each["verb"], each["endpoint"], each["count"]) for each in found] == [
        ("torn", at.HEALTH.path, 2),
        ("expired", at.LICENCE_FETCH.path, 1),
    ]
    sandbox.mend()
    assert sandbox.state()["faults"] == []


def test_every_verb_is_known_to_the_desk(sandbox):
    for verb in Verb:
        sandbox.break_(verb, seconds=1.0)
    assert len(sandbox.state()["faults"]) == len(Verb)
    sandbox.mend()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 0),
        ({"secret": b"0" * 32}, 11),
        ({"kiosk": "OTHER-001"}, 11),
        ({"sent": b'{"x": 1}'}, 11),
        ({"instead": "/v1/serials/lookup"}, 11),
        ({"headers": {"date": "Mon, 01 Jan 2024 00:00:00 GMT"}}, 11),
        ({"headers": {"date": ""}}, 11),
        ({"instead": "/v1/nothing"}, 2),
        ({"instead": "/v1/health?name=x"}, 2),
    ],
)
def test_signatures(sandbox, changes, status):
    reply = post(sandbox, "/v1/health", HealthRequest(), **changes)
    assert reply.status_code == 200
    assert reply.json()["status"] == status


def test_an_old_date_with_a_right_signature_is_refused(sandbox):
    secret = signing.read_secret(sandbox.folder.kiosk_secret).reveal()
    for age, wanted in ((timedelta(minutes=4), ""), (timedelta(minutes=6), "date too far from the platform's clock")):
        now = datetime.now(UTC)
        headers = signing.sign("/v1/health", b"{}", kiosk="K", secret=secret, now=now - age)
        assert signing.fault_in("/v1/health", b"{}", headers, secret=secret, now=now) == wanted


def test_requests_that_are_not_as_agreed(sandbox):
    for raw in (b"", b"[]", b'{"serial": 1}', b"\xff", b'{"serial": "x"' + b" " * 70_000 + b"}"):
        reply = post(sandbox, at.SERIAL_STATE.path, raw)
        assert reply.json()["status"] in (11, 12)
    with httpx.Client(trust_env=False) as client:
        assert client.get(sandbox.address + "/v1/health").json()["status"] == 2


def test_every_exchange_is_captured_as_it_crossed_the_wire(sandbox):
    before = captured(sandbox)
    good = post(sandbox, at.HEALTH.path, HealthRequest())
    sandbox.break_("torn", at.HEALTH.path)
    with pytest.raises(httpx.RemoteProtocolError):
        post(sandbox, at.HEALTH.path, HealthRequest())
    sandbox.break_("cut_before", at.HEALTH.path)
    with pytest.raises(httpx.RemoteProtocolError):
        post(sandbox, at.HEALTH.path, HealthRequest())
    sandbox.break_("http500", at.HEALTH.path)
    failed = post(sandbox, at.HEALTH.path, HealthRequest())
    whole, torn, cut, error = captured(sandbox)[len(before) :]
    assert base64.b64decode(whole.response_base64) == good.content
    assert (whole.method, whole.path, whole.status, whole.fault) == ("POST", "/v1/health", 200, "")
    assert base64.b64decode(whole.request_base64) == b"{}"
    assert torn.fault == "torn"
    assert 0 < len(base64.b64decode(torn.response_base64)) < len(good.content)
    assert (cut.fault, cut.status, cut.response_base64) == ("cut_before", 0, "")
    assert (error.status, error.fault) == (500, "http500")
    assert failed.status_code == 500


def captured(sandbox) -> list[Exchange]:
    paths = sorted(sandbox.folder.capture.glob("exchange-*.json"))
    return [msgspec.json.decode(each.read_bytes(), type=Exchange) for each in paths]


def test_a_checker_finds_the_sealed_file_in_the_capture(sandbox):
    person = sandbox.people()[0]
    request = GrantRequest(
        key="k",
        holder_name=SecretText(person.name),
        holder_number=SecretText(person.number),
        licence_types=(licence_type().code,),
        item="KX-RS-001",
        purpose="打印",
    )
    grant = post(sandbox, at.LICENCE_GRANT.path, request).json()["data"]["grants"][0]["grant"]
    reply = post(sandbox, at.LICENCE_FETCH.path, json.dumps({"grant": grant}).encode())
    last = captured(sandbox)[-1]
    found = json.loads(base64.b64decode(last.response_base64))["data"]["file"]
    assert base64.b64decode(found) == body.decode(json.dumps(reply.json()["data"]).encode(), SealedFile).file.reveal()
    assert person.number in owner.texts(base64.b64decode(found))[0]


STARTER = """
import sys, time
from pathlib import Path
from kiosk.sandbox import launch
print(launch.start(Path(sys.argv[1])).process.pid, flush=True)
time.sleep(60)
"""


def test_it_ends_when_told_and_when_its_parent_dies(tmp_path):
    """A killed demo must leave no platform behind; the folder can be used again."""
    folder = SandboxFolder(tmp_path / "platform")
    parent = subprocess.Popen([sys.executable, "-c", STARTER, str(folder.root)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(child)
    running = launch.start(folder.root)
    assert folder.address.read_text() == running.address
    running.stop()
    assert running.process.returncode == 0
    assert not folder.address.exists()


def alive(pid: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
