"""The whole set-up without glass, on emulated devices at real ports and a real platform: what comes out serves visitors."""

from __future__ import annotations

import asyncio
import hashlib
import json
import stat
import tomllib
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from kiosk.cli.check import mistakes
from kiosk.maintenance.door.roster import Roster, load_roster, save_roster
from kiosk.maintenance.door.tokens import token_key
from kiosk.sandbox.launch import Sandbox
from kiosk.settings.profile import load_profile
from kiosk.settings.site import load_site
from kiosk.setup import answers, enrolling, written
from kiosk.setup import folder as files
from kiosk.setup import work as works
from kiosk.setup.export import MANIFEST, SIGNATURE, export
from kiosk.setup.folder import SetupFolder
from kiosk.setup.headless import set_up_from_answers
from kiosk.setup.steps import devices
from kiosk.setup.work import Machine, Work
from tests.kiosk.setup.made_up import NoBuses, nothing
from tests.support.new_machine import READER, new_machine
from tests.support.set_up import from_file, walked, whole


def texts(folder: Path) -> dict[str, str]:
    """The files of a set-up that do not differ between two runs."""
    kept = ("site.toml", "profile.toml", "answers.toml", "kiosk.service", "kiosk-screen.service")
    return {name: (folder / name).read_text("utf-8").replace(str(folder), "DIR") for name in kept}


def test_everything_that_is_plugged_in_is_found_and_what_comes_out_is_a_kiosk(
    tmp_path: Path, platform: Sandbox
) -> None:
    """By touch, and once more from the answers of the first machine: the same files but for the machine's own name."""

    async def go() -> None:
        first, second = SetupFolder(tmp_path / "first"), SetupFolder(tmp_path / "second")
        async with new_machine(tmp_path, platform=platform) as machine:
            about = Machine(sources=machine.sources, sticks=tuple)
            work = Work.taken_up(first, about)
            serve, _ = await walked(work, whole(platform.address, platform.new_code("QQ-0001")))
            assert serve is False
            again = Work.taken_up(second, about)
            again.adopt(*from_file(first.answers, tmp_path / "answers.toml", platform.new_code("QQ-0002"), detect=True))
            outcomes = await set_up_from_answers(again, lambda *_: None)
        assert all(each.ok for each in outcomes), outcomes
        assert mistakes([first.site, second.site], [first.profile, second.profile], {}, {}) == []
        there, other = texts(first.root), texts(second.root)
        assert {
            name: text.replace("QQ-0001", "QQ-0002").replace("qq-0001", "qq-0002") for name, text in there.items()
        } == other

        site, profile = load_site(first.site), load_profile(first.profile)
        assert (site.kiosk_id, site.items, site.name) == ("QQ-0001", ("KX-RS-001",), "清泉村政务自助服务")
        assert {name: each.driver for name, each in profile.devices.items()} == {
            "id_reader": "sdt_serial",
            "camera": "v4l2",
            "a4_printer": "ipp",
            "receipt_printer": "escpos",
        }
        assert profile.production
        assert site.staff.roster == first.staff, "somebody can come into maintenance"
        place = profile.devices["id_reader"].place
        assert place is not None
        assert place.path == READER
        assert [each.code for each in load_roster(first.staff).administrators()] == ["A-0001"]
        for secret in (*first.private, first.root / "keys"):
            assert stat.S_IMODE(secret.stat().st_mode) & 0o077 == 0, secret
        assert not first.enrolled.exists()
        check_export(first, tmp_path)

    asyncio.run(go())


