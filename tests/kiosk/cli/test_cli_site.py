"""A site's files: keys made as docs/install.md says, what `kiosk check` finds in them, and a platform with a TLS CA of its own."""

from __future__ import annotations

import asyncio
import re
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest

from drivers.contract.secret import SecretText
from kiosk.assembly import platform_of
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.maintenance.door.private import make_key
from kiosk.maintenance.door.roster import Member, Roster, save_roster
from kiosk.maintenance.door.rules import Cost
from kiosk.maintenance.door.verifier import make
from kiosk.maintenance.rights import Role
from kiosk.sandbox.launch import Sandbox, start
from kiosk.settings.site import load_site
from tests.support.command import kiosk_here

ROOT = Path(__file__).parents[3]
INSTALL = (ROOT / "docs" / "install.md").read_text("utf-8")


def _run(script: str, folder: Path) -> None:
    subprocess.run(["bash", "-ec", script], cwd=folder, check=True, capture_output=True, timeout=30)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the page, its keys made by the page's own commands."""
    folder = tmp_path_factory.mktemp("site")
    keys = INSTALL.partition("## 4. Keys")[2].partition("## 5.")[0]
    commands = "\n".join(re.findall(r"^    (?!sudo)(.*)$", keys, re.MULTILINE))
    _run(commands, folder)
    (folder / "kiosk-secret").write_text("ab" * 32)
    (folder / "issuer-root.pem").write_bytes((folder / "operator-root.pem").read_bytes())
    save_roster(folder / "staff.toml", Roster())
    make_key(folder / "time-codes.key")
    site = re.findall(r"```toml\n(.*?)```", INSTALL, re.DOTALL)[1]
    (folder / "site.toml").write_text(site, "utf-8")
    return folder


