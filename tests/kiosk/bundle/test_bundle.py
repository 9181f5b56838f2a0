"""The bundle: nothing personal or secret is in it, whatever lies around it; nobody can change it; a bad stick keeps nothing."""

from __future__ import annotations

import errno
import io
import json
import logging
import os
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import msgspec
import pytest

from drivers.contract.faults import FaultCode, fault
from kiosk.attest import statement
from kiosk.bindings import whole
from kiosk.bundle import contents, sealed, stick
from kiosk.bundle.constants import form_of
from kiosk.bundle.devices import last_known, seen
from kiosk.bundle.stick import NotWritten, Why
from kiosk.documents.chain import NotGenuine, load_roots
from kiosk.logbook.events import BROKE, listening
from kiosk.maintenance.readiness.report import compose, keep
from kiosk.maintenance.readiness.summary import pages
from kiosk.opening.pauses import Kind, NotKept, Pause, Pauses
from kiosk.opening.pauses import Why as Because
from kiosk.settings.hours import Days, Hours
from tests.kiosk.maintenance.readiness.bench import Bench, bench
from tests.support.command import kiosk_here
from tests.support.machine import machine
from tests.support.sticks import House

__all__ = ["bench"]

OWN = Pause(
    kind=Kind.ITEM, name="KX-RS-001", why=Because.OWN, words="欧阳测试今天不来", since=1.0, until=9e9, by="A-0001"
)

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NUMBER, NAME, PIN, TOKEN = "99999919480312002X", "欧阳测试", "840317", "sk-canary-5f1e"
"""Synthetic; nothing of them may leave."""


@pytest.fixture
def full(bench: Bench) -> Bench:
    """A machine that has worked, with canaries wherever something of a visitor or a secret could have ended up."""
    site = bench.tools.site
    for number in range(40):
        bench.journal.record("visit", visit=f"v{number}", mode="standard")
    bench.journal.begin_print("op-1", subject="subject-1", device="a4_printer", evidence={"pages": 1})
    bench.journal.record("slip", visit="v1", printed=True, mm=180)
    # What a later defect could do:
    bench.journal.record("oops", text=f"number {NUMBER} read")
    bench.logbook.write("fault", "id_reader", code="card_unreadable", began=1.0, detail=f"{NAME} {NUMBER}")
    bench.logbook.write("selftest", "part:disk", verdict="passed", words="好", by="", secret=TOKEN)
    bench.logbook.write("refill", "a4_printer", sheets=250, by="K-0001", note=NAME, sort="a4")
    bench.logbook.write("draft", "x", text=NAME, pin=PIN)
    (site.state_folder / "staff.sqlite").write_text(f"{NAME} {PIN}")
    (site.state_folder / "drafts").mkdir()
    (site.state_folder / "drafts" / "page.pdf").write_text(NAME)
    site.platform.secret_file.write_text(TOKEN * 4)
    heard = listening(bench.logbook, {"id_reader"})
    log = logging.getLogger("drivers.output")
    log.warning("%s: %s", "id_reader", f"{NAME} {NUMBER} pin={PIN} KeyError")
    log.error("%s", ValueError(NAME), extra={BROKE: ValueError(f"{NUMBER} {TOKEN}")})
    with pytest.raises(NotKept):  # logged in a real place
        Pauses(site.state_folder / "nowhere" / "x").begin(OWN)
    heard.ended(ValueError, ValueError(f"{NAME} {PIN}"), None)
    planted = {"words": [NAME, PIN, "id_reader"], "numbers": [int(PIN), 13800000000, 3], "level": NAME}
    bench.logbook.write("event", NAME, place=f"/{NAME}.py:1", places=[NUMBER], text=NAME, **planted)
    bench.tools.serving.pauses.begin(OWN)
    days = [Days(name=NAME, first=date(2026, 10, 1), closed=True)]
    bench.tools = replace(bench.tools, site=site.model_copy(update={"hours": Hours(opens=time(9), days=tuple(days))}))
    reader = bench.devices[0]
    reader.fault = fault(FaultCode.LINK_SILENT, f"no answer from the card in {NAME} {NUMBER} s")
    reader.status = msgspec.structs.replace(
        reader.status, faults=(fault(FaultCode.CARD_UNREADABLE, f"{NAME} {NUMBER}"),)
    )
    keep(bench.logbook, compose(bench.tools, statement.state(site, bench.tools.profile)))
    return bench


