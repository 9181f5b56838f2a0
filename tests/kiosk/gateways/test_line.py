"""The line to the platform, broken at each layer: the row says which, and why."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk.gateways.line import Broken, Far, LineBroken, address_of, certificate, connected

PATIENCE = 2.0


def made(folder: Path, *, name: str = "localhost", days: int = 90) -> tuple[Path, Path]:
    """A self-signed certificate for a name; (certificate, key)."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certified = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=100))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / f"{name}-{days}.pem", folder / f"{name}-{days}.key"
    files[0].write_bytes(certified.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


@asynccontextmanager
async def server(pem: Path | None = None, key: Path | None = None) -> AsyncIterator[int]:
    context = None
    if pem is not None and key is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem, key)

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    found = await asyncio.start_server(answered, "127.0.0.1", 0, ssl=context)
    async with found:
        yield found.sockets[0].getsockname()[1]


def https(port: int) -> Far:
    return Far("localhost", port, tls=True)


def broken(work: object) -> Broken:
    with pytest.raises(LineBroken) as caught:
        asyncio.run(work)  # type: ignore[arg-type]
    return caught.value.why


def test_a_good_line_is_connected_and_its_certificate_read(tmp_path: Path) -> None:
    async def go() -> None:
        pem, key = made(tmp_path)
        async with server(pem, key) as port:
            assert await address_of(https(port), PATIENCE) in ("127.0.0.1", "::1")
            assert await connected(https(port), "127.0.0.1", PATIENCE) < PATIENCE
            found = await certificate(https(port), "127.0.0.1", pem, PATIENCE)
            assert found.name == "localhost"
            assert 88 <= (found.ends - datetime.now(UTC)).days <= 90

    asyncio.run(go())


def test_a_name_that_nobody_knows() -> None:
    assert broken(address_of(Far("no-such-place.invalid", 443, tls=True), PATIENCE)) is Broken.NAME_UNKNOWN


def test_a_name_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        loop = asyncio.get_running_loop()

        async def silent(*_: object, **__: object) -> None:
            await asyncio.sleep(60)

        monkeypatch.setattr(loop, "getaddrinfo", silent)
        await address_of(https(1), 0.1)

    assert broken(go()) is Broken.NAME_SILENT


def test_a_port_that_nobody_listens_on() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    assert broken(connected(https(port), "127.0.0.1", PATIENCE)) is Broken.REFUSED


def test_a_port_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(*_: object, **__: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(asyncio, "open_connection", silent)
    assert broken(connected(https(443), "192.0.2.1", 0.1)) is Broken.SILENT


@pytest.mark.parametrize(
    ("name", "days", "trusted", "why"),
    [
        ("localhost", 90, False, Broken.UNTRUSTED),
        ("platform.example", 90, True, Broken.WRONG_NAME),
        ("localhost", -1, True, Broken.EXPIRED),
    ],
)
def test_a_wrong_certificate(tmp_path: Path, name: str, days: int, trusted: bool, why: Broken) -> None:
    async def go() -> None:
        pem, key = made(tmp_path, name=name, days=days)
        async with server(pem, key) as port:
            await certificate(https(port), "127.0.0.1", pem if trusted else None, PATIENCE)

    assert broken(go()) is why


def test_a_port_without_tls() -> None:
    async def go() -> None:
        async with server() as port:
            await certificate(https(port), "127.0.0.1", None, PATIENCE)

    assert broken(go()) is Broken.NO_TLS