@pytest.fixture
def site(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may break."""
    for file in made.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
        (tmp_path / file.name).chmod(0o600)
    return tmp_path / "site.toml"


def _mistakes(site: Path, *more: str) -> list[str]:
    found: list[str] = kiosk_here("check", "--site", site, *more, "--json", folder=site.parent).json["mistakes"]
    return found


def test_keys_made_as_the_page_says_sign_what_is_judged_genuine(site: Path) -> None:
    assert _mistakes(site) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("rm kiosk-secret", "platform.secret_file: 文件"),
        ("echo no > kiosk-secret", "platform.secret_file: 文件"),
        ("echo abcd > kiosk-secret", "platform.secret_file: 文件"),
        ("echo no > issuer-root.pem", "platform.issuer_roots: 文件"),
        ("rm staff.toml", "staff.roster: 文件"),
        ("rm operator-root.pem; mkdir operator-root.pem", "keys.operator_roots: 文件"),
        ("cp kiosk.pem operator-root.pem", "keys.operator_roots: 文件"),
        ("chmod 644 kiosk.key", "keys.kiosk_key: "),
        ("echo no > kiosk.key", "keys.kiosk_key: "),
        ("openssl ec -aes128 -passout pass:x -in kiosk.key -out k && mv k kiosk.key && chmod 600 kiosk.key", "keys.kiosk_key: "),
        ("openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out kiosk.key", "keys.kiosk_key: "),
        ("sed -i s/XJ-0001/XJ-0002/ site.toml", "keys.kiosk_certificate: 这台机器签的码通不过核验：签发终端与核验码所写的不一致"),
        ("sed -i 's#https://platform#http://platform#' site.toml", "platform.url: http://platform.example 用不了"),
        ("sed -i 's#platform.example#platform.example:99999#' site.toml", "platform.url: "),
        ("sed -i '/^secret_file/i authority_file = \"none.pem\"' site.toml", "platform.authority_file: 文件"),
        ("sed -i '/^secret_file/i authority_file = \"site.toml\"' site.toml", "platform.authority_file: 文件"),
        (": > empty.pem; sed -i '/^secret_file/i authority_file = \"empty.pem\"' site.toml", "platform.authority_file: 文件"),
    ],
)  # fmt: skip
def test_a_file_that_the_kiosk_could_not_use_is_told_before_it_starts(site: Path, change: str, named: str) -> None:
    _run(change, site.parent)
    mistakes = _mistakes(site)
    assert [line for line in mistakes if line.startswith(f"{site}: {named}") and "→" in line], mistakes
    assert len(mistakes) == 1, mistakes


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("echo name = 1 > staff.toml", "staff.toml: name: 不认识"),
        ("chmod 644 staff.toml", "staff.toml: 别的账号"),
        ("echo abcd > time-codes.key", "time-codes.key: 不足"),
    ],
)
def test_what_keeps_the_staff_out_is_told(site: Path, change: str, named: str) -> None:
    _run(change, site.parent)
    (line,) = _mistakes(site)
    assert line.startswith(f"{site.parent}/{named}")
    assert "→" in line


@pytest.mark.parametrize(
    ("written", "until", "warned"),
    [(False, None, True), (True, date(2000, 1, 1), True), (True, None, False), (True, date.max, False)],
)
def test_a_place_that_only_the_telephone_opens_is_told_of_a_full_disk(
    site: Path, written: bool, until: date | None, warned: bool
) -> None:
    pin = make(SecretText("902715"), Cost(n=4096, r=1, p=1))
    somebody = Member(code="A-0001", role=Role.ADMINISTRATOR, pin=pin, valid_until=until)
    save_roster(site.parent / "staff.toml", Roster(member=(somebody,)))
    if not written:
        site.write_text(re.sub(r"(?m)^roster = .*\n", "", site.read_text("utf-8")), "utf-8")
    told = kiosk_here("check", "--site", site, "--json", folder=site.parent).json
    assert told["ok"], told
    lines = [line for line in told["remarks"] if "staff" in line]
    assert len(lines) == warned
    assert all(line.startswith(f"{site}: staff.roster: ") and "磁盘" in line and "→" in line for line in lines)


def test_a_kiosk_certified_by_a_stranger_is_told(site: Path) -> None:
    folder = site.parent
    _run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -subj '/CN=Other' -days 9 "
        "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -out operator-root.pem",
        folder,
    )
    assert "签发终端不在认可名单内" in _mistakes(site)[0]


# --- TLS

CERTIFICATES = """
for ca in mine other; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $ca.key -subj "/CN=$ca" -days 9 \
      -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -out $ca.pem
done
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -subj /CN=platform -out server.csr
printf 'subjectAltName=IP:127.0.0.1\\n' > server.ext
openssl x509 -req -in server.csr -CA mine.pem -CAkey mine.key -CAcreateserial -days 9 -extfile server.ext -out server.pem
"""


@asynccontextmanager
async def _behind_tls(folder: Path, sandbox: Sandbox) -> AsyncIterator[str]:
    """A TLS server before the sandbox, as a gateway stands before a platform; give its address."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    behind = int(sandbox.address.rpartition(":")[2])

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", behind)
        await asyncio.gather(pour(reader, there_writer), pour(there_reader, writer), return_exceptions=True)

    server = await asyncio.start_server(carry, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def test_a_platform_with_a_ca_of_its_own_is_reached_by_who_was_given_it_and_by_nobody_else(site: Path) -> None:
    folder = site.parent
    _run(CERTIFICATES, folder)
    sandbox = start(folder / "platform", kiosk="XJ-0001")

    async def ask(address: str, authority: str) -> str:
        given = {"platform.url": address, "platform.secret_file": str(sandbox.folder.kiosk_secret)}
        client = platform_of(
            load_site(site, {**given, **({"platform.authority_file": authority} if authority else {})})
        )
        try:
            return f"answered {await client.public_state('NOSUCHSERIAL1')}"
        except GatewayFault as fault:
            return fault.code.value
        finally:
            await client.aclose()

    async def all_three() -> list[str]:
        async with _behind_tls(folder, sandbox) as address:
            return [await ask(address, authority) for authority in ("mine.pem", "other.pem", "")]

    try:
        assert asyncio.run(all_three()) == ["answered None", GatewayCode.UNREACHABLE, GatewayCode.UNREACHABLE]
    finally:
        sandbox.stop()
    assert _mistakes(site, "--set", "site.platform.authority_file=mine.pem") == []
