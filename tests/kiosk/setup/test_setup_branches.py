"""What goes wrong on the way: each branch of the steps, by a script, against the real platform."""

from __future__ import annotations

import asyncio
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from drivers.contract.secret import SecretText
from kiosk.gateways import enrolment
from kiosk.locales.staff import tell
from kiosk.sandbox.launch import Sandbox
from kiosk.screens.parts import Checks, CheckState, Note, Tiles
from kiosk.screens.screen import Screen
from kiosk.setup import network
from kiosk.setup.answers import Answers, load_answers
from kiosk.setup.enrolling import BadAnswer, BadCode, claim, kept, own_key
from kiosk.setup.export import export
from kiosk.setup.folder import SetupFolder
from kiosk.setup.network import Interface
from kiosk.setup.steps import devices
from kiosk.setup.work import Machine, Work
from kiosk.visit import VisitEnds
from tests.kiosk.setup.made_up import NoBuses, nothing
from tests.support.scripted import ScriptedWindow
from tests.support.set_up import NAMES, UNTOLD, from_file, halves, pad, walked, whole, wrote


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "Buses", NoBuses)


def walk(
    folder: Path, script: dict[str, Any], *, sticks: tuple[Path, ...] = (), **more: Any
) -> tuple[Work, ScriptedWindow]:
    """Walk to the end on a machine with nothing plugged in."""
    about = Machine(sources=nothing(folder), sticks=lambda: sticks)
    work = Work.taken_up(SetupFolder(folder / "kiosk"), about)
    _, window = asyncio.run(walked(work, {"setup_devices_none": "next", **script}, **more))
    return work, window


def words(window: ScriptedWindow, name: str) -> str:
    """Everything that the screens of this name have said."""
    return " ".join(f"{each.title} {each.sentence} {_notes(each)}" for each in window.shown if each.name == name)


def _notes(screen: Screen) -> str:
    notes = [block.text for block in screen.blocks if isinstance(block, Note)]
    checks = [row.note for block in screen.blocks if isinstance(block, Checks) for row in block.rows]
    return " ".join((*notes, *checks))


# --- the code


def test_slips_unknown_codes_and_codes_of_another_platform_are_told_and_cost_nothing(
    tmp_path: Path, platform: Sandbox
) -> None:
    good = platform.new_code("BR-0001")
    slip = good[:5] + str((int(good[5]) + 1) % 10) + good[6:]
    drawn = "204" + good[3:22]
    stranger = drawn + enrolment.check_digits(drawn)
    drawn = good[:3] + "0" * 19
    unknown = drawn + enrolment.check_digits(drawn)
    codes = [halves(code) for code in (slip, stranger, unknown, good)]
    script = whole(platform.address, good)
    script |= {name: [each[name] for each in codes] for name in ("setup_code", "setup_code_rest")}
    work, window = walk(tmp_path, script)
    said = words(window, "setup_code")
    for key in ("mistyped", "another_platform", "unknown"):
        assert tell(f"setup.code_{key}") in said
    assert work.enrolled is not None
    assert work.enrolled.kiosk_id == "BR-0001"


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("cut_after", "setup.enrol_unsettled"),
        ("cut_before", "setup.enrol_unsettled"),
        ("another_key", "setup.answer_another_key"),
    ],
)
def test_what_the_network_and_a_bad_platform_do_is_told_and_tried_again(
    tmp_path: Path, platform: Sandbox, verb: str, said: str
) -> None:
    """The first try fails for good; 「再试一次」 with the same code and the same key is the second."""
    code = platform.new_code(f"NET-{verb.upper().replace('_', '-')}")
    script = whole(platform.address, code)
    typed = script["setup_code_rest"]

    async def breaks(screen: Screen) -> Any:
        if not getattr(breaks, "done", False):
            platform.break_(verb, "/enrolment/claim", count=3 if verb != "another_key" else 1)
        breaks.done = True  # type: ignore[attr-defined]
        return await typed(screen)

    work, window = walk(tmp_path, {**script, "setup_code_rest": breaks, "setup_enrol_failed": "again"})
    assert tell(said) in words(window, "setup_enrol_failed")
    assert work.enrolled is not None


def test_a_code_that_another_machine_has_used(tmp_path: Path, platform: Sandbox) -> None:
    used, new = platform.new_code("USED-0001"), platform.new_code("USED-0002")
    (tmp_path / "other").mkdir()
    walk(tmp_path / "other", whole(platform.address, used))
    script = whole(platform.address, new)
    first = halves(used)
    script |= {name: [first[name], script[name]] for name in first}
    work, window = walk(tmp_path, {**script, "setup_enrol_failed": "again"})
    assert "另一台机器" in words(window, "setup_enrol_failed")
    assert window.names.count("setup_code") == 2, "the same code is not sent again"
    assert work.enrolled is not None
    assert work.enrolled.kiosk_id == "USED-0002"


