"""`kiosk staff`: PINs that are never an argument, a roster that names nobody, codes for the telephone."""

from __future__ import annotations

import io
import stat
import time
from pathlib import Path

import pytest

from drivers.contract.secret import SecretText
from kiosk.cli import staff as staff_command
from kiosk.cli import staff_card
from kiosk.maintenance.door import time_codes, verifier
from kiosk.maintenance.door.private import alone_in, read_key
from kiosk.maintenance.door.roster import Member, change_roster, load_roster
from kiosk.maintenance.door.rules import Cost, rules
from kiosk.maintenance.rights import Role
from tests.support.command import Ran, kiosk, kiosk_here

SITE = """
kiosk_id = "XJ-0001"
name = "某地"
place = "某地"
items = []
state_folder = "state"
[platform]
url = "http://127.0.0.1:1"
secret_file = "s"
issuer_roots = "r"
[keys]
kiosk_key = "k"
kiosk_certificate = "c"
operator_roots = "o"
[elsewhere]
place = "x"
address = "x"
hours = "x"
phone = "x"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(SITE + '[staff]\nroster = "staff.toml"\ntime_codes = "time-codes.key"\n', "utf-8")
    return path


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a PIN costs is measured elsewhere."""
    make = verifier.make
    monkeypatch.setattr(verifier, "make", lambda pin, cost: make(pin, Cost(n=4096, r=1, p=1)))


def staff(site: Path, *arguments: str, given: str = "", monkeypatch: pytest.MonkeyPatch | None = None) -> Ran:
    if monkeypatch is not None:
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
    return kiosk_here("staff", arguments[0], "--site", site, *arguments[1:], folder=site.parent)