def files_of(bench: Bench) -> dict[str, bytes]:
    tools = bench.tools
    found = statement.state(tools.site, tools.profile)
    report = compose(tools, found)
    return contents.contents(
        site=tools.site,
        devices=seen(tools.devices.table(), tools.profile),
        bound=tools.bindings,
        pauses=tools.serving.pauses.active(),
        start=tools.serving.start.facts(),
        logbook=tools.logbook,
        records=tools.records,
        attestation=statement.sign(found, tools.site.kiosk_id, tools.signer, at=AT),
        report=msgspec.to_builtins(report),
    )


def made(bench: Bench) -> bytes:
    site = bench.tools.site
    return sealed.seal(files_of(bench), site.kiosk_id, bench.tools.signer, site.keys.operator_roots, at=AT)


def canaries(bench: Bench) -> dict[str, bytes]:
    """Every secret by name, in the spellings in which it could stand somewhere."""
    key = bench.tools.site.keys.kiosk_key.read_text()
    words = {"number": NUMBER, "name": NAME, "pin": PIN, "token": TOKEN, "key": key.splitlines()[1]}
    spelled = {name: word.encode() for name, word in words.items()}
    return spelled | {"name escaped": json.dumps(NAME)[1:-1].encode(), "name gb": NAME.encode("gb18030")}


def test_no_canary_is_in_any_byte_of_it_nor_in_the_codes(full: Bench):
    raw = made(full)
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        unpacked = {name: packed.read(name) for name in packed.namelist()}
    found = statement.state(full.tools.site, full.tools.profile)
    texts = pages(compose(full.tools, found), found, full.tools.history.recent(20), full.tools.signer, at=AT)
    places = {"zip": raw, **unpacked, **{f"code {number}": text.encode() for number, text in enumerate(texts)}}
    there = [
        (name, place) for name, word in canaries(full).items() for place, content in places.items() if word in content
    ]
    assert there == []
    assert set(unpacked) >= contents.NAMES
    assert b"250" in unpacked["logbook/refill.json"], "what is useful is there"


def test_an_engineer_far_away_reads_what_broke_where_and_what_is_paused(full: Bench):
    files = {name: json.loads(raw) for name, raw in files_of(full).items() if name.endswith(".json")}
    said = {(each["subject"], *each["errors"]): each for each in files["logbook/event.json"]}
    unwritten = said["kiosk.opening", "FileNotFoundError"]
    assert unwritten["says"] == "… cannot be written (…): it holds until the next start"
    assert (unwritten["level"], unwritten["times"]) == ("ERROR", 1)
    assert said["drivers.output", "KeyError"]["words"] == ["id_reader"]
    assert said["kiosk", "ValueError"]["level"] == "CRITICAL", "by what it ended"
    planted = said["",]
    assert (planted["words"], planted["numbers"], planted["place"], planted["places"]) == (["id_reader"], [3], "", [])
    (pause,) = files["pauses.json"]
    assert (pause["kind"], pause["why"], pause["until"], pause["by"]) == ("item", "own", 9e9, "A-0001")
    assert files["hours.json"]["opens"] == "09:00:00"
    assert files["start.json"] == {"way": "full", "because": "", "unfinished": 0, "boots": 0}
    assert {"kernel", "python", "disk_mib", "openssl"} <= set(files["machine.json"])
    device = {each["name"]: each for each in files["devices.json"]}
    assert device["a4_printer"]["status"]["toner_percent"] == 40
    assert device["id_reader"]["fault"]["form"] == "no answer from the card in … s", (
        "the sentence, without what was put into it"
    )