def check_export(folder: SetupFolder, into: Path) -> None:
    """What is taken along is whole, signed by the kiosk's key, and without keys unless they are asked for."""
    token_key(folder.staff, make=True)
    (one,) = load_roster(folder.staff).member
    save_roster(folder.staff, Roster(member=(one.model_copy(update={"cards": ("id_card:" + "0" * 64,)}),)))
    for private in (False, True):
        path = export(folder, into, datetime(2026, 11, 22, 12, int(private), tzinfo=UTC), private=private)
        with zipfile.ZipFile(path) as archive:
            held = {name: archive.read(name) for name in archive.namelist()}
        manifest, signature = held.pop(MANIFEST), held.pop(SIGNATURE)
        assert json.loads(manifest)["files"] == {
            name: hashlib.sha256(content).hexdigest() for name, content in held.items()
        }
        key = x509.load_pem_x509_certificate(held["keys/kiosk.pem"]).public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        halves = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        key.verify(encode_dss_signature(*halves), manifest, ec.ECDSA(hashes.SHA256()))
        assert {"keys/kiosk.key", "keys/kiosk-secret", "staff.toml"} <= set(held) if private else True
        assert "keys/staff.key" not in held
        assert "staff.key" not in held
        if private:
            staff = tomllib.loads(held["staff.toml"].decode("utf-8"))
            assert [sorted(each) for each in staff["member"]] == [["code", "pin", "role"]], (
                "no token of a card goes along"
            )
        assert private or not any(b"PRIVATE KEY" in content or b"scrypt$" in content for content in held.values())
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


WRITES = 23
"""Files that a set-up writes, answers after each answer included."""
QUICK = (12, 14, 20, 23)
"""The devices are kept; the platform has answered; the profile is written; the site is written."""


@pytest.mark.parametrize(
    "cut", [pytest.param(each, marks=[] if each in QUICK else pytest.mark.slow) for each in range(1, WRITES + 1)]
)
def test_the_power_goes_at_each_write_and_the_set_up_goes_on(
    tmp_path: Path, platform: Sandbox, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    """Before the file is in its place, or right after: the next start asks for no more than what was not written."""
    folder = SetupFolder(tmp_path / "kiosk")
    code = platform.new_code(f"CUT-{cut:04d}")
    done: list[str] = []

    def put(path: Path, content: bytes, *, private: bool = True) -> None:
        done.append(path.name)
        if len(done) == cut and cut % 2:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.with_name(path.name + ".part").write_bytes(content[: len(content) // 2])
            raise PowerCut
        write(path, content, private=private)
        if len(done) == cut:
            raise PowerCut

    write = files.put
    for module in (answers, enrolling, works, written):
        monkeypatch.setattr(module, "put", put)
    monkeypatch.setattr(devices, "Buses", NoBuses)

    async def go() -> None:
        script = whole(platform.address, code, setup_devices_none="next")
        about = Machine(sources=nothing(tmp_path), sticks=tuple)
        with pytest.raises(PowerCut):
            await walked(Work.taken_up(folder, about), dict(script))
        asked_before = len(done)
        assert folder.finished == (cut == WRITES and not cut % 2)
        _, window = await walked(Work.taken_up(folder, about), whole(platform.address, code, setup_devices_none="next"))
        assert mistakes([folder.site], [folder.profile], {}, {}) == []
        assert load_site(folder.site).kiosk_id == f"CUT-{cut:04d}"
        assert ("setup_place" in window.names) == (cut - cut % 2 < PLACE_SAID)
        assert ("setup_pin" in window.names) == (cut <= ENROLLED)
        assert len(done) <= asked_before + WRITES

    asyncio.run(go())


PLACE_SAID, ENROLLED = 10, 15


def test_a_set_up_writes_as_many_files_as_are_cut_off(
    tmp_path: Path, platform: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def put(path: Path, content: bytes, *, private: bool = True) -> None:
        done.append(path.name)
        write(path, content, private=private)

    write = files.put
    for module in (answers, enrolling, works, written):
        monkeypatch.setattr(module, "put", put)
    monkeypatch.setattr(devices, "Buses", NoBuses)
    about = Machine(sources=nothing(tmp_path), sticks=tuple)
    work = Work.taken_up(SetupFolder(tmp_path / "kiosk"), about)
    asyncio.run(walked(work, whole(platform.address, platform.new_code("ALL-0001"), setup_devices_none="next")))
    assert len(done) == WRITES
    assert done[-1] == "site.toml"


class PowerCut(BaseException):
    """Nobody catches it."""
