"""The way to the platform, part by part: name, port, certificate, platform, clock; and a network that is made by nmcli."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.contract.secret import SecretText
from kiosk.gateways import interface, transport
from kiosk.gateways.enrolment import Hello
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.gateways.health import Health
from kiosk.sandbox.launch import Sandbox
from kiosk.setup import network
from kiosk.setup.network import Fixed, NetworkRefuses
from kiosk.setup.reach import Part, Reach, reach

_SECOND = timedelta(days=1)


def found(url: str, authority: Path | None = None) -> Reach:
    return asyncio.run(reach(url, authority))


def test_all_is_well(platform: Sandbox) -> None:
    told = found(platform.address)
    assert told.ok
    assert [each.part for each in told.findings] == [Part.NAME, Part.PORT, Part.PLATFORM, Part.CLOCK]


@pytest.mark.parametrize(
    ("url", "part"),
    [("https://no-such-host.invalid", Part.NAME), ("http://127.0.0.1:9", Part.PORT)],
)
def test_the_first_part_that_is_not_well_is_named(url: str, part: Part) -> None:
    told = found(url)
    assert (told.failed, told.ok) == (part, False)


@pytest.mark.parametrize("verb", ["http500", "torn", "cut_before", "garbled"])
def test_who_answers_otherwise_is_no_platform(platform: Sandbox, verb: str) -> None:
    platform.break_(verb, count=None)
    assert found(platform.address).failed is Part.PLATFORM


def test_a_clock_that_is_off_is_told_in_minutes(platform: Sandbox) -> None:
    platform.break_("clock_off", count=None)
    told = found(platform.address)
    assert told.failed is Part.CLOCK
    assert told.findings[-1].words == "-120"


# --- a platform that answers anything

GOOD = {"number": "117", "name": "示例市", "time": "2026-11-22T09:00:00+08:00"}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=300),
    st.lists(st.integers(), max_size=3),
    st.datetimes().map(datetime.isoformat),
    st.sampled_from(
        [
            "2026-11-22T09:00:00",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "2026-02-30T00:00:00Z",
            "一" * 100_000,
            "名\n称",
            "１１７",
        ]
    ),
)
REPLIES = st.one_of(
    st.binary(max_size=200),
    st.just(b"[" * 100_000),
    st.builds(
        lambda status, odd, cut: json.dumps({"status": status, "data": {**GOOD, **odd}}).encode()[:cut],
        st.one_of(st.just(int(interface.Status.OK)), st.integers(), st.text(max_size=3)),
        st.dictionaries(st.sampled_from([*GOOD, "other"]), ODD, max_size=2),
        st.one_of(st.none(), st.none(), st.integers(0, 120)),
    ),
)


def says(**odd: object) -> bytes:
    return json.dumps({"status": int(interface.Status.OK), "data": {**GOOD, **odd}}).encode()


@settings(max_examples=150, deadline=None)
@given(REPLIES)
@example(says(name="一" * 60_000))
@example(says(name="名\n称"))
@example(says(number=117))
@example(says(time="2026-11-22T09:00:00"))
@example(says(time="0001-01-01T00:00:00+14:00"))
@example(says(time="9999-12-31T23:59:59-14:00"))
@example(says()[:-5])
def test_whatever_a_platform_answers_is_a_finding_that_a_screen_can_show(reply: bytes) -> None:
    class Says:
        def __init__(self, settings: object) -> None:
            """Whatever the address."""

        async def hello(self) -> Hello:
            return transport._read(interface.ENROL_HELLO, reply, Hello)

        async def aclose(self) -> None:
            """Nothing is open."""

    async def named(*_: object) -> str:
        return "127.0.0.1"

    async def near(*_: object) -> float:
        return 0.001

    with pytest.MonkeyPatch.context() as patched:
        for name, stand_in in (("HttpPlatform", Says), ("address_of", named), ("connected", near)):
            patched.setattr(f"kiosk.setup.reach.{name}", stand_in)
        told = found("http://127.0.0.1:9")
    assert told.failed in (None, Part.PLATFORM, Part.CLOCK)
    assert all(len(each.words) < 250 and each.words.isprintable() for each in told.findings)


@pytest.mark.parametrize("time", ["2026-11-22T09:00:00", "2026-11-22"])
def test_a_clock_without_a_zone_is_no_clock(time: str) -> None:
    for shape, endpoint in ((Hello, interface.ENROL_HELLO), (Health, interface.HEALTH)):
        reply = {"status": int(interface.Status.OK), "data": {**GOOD, "up": True, "time": time}}
        with pytest.raises(GatewayFault) as fault:
            transport._read(endpoint, json.dumps(reply).encode(), shape)
        assert fault.value.code is GatewayCode.TORN


# --- certificates


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Path]]:
    """A TLS server of a private CA: its address, that CA, and another one."""
    folder = tmp_path_factory.mktemp("tls")
    roots = [_root(folder / name) for name in ("ours.pem", "other.pem")]
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    leaf = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(roots[0][0].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SECOND)
        .not_valid_after(now + _SECOND)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(roots[0][1], hashes.SHA256())
    )
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    (folder / "leaf.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
    loop = asyncio.new_event_loop()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    server = loop.run_until_complete(asyncio.start_server(answer, "127.0.0.1", 0, ssl=context))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", folder / "ours.pem", folder / "other.pem"
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def _root(path: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, path.stem)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SECOND)
        .not_valid_after(now + _SECOND)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(made.public_bytes(Encoding.PEM))
    return made, key


def test_a_private_ca_is_believed_only_when_it_was_brought(private: tuple[str, Path, Path]) -> None:
    url, ours, other = private
    assert found(url).failed is Part.CERTIFICATE
    assert found(url, other).failed is Part.CERTIFICATE
    told = found(url, ours)
    assert told.failed is Part.PLATFORM, "the certificate is believed; what answers is no platform"


# --- nmcli

NMCLI = """#!/bin/sh
echo "$@" >> {log}
case "$*" in
  *"wifi list"*) printf '40::Open:Net\\n80:WPA2:Office\\n55:WPA2:Office\\n:--:\\n' ;;
  *"wifi connect"*) read word; echo "typed $word" >> {log}
    [ "$word" = right ] || {{ echo "Secrets were required, not '$word'" >&2; exit 4; }} ;;
  *"connection show"*) printf 'lo:lo\\neth0:Wired connection 1\\n' ;;
