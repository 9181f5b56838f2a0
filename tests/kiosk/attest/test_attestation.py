"""The attestation names what runs here, and one changed byte of it anywhere; nobody else can have signed it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import pytest

from drivers import registry
from drivers.digests import digest_of
from kiosk.attest import measure as measuring
from kiosk.attest import statement
from kiosk.attest.measure import PartKind
from kiosk.documents.chain import NotGenuine, load_roots
from tests.support.command import Ran, kiosk_here
from tests.support.machine import KIOSK, Machine, machine

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def there(tmp_path: Path) -> Machine:
    return machine(tmp_path / "machine")


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The installed packages, copied, so that a test may change them."""
    for package in ("kiosk", "drivers", "themes"):
        source = Path(str(resources.files(package)))
        shutil.copytree(source, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.ogg", "pictures"))
    monkeypatch.setattr(measuring, "files", lambda package: tmp_path / getattr(package, "__name__", package))
    real = registry.folder
    monkeypatch.setattr(registry, "folder", lambda driver: tmp_path / "drivers" / real(driver).name)
    return tmp_path


def flip(path: Path) -> None:
    """Change one byte."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize(
    ("file", "kind", "name"),
    [
        ("kiosk/lobby/lobby.py", PartKind.RUNTIME, "lobby/lobby.py"),
        ("kiosk/policies/visit.toml", PartKind.RUNTIME, "policies/visit.toml"),
        ("kiosk/catalogue/items/KX-RS-001.toml", PartKind.CATALOGUE, "catalogue/items/KX-RS-001.toml"),
        (
            "kiosk/catalogue/licence_types/social_insurance_record.toml",
            PartKind.LICENCE_TYPES,
            "catalogue/licence_types/social_insurance_record.toml",
        ),
        ("drivers/host.py", PartKind.DRIVERS, "host.py"),
        ("drivers/id_card/sdt_serial.manifest.toml", PartKind.DRIVER, "sdt_serial.manifest.toml"),
        ("themes/sizes/standard.toml", PartKind.APPEARANCE, "sizes/standard.toml"),
    ],
)
def test_one_changed_byte_is_named(there: Machine, copied: Path, file: str, kind: PartKind, name: str):
    before = statement.state(there.site, there.profile)
    assert statement.compare(before, statement.state(there.site, there.profile)) == ()
    flip(copied / file)
    after = statement.state(there.site, there.profile)
    assert [(each.kind, each.files) for each in statement.compare(before, after)] == [(kind, (name,))]
    assert after.digest != before.digest


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda m: m.site_file.write_text(m.site_file.read_text().replace("3 号", "4 号")), PartKind.SITE),
        (lambda m: m.profile_file.write_text(m.profile_file.read_text() + "\n# nothing\n"), None),
        (
            lambda m: m.profile_file.write_text(m.profile_file.read_text().replace("title =", "title = 'x' #")),
            PartKind.PROFILE,
        ),
        (lambda m: (m.folder / "state" / "bindings" / "id_reader.json").write_text("{}"), PartKind.BINDINGS),
        (lambda m: (m.folder / "own.toml").write_text("x = 1"), PartKind.POLICIES),
    ],
)
def test_a_changed_setting_is_told_a_changed_comment_is_not(
    tmp_path: Path, change: Callable[[Machine], object], kind: PartKind | None
):
    there = machine(tmp_path / "machine")
    text = there.site_file.read_text("utf-8")
    there.site_file.write_text(text + '\n[policies]\nvisit = "own.toml"\n', "utf-8")
    (there.folder / "state" / "bindings").mkdir()
    before = statement.state(there.site, there.profile)
    change(there)
    after = statement.state(there.site, there.profile)
    assert [each.kind for each in statement.compare(before, after)] == ([] if kind is None else [kind])


def test_a_driver_is_told_as_tested_by_the_digest_of_the_kit(there: Machine, copied: Path):
    found = statement.state(there.site, there.profile)
    driver = found.part(PartKind.DRIVER, "ipp")
    assert driver is not None
    assert driver.tested
    report = json.loads((copied / "drivers/a4_printer/ipp.report.json").read_bytes())
    assert report["digest"] == digest_of("ipp")
    flip(copied / "drivers/a4_printer/ipp_status.py")
    changed = statement.state(there.site, there.profile).part(PartKind.DRIVER, "ipp")
    assert changed is not None
    assert changed.tested is False


def test_no_secret_and_no_key_is_in_it(there: Machine):
    raw = statement.sign(statement.state(there.site, there.profile), KIOSK, there.signer, at=AT)
    assert b"00" * 32 not in raw
    assert b"PRIVATE" not in raw
    assert len(raw) < 600_000


def test_it_is_believed_only_as_it_was_signed(there: Machine, tmp_path: Path):
    roots = load_roots(there.roots)
    raw = statement.sign(statement.state(there.site, there.profile), KIOSK, there.signer, at=AT)
    read, record = statement.read(raw, KIOSK, roots)
    assert (read.digest, record.time) == (statement.state(there.site, there.profile).digest, AT)
    with pytest.raises(NotGenuine):
        statement.read(raw.replace(read.parts[0].digest.encode(), b"0" * 64), KIOSK, roots)
    with pytest.raises(NotGenuine):
        statement.read(raw, KIOSK, load_roots(machine(tmp_path / "stranger").roots))
    with pytest.raises(NotGenuine):
        statement.read(raw, "KX-360100-0002", roots)


# --- on the command line


def run(there: Machine, *arguments: str | Path) -> Ran:
    return kiosk_here("attest", *arguments, folder=there.folder)


def said(ran: Ran) -> str:
    return ran.out + ran.err


def attest(there: Machine, *more: str | Path) -> Ran:
    return run(there, "--site", there.site_file, "--profile", there.profile_file, *more)


def test_the_command_measures_signs_compares_and_verifies(there: Machine, tmp_path: Path):
    signed = tmp_path / "signed.json"
    made = attest(there, "--out", signed, "--json")
    assert made.code == 0, made.err
    assert made.json["differences"] == []
    again = attest(there, "--against", signed)
    assert (again.code, "完全相同" in said(again)) == (0, True)
    text = there.site_file.read_text("utf-8")
    there.site_file.write_text(text.replace("3 号", "4 号"), "utf-8")
    other = attest(there, "--against", signed)
    assert (other.code, "不同  site" in said(other)) == (1, True)
    seen = run(there, "--verify", signed, "--trust", there.roots)
    assert (seen.code, KIOSK in said(seen)) == (0, True)
    signed.write_bytes(signed.read_bytes().replace(made.json["parts"][0]["digest"].encode(), b"f" * 64))
    forged = run(there, "--verify", signed, "--trust", there.roots)
    assert (forged.code, "不是真的" in said(forged)) == (1, True)


def test_the_command_says_what_is_missing(there: Machine, tmp_path: Path):
    assert "--site" in said(run(there))
    assert run(there).code == 2
    (tmp_path / "no.json").write_text("{}")
    broken = run(there, "--verify", tmp_path / "no.json", "--trust", there.roots)
    assert (broken.code, "不是版本说明" in said(broken)) == (2, True)
    assert "信任谁" in said(run(there, "--verify", tmp_path / "no.json"))