@pytest.mark.parametrize(
    ("code", "detail", "form"),
    [
        (FaultCode.HOST_DIED, "signal 9", "signal 9"),
        (FaultCode.HOST_DIED, "garbage: UnicodeDecodeError", "garbage: UnicodeDecodeError"),
        (FaultCode.HOST_HUNG, f"{NAME} for 840317 s", "… for … s"),
        (FaultCode.LINK_GARBLED, "HTTP 503 instead of 200", "HTTP 503 instead of 200"),
        (FaultCode.LINK_GARBLED, NAME, ""),
    ],
)
def test_a_faults_detail_goes_out_as_the_drivers_own_sentence(code: FaultCode, detail: str, form: str):
    assert form_of(code.value, detail) == form


def test_of_a_kiosk_that_does_not_run_the_logbook_tells_its_devices(full: Bench):
    book, profile = full.logbook, full.machine.profile
    book.write("link", "a4_printer", link="gone", code="port_absent", began=5.0, detail=NAME)
    book.write("death", "id_reader", code="host_died", detail="signal 11", lived=3.0, times=2)
    told = {each["name"]: each for each in last_known(profile, book)}
    assert set(told) == set(profile.devices)
    assert (told["a4_printer"]["link"], told["a4_printer"]["fault"]["code"]) == ("gone", "port_absent")
    assert told["id_reader"]["died"]["form"] == "signal 11"
    assert [each["code"] for each in told["id_reader"]["faults"]] == ["card_unreadable"]
    assert (told["camera"]["link"], told["camera"]["driver"]) == ("unknown", profile.devices["camera"].driver)


def test_a_row_with_a_citizen_number_is_withheld_and_said_to_be(full: Bench):
    opened = sealed.open_sealed(made(full), load_roots(full.machine.roots))
    assert (opened.withheld, opened.chain) == (1, None)
    assert opened.kiosk == full.tools.site.kiosk_id


def test_a_field_that_nobody_allowed_does_not_leave():
    for kind, fields in contents.LOGBOOK.items():
        assert not fields & {"detail", "text", "message", "msg", "note", "name", "pin", "number", "secret"}, kind


def test_a_broken_chain_is_found_by_whoever_receives_it(full: Bench):
    with sqlite3.connect(full.journal.path) as db:
        db.execute('UPDATE audit SET payload = \'{"mode":"elder"}\' WHERE seq = 7')
    raw = made(full)
    assert sealed.open_sealed(raw, load_roots(full.machine.roots)).chain == 7


def repacked(raw: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    change(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as again:
        for name, content in files.items():
            again.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.update({"site.json": files["site.json"].replace(b"KX-360100-0001", b"KX-360100-0009")}),
        lambda files: files.pop("audit.jsonl"),
        lambda files: files.update({"logbook/extra.json": b"{}"}),
        lambda files: files.update({"../evil": b"{}"}),
        lambda files: files.update({"manifest.json": files["manifest.json"].replace(b"bytes", b"bites", 1)}),
    ],
)
def test_a_changed_bundle_is_not_believed(full: Bench, change: Callable[[dict[str, bytes]], None]):
    with pytest.raises(NotGenuine):
        sealed.open_sealed(repacked(made(full), change), load_roots(full.machine.roots))


def test_a_strangers_bundle_and_garbage_are_not_believed(full: Bench, tmp_path: Path):
    with pytest.raises(NotGenuine):
        sealed.open_sealed(made(full), load_roots(machine(tmp_path / "stranger").roots))
    whole, start = made(full), len("attestation.json") + 30
    torn = whole[:start] + b"\xff" * 40 + whole[start + 40 :]
    for raw in (b"", b"PK\x05\x06" + bytes(18), whole[:-40], torn):
        with pytest.raises(ValueError, match="no bundle"):
            sealed.open_sealed(raw, load_roots(full.machine.roots))