def test_nothing_that_the_platform_answers_is_believed_before_it_fits(tmp_path: Path, platform: Sandbox) -> None:
    folder, work = SetupFolder(tmp_path / "kiosk"), Machine()

    def send(code: str) -> Any:
        return asyncio.run(claim(folder, platform.address, None, SecretText(code), model="t", now=work.now()))

    with pytest.raises(BadCode, match="mistyped"):
        send("117 000")
    with pytest.raises(BadAnswer, match="no_items"):
        send(platform.new_code("ITEMS-0001", items=["KX-NO-SUCH"]))
    assert kept(folder) is None
    key = own_key(folder).private_numbers()
    assert send(platform.new_code("ITEMS-0002", items=["KX-RS-001", "KX-NO-SUCH"])).kiosk_id == "ITEMS-0002"
    assert own_key(folder).private_numbers() == key, "one key a machine"
    found = kept(folder)
    assert found is not None
    folder.key.unlink()
    assert kept(folder) is None, "an answer for a key that is gone is no answer"


# --- the other steps


def test_texts_are_left_to_the_platform_and_what_it_does_not_know_is_asked(tmp_path: Path, platform: Sandbox) -> None:
    texts = {"name": "平台的名称", "elsewhere_place": "窗口", "elsewhere_address": "地址", "elsewhere_hours": "时间"}
    code = platform.new_code("TEXT-0001", texts=texts)
    script = whole(platform.address, code)
    script["setup_place"] = ["place.place", "later", "keeper", "next", "elsewhere.phone", "next"]
    work, window = walk(tmp_path, script)
    assert work.answers.place.name == "平台的名称"
    assert work.answers.place.place == NAMES["place.place"], "what was typed stands"
    assert work.answers.elsewhere.phone == "0000-12345678"
    assert "还差：那里的电话。" in words(window, "setup_place")


def test_back_leads_one_step_up_and_leaving_keeps_everything(tmp_path: Path, platform: Sandbox) -> None:
    script = whole(platform.address, platform.new_code("BACK-0001"))
    about = Machine(sources=nothing(tmp_path), sticks=tuple)
    left = {**script, "setup_network": ["back", "leave"], "setup_place": [*script["setup_place"], "next"]}
    with pytest.raises(VisitEnds):
        asyncio.run(walked(Work.taken_up(SetupFolder(tmp_path / "kiosk"), about), left))
    _, window = walk(tmp_path, script)
    assert window.names[:2] == ["setup_welcome", "setup_network"]
    states = [row.state for block in window.shown[0].blocks if isinstance(block, Checks) for row in block.rows]
    assert states[:4] == [CheckState.OK, CheckState.OK, CheckState.OK, CheckState.WAITING]


def test_a_panel_that_tells_nothing_is_measured(tmp_path: Path, platform: Sandbox) -> None:
    script = whole(platform.address, platform.new_code("RULER-0001"))
    work, window = walk(tmp_path, {**script, "setup_ruler": "next"}, display=UNTOLD)
    assert work.answers.panel is not None
    assert work.answers.panel.mm == (268.0, 476.4)
    assert "setup_panel" not in window.names


@pytest.mark.parametrize("pin", ["123456", "111111", "1234"])
def test_a_pin_that_everybody_would_guess_is_refused(tmp_path: Path, platform: Sandbox, pin: str) -> None:
    script = whole(platform.address, platform.new_code(f"PIN-{pin}"))
    bad, differs = pad(pin=pin, again=pin), pad(pin="250713", again="250714")
    _, window = walk(tmp_path, {**script, "setup_pin": [bad, differs, script["setup_pin"]]})
    said = words(window, "setup_pin")
    assert tell("setup.pin_weak", digits=6) in said
    assert tell("setup.pin_differs") in said


def test_the_last_check_names_what_is_not_well_and_is_done_again(tmp_path: Path, platform: Sandbox) -> None:
    script = whole(platform.address, platform.new_code("CHECK-0001"))

    async def mends(_: Screen) -> str:
        platform.mend()
        return "again"

    async def breaks(_: Screen) -> str:
        platform.break_("maintenance", count=None)
        return "next"

    _, window = walk(tmp_path, {**script, "setup_summary": breaks, "setup_checked": [mends, "skip"]})
    first, second = (each for each in window.shown if each.name == "setup_checked")
    assert (first.title, second.title) == (tell("setup.checked_bad"), tell("setup.checked_good"))


def test_answers_on_a_stick_leave_only_what_they_do_not_say(tmp_path: Path, platform: Sandbox) -> None:
    (tmp_path / "first").mkdir()
    first, _ = walk(tmp_path / "first", whole(platform.address, platform.new_code("STICK-0001")))
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "answers-village.toml").write_text(first.folder.answers.read_text("utf-8"), "utf-8")
    (stick / "answers-bad.toml").write_text("languages = 3\n", "utf-8")
    script = whole(platform.address, platform.new_code("STICK-0002"))
    script |= {"setup_welcome": ["stick", "stick", "next"], "setup_answers": ["0", "1"]}
    _, window = walk(tmp_path, script, sticks=(stick,))
    assert "answers-bad.toml" in words(window, "setup_welcome")
    assert tell("setup.answers_taken") in words(window, "setup_welcome")
    assert [each for each in window.names if each.startswith("setup_type")] == []
    assert "setup_code" in window.names