def test_from_the_first_administrator_to_the_last_keeper(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    added = staff(site, "add", "--role", "administrator", "--json", given="902715\n", monkeypatch=monkeypatch)
    assert added.json == {"code": "A-0001", "role": "administrator", "valid_until": None}
    added = staff(site, "add", "--role", "keeper", "--until", "2027-12-31", given="135790\n", monkeypatch=monkeypatch)
    assert added.code == 0, added
    assert "902715" not in added.out
    roster = site.parent / "staff.toml"
    assert stat.S_IMODE(roster.stat().st_mode) == 0o600
    assert staff(site, "list", "--json").json == [
        {"code": "A-0001", "role": "administrator", "cards": 0, "valid_until": None},
        {"code": "K-0002", "role": "keeper", "cards": 0, "valid_until": "2027-12-31"},
    ]
    assert verifier.fits(SecretText("902715"), load_roster(roster).member[0].pin)
    assert staff(site, "pin", "A-0001", given="864209\n", monkeypatch=monkeypatch).code == 0
    assert verifier.fits(SecretText("864209"), load_roster(roster).member[0].pin)
    assert staff(site, "remove", "K-0002").code == 0
    assert [each.code for each in load_roster(roster).member] == ["A-0001"]


def test_what_somebody_wrote_at_the_screen_while_a_pin_was_typed_stays(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = site.parent / "staff.toml"
    staff(site, "add", "--role", "administrator", given="902715\n", monkeypatch=monkeypatch)
    ask = staff_command._asked_pin

    def types_slowly() -> SecretText:
        pin = verifier.make(SecretText("864209"), rules().pin.scrypt)
        change_roster(path, lambda kept: kept.put(Member(code="T-0002", role=Role.TECHNICIAN, pin=pin)))
        return ask()

    monkeypatch.setattr(staff_command, "_asked_pin", types_slowly)
    added = staff(site, "add", "--role", "keeper", "--json", given="135790\n", monkeypatch=monkeypatch)
    assert added.json["code"] == "K-0003", "the code that was free before is somebody's now"
    assert [each.code for each in load_roster(path).member] == ["A-0001", "T-0002", "K-0003"]
    monkeypatch.setattr(staff_command, "_asked_pin", lambda: types_and_is_removed())

    def types_and_is_removed() -> SecretText:
        change_roster(path, lambda kept: kept.without("K-0003"))
        return SecretText("864209")

    assert staff(site, "pin", "K-0003").code == 2, "who was taken off meanwhile does not come back"
    assert [each.code for each in load_roster(path).member] == ["A-0001", "T-0002"]
    with monkeypatch.context() as hurried, alone_in(path.parent):
        hurried.setattr(staff_command.time, "sleep", lambda seconds: None)
        held = staff(site, "remove", "T-0002")
    assert held.code == 1
    assert "占着名单" in held.err


@pytest.mark.parametrize("pin", ["", "111111", "90271", "９０２７１５"])
def test_a_pin_that_is_none_is_refused_and_nothing_is_written(
    site: Path, monkeypatch: pytest.MonkeyPatch, pin: str
) -> None:
    ran = staff(site, "add", "--role", "keeper", given=f"{pin}\n", monkeypatch=monkeypatch)
    assert ran.code == 2
    assert "→" in ran.err
    assert pin == "" or pin not in ran.err
    assert not (site.parent / "staff.toml").exists()


def test_what_cannot_be_is_told_with_its_cure(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = {"given": "902715\n", "monkeypatch": monkeypatch}
    assert staff(site, "add", "--role", "keeper", "--code", "K-0001", **ask).code == 0  # type: ignore[arg-type]
    for arguments in (
        ("add", "--role", "keeper", "--code", "K-0001"),
        ("add", "--role", "keeper", "--code", "T-0001"),
        ("add", "--role", "keeper", "--code", "P-0007"),
        ("add", "--role", "keeper", "--code", "林青"),
        ("pin", "K-0009"),
        ("remove", "K-0009"),
        ("card", "K-0001"),
    ):
        ran = staff(site, *arguments, **ask)  # type: ignore[arg-type]
        assert ran.code == 2, (arguments, ran)
        assert "→" in ran.err, arguments
    (site.parent / "staff.toml").chmod(0o644)
    assert "chmod 600" in staff(site, "list").err


def test_a_site_without_a_roster_says_what_to_write(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(SITE, "utf-8")
    assert "[staff]" in staff(site, "list").err


def test_a_card_becomes_somebody_s_once(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staff(site, "add", "--role", "keeper", given="902715\n", monkeypatch=monkeypatch)
    staff(site, "add", "--role", "keeper", given="902715\n", monkeypatch=monkeypatch)
    monkeypatch.setattr(staff_card, "_laid", lambda arguments, path: "key:" + "0" * 64)
    assert staff(site, "card", "--profile", "p.toml", "K-0001").code == 0
    assert staff(site, "list", "--json").json[0]["cards"] == 1
    refused = staff(site, "card", "--profile", "p.toml", "K-0002")
    assert refused.code == 1
    assert "K-0001" in refused.err
    assert staff(site, "card", "--withdraw", "K-0001").code == 0
    assert staff(site, "card", "--profile", "p.toml", "K-0002").code == 0


def test_a_code_of_the_operator_is_the_one_that_the_machine_expects(tmp_path: Path) -> None:
    """As another process, the way an operator runs it."""
    key = tmp_path / "key"
    assert kiosk("staff", "key", key, folder=tmp_path).code == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    assert kiosk_here("staff", "key", key, folder=tmp_path).code == 1, "a key in use is not replaced"
    assert key.read_bytes() == before
    told = kiosk_here(
        "staff", "code", "--secret", key, "--kiosk", "XJ-0001", "--number", "0731", "--json", folder=tmp_path
    ).json
    grant = time_codes.find(
        read_key(key), told["code"], kiosk="XJ-0001", number="0731", at=time.time(), rule=rules().time_code
    )
    assert grant is not None
    assert grant.role is Role.TECHNICIAN
    for wrong in (("--kiosk", "x", "--number", "0731"), ("--kiosk", "XJ-0001", "--number", "73")):
        assert kiosk_here("staff", "code", "--secret", key, *wrong, folder=tmp_path).code == 2


def test_the_check_says_who_could_come_in(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = kiosk_here("check", "--site", site, "--json", folder=site.parent).json["mistakes"]
    assert [line for line in lines if "staff.toml" in line], "a roster that is named must be there"
    assert [line for line in lines if "time-codes.key" in line]