esac
"""


@pytest.fixture
def nmcli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A NetworkManager that writes down what it is told."""
    log, program = tmp_path / "log", tmp_path / "nmcli"
    program.write_text(NMCLI.format(log=log))
    program.chmod(0o755)
    monkeypatch.setattr(network, "manager", lambda: str(program))
    return log


def test_wireless_networks_are_listed_once_strongest_first(nmcli: Path) -> None:
    heard = asyncio.run(network.wireless_networks())
    assert [(each.name, each.signal, each.locked) for each in heard] == [("Office", 80, True), ("Open:Net", 40, False)]


def test_a_password_goes_through_a_pipe_and_a_wrong_one_is_told(nmcli: Path) -> None:
    password = SecretText("right")
    asyncio.run(network.join("Office", password))
    assert password.wiped
    with pytest.raises(NetworkRefuses, match="Secrets") as told:
        asyncio.run(network.join("Office", SecretText("wr0ng")))
    assert "wr0ng" not in str(told.value), "its own words may quote what was typed"
    lines = nmcli.read_text().splitlines()
    assert "typed right" in lines
    assert not any("right" in line for line in lines if "connect" in line), "ps would show it"


def test_a_fixed_address_and_back(nmcli: Path) -> None:
    asyncio.run(network.use_fixed("eth0", Fixed(address="192.0.2.7/24", gateway="192.0.2.1", dns="192.0.2.53")))
    asyncio.run(network.use_dhcp("eth0"))
    told = nmcli.read_text()
    assert "modify Wired connection 1 ipv4.method manual ipv4.addresses 192.0.2.7/24 ipv4.gateway 192.0.2.1" in told
    assert "ipv4.method auto" in told
    assert told.count("connection up Wired connection 1") == 2


@pytest.mark.parametrize("text", ["", "192.0.2.7", "192.0.2.7/33", "192.0.2.7/32", "a/24", "::1/64"])
def test_what_is_no_address_of_a_machine_in_a_network(text: str) -> None:
    assert not network.is_address(text)