def test_the_command_makes_and_verifies(full: Bench, tmp_path: Path):
    there = full.machine
    (tmp_path / "stick").mkdir()
    given = ("--site", there.site_file, "--profile", there.profile_file)
    ran = kiosk_here("bundle", *given, "--out", tmp_path / "stick", "--json", folder=tmp_path)
    assert ran.code == 0, ran.err
    file = Path(ran.json["file"])
    assert file.name.startswith("kiosk-KX-360100-0001-")
    good = kiosk_here("bundle", "--verify", file, "--trust", there.roots, "--unpack", "out", folder=tmp_path)
    assert (good.code, "真的" in good.out, "没有导出" in good.out) == (0, True, True)
    assert (tmp_path / "out" / "logbook" / "refill.json").is_file()
    file.write_bytes(repacked(file.read_bytes(), lambda files: files.pop("audit.jsonl")))
    bad = kiosk_here("bundle", "--verify", file, "--trust", there.roots, folder=tmp_path)
    assert (bad.code, "不是真的" in bad.err) == (1, True)
    with zipfile.ZipFile(file) as packed:
        assert {each["name"] for each in json.loads(packed.read("devices.json"))} == set(there.profile.devices)
        assert [each["name"] for each in json.loads(packed.read("pauses.json"))] == ["KX-RS-001"]
    for wrong, told in (("nowhere", "没有这个文件夹 → 要写到 U 盘，先插好并挂载它"), (file, "是文件，不是文件夹")):
        ran = kiosk_here("bundle", *given, "--out", wrong, folder=tmp_path)
        assert (ran.code, f"--out {wrong}" in ran.err, told in ran.err) == (2, True, True)
    mistyped = kiosk_here("bundle", *given, "--to", tmp_path / "stick", folder=tmp_path)
    assert (mistyped.code, "--to" in mistyped.err, "可能是 --out" in mistyped.err) == (2, True, True)


# --- sticks


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_bundle_is_on_the_stick_whole(house: House):
    house.plug("sdb")
    path = stick.write(house.sticks()[0], "kiosk-x.zip", b"x" * 100_000)
    assert path.read_bytes() == b"x" * 100_000
    assert os.listdir(path.parent) == ["kiosk-x.zip"]


@pytest.mark.parametrize(
    ("number", "why"),
    [(errno.ENOSPC, Why.FULL), (errno.EROFS, Why.LOCKED), (errno.EIO, Why.BROKEN), (errno.ENODEV, Why.GONE)],
)
@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_a_stick_that_fails_half_way_keeps_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, number: int, why: Why, call: str
):
    folder = house.plug("sdb")
    there = house.sticks()[0]
    real, calls = getattr(os, call), 0

    def fails(*given: object) -> object:
        nonlocal calls
        calls += 1
        if call == "write" and calls == 1:
            return real(given[0], bytes(given[1])[:10])  # type: ignore[call-overload]
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(whole.os, call, fails)
    with pytest.raises(NotWritten) as told:
        stick.write(there, "kiosk-x.zip", b"x" * 1000)
    monkeypatch.undo()
    assert told.value.why is why
    assert os.listdir(folder) == []


def test_a_full_stick_is_told_before_anything_is_written(house: House, monkeypatch: pytest.MonkeyPatch):
    folder = house.plug("sdb")
    there = house.sticks()[0]
    monkeypatch.setattr(stick.shutil, "disk_usage", lambda path: type("", (), {"free": 10})())
    with pytest.raises(NotWritten) as told:
        stick.write(there, "kiosk-x.zip", b"x" * 1000)
    assert (told.value.why, os.listdir(folder)) == (Why.FULL, [])


def test_a_link_on_a_stick_leads_to_no_file_of_this_machine(house: House, tmp_path: Path):
    folder, ours = house.plug("sdb"), tmp_path / "door.json"
    ours.write_bytes(b"kept")
    (folder / ".kiosk-x.zip.new").symlink_to(ours)
    with pytest.raises(NotWritten):
        stick.write(house.sticks()[0], "kiosk-x.zip", b"x")
    assert (ours.read_bytes(), os.listdir(folder)) == (b"kept", [])


def test_a_pulled_stick_is_told(house: House):
    folder = house.plug("sdb")
    there = house.sticks()[0]
    folder.rmdir()
    with pytest.raises(NotWritten) as told:
        stick.write(there, "kiosk-x.zip", b"x")
    assert told.value.why is Why.GONE