def test_a_managed_network_is_changed_at_the_screen(
    tmp_path: Path, platform: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = (Interface(name="eth0", up=True, wireless=False, addresses=()),)
    done: list[object] = []

    async def fixed(name: str, given: network.Fixed) -> None:
        done.append((name, given))
        if len(done) == 1:
            raise network.NetworkRefuses("no carrier")

    monkeypatch.setattr(network, "interfaces", lambda: cards)
    monkeypatch.setattr(network, "manager", lambda: "/usr/bin/nmcli")
    monkeypatch.setattr(network, "use_fixed", fixed)
    script = whole(platform.address, platform.new_code("NMCLI-0001"))
    script |= {
        "setup_network": ["eth0", "eth0", "next"],
        "setup_address": "fixed",
        "setup_type_own": [wrote("192.0.2.7"), wrote("192.0.2.7/24"), wrote("192.0.2.7/24")],
        "setup_type_gateway": wrote("192.0.2.1"),
        "setup_type_dns": wrote("192.0.2.53"),
        "setup_network_joining": None,
        "setup_network_refused": "again",
    }
    _, window = walk(tmp_path, script)
    assert done[0] == done[1] == ("eth0", network.Fixed(address="192.0.2.7/24", gateway="192.0.2.1", dns="192.0.2.53"))
    assert tell("setup.address_own_wrong") in words(window, "setup_type_own")
    assert "no carrier" in words(window, "setup_network_refused")


def test_code_pin_and_password_are_in_no_file_no_log_and_on_no_screen(
    tmp_path: Path, platform: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    password, code = "correct horse 7", platform.new_code("SECRET-0001")
    heard = (network.Wireless(name="Office", signal=80, locked=True),)
    nmcli = tmp_path / "nmcli"
    nmcli.write_text(
        f'#!/bin/sh\nread word\n[ -e {tmp_path}/once ] && exit 0\ntouch {tmp_path}/once\necho "$word" >&2; exit 4\n'
    )
    nmcli.chmod(0o755)

    async def listened() -> tuple[network.Wireless, ...]:
        return heard

    monkeypatch.setattr(network, "interfaces", lambda: (Interface(name="wlan0", up=True, wireless=True, addresses=()),))
    monkeypatch.setattr(network, "manager", lambda: str(nmcli))
    monkeypatch.setattr(network, "wireless_networks", listened)
    script = whole(platform.address, code) | {
        "setup_network": ["wlan0", "wlan0", "next"],
        "setup_network_looking": None,
        "setup_wireless": "Office",
        "setup_type_password": [wrote(""), wrote(password), wrote(password)],
        "setup_network_joining": None,
        "setup_network_refused": "again",
    }
    with caplog.at_level("DEBUG"):
        work, window = walk(tmp_path, script)
    assert "***" in words(window, "setup_network_refused")
    assert work.once.code is None
    archive = export(work.folder, tmp_path / "out", datetime.now(UTC), private=True)
    with zipfile.ZipFile(archive) as packed:
        held = b"".join(packed.read(name) for name in packed.namelist())
    kept = b"".join(each.read_bytes() for each in work.folder.root.rglob("*") if each.is_file())
    said = "".join(map(repr, window.shown)) + caplog.text
    for secret in (password, code, enrolment.grouped(code), code[:12], "250713"):
        assert secret.encode() not in kept + held
        assert secret not in said


def test_no_tile_answers_with_a_word_of_the_guards(tmp_path: Path, platform: Sandbox) -> None:
    """`language`, `help`, `back`, `leave`, `mode`, `signs` and `service` belong to the frame of every screen."""
    _, window = walk(tmp_path, whole(platform.address, platform.new_code("WORDS-0001")))
    guards = {"language", "help", "back", "leave", "mode", "signs", "service"}
    ids = {
        tile.id for each in window.shown for block in each.blocks if isinstance(block, Tiles) for tile in block.tiles
    }
    ids |= {action.id for each in window.shown for action in each.actions}
    assert not ids & guards


def test_a_file_without_a_needed_answer_is_told_by_its_key(tmp_path: Path, platform: Sandbox) -> None:
    from kiosk.setup.headless import Lacks, require_whole

    first, _ = walk(tmp_path, whole(platform.address, platform.new_code("FILE-0001")))
    for key in ("languages", "panel", "platform"):
        answers, once = load_answers(first.folder.answers)
        work = Work(SetupFolder(tmp_path / "new"), Machine(), answers.changed(**{key: None}), once)
        with pytest.raises(Lacks, match=key):
            require_whole(work)
    answers, once = from_file(first.folder.answers, tmp_path / "weak.toml", "117")
    once.pin = SecretText("123456")
    with pytest.raises(Lacks, match="pin"):
        require_whole(Work(SetupFolder(tmp_path / "new"), Machine(), answers, once))
    assert Answers().lacking()
