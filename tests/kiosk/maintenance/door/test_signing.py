"""Signing inside: the door's own roster, verifier and memory, on a scripted window; no kiosk is needed for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
import pytest

from drivers.contract.secret import counts
from kiosk.demo.staff import DemoStaff, provision
from kiosk.maintenance.door import time_codes
from kiosk.maintenance.door.enter import Door
from kiosk.maintenance.door.judging import judge_time_code
from kiosk.maintenance.door.known import Known
from kiosk.maintenance.door.memory import DoorMemory
from kiosk.maintenance.door.private import read_key
from kiosk.maintenance.door.roster import load_roster, save_roster
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.door.signing import sign
from kiosk.maintenance.frame import StaffComposer
from kiosk.maintenance.rights import Role, Staff
from kiosk.maintenance.samples.common import PLACE
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.signature import DoorShut, Proof
from kiosk.maintenance.toolbox import Toolbox
from kiosk.policies import visit_policy
from kiosk.policies.maintenance import maintenance_policy
from kiosk.visit import Backed, VisitEnds
from tests.support.scripted import ScriptedWindow, typing

KIOSK = "KX-360100-0001"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
WHAT = "启用新的身份证阅读器"


class Inside:
    """Somebody who has come in, and the door behind them."""

    def __init__(self, folder: Path, code: str = "T-0002") -> None:
        self.staff: DemoStaff = provision(folder / "staff")
        self.file = folder / "door.json"
        self.door = Door(Known(self.staff.roster, self.staff.time_codes), DoorMemory(self.file, rules()))
        self.now = NOW
        self.acts: list[dict[str, Any]] = []
        self.told: list[Any] = []
        outbox = SimpleNamespace(post_task=lambda key, kind, **_: self.told.append(kind))
        site = SimpleNamespace(kiosk_id=KIOSK, zone=ZoneInfo("Asia/Shanghai"))
        self.tools = cast(Toolbox, SimpleNamespace(now=lambda: self.now, site=site, outbox=outbox))
        self.window = ScriptedWindow({})
        composer = StaffComposer(PLACE)
        self.shift = Shift(
            self.window, visit_policy(), maintenance_policy(), composer, lambda _, **facts: self.acts.append(facts)
        )
        self.shift.begin(Staff(code=code, role=Role.TECHNICIAN))

    def pin(self, code: str = "T-0002") -> str:
        return next(each.pin for each in self.staff.people if each.code == code)

    def signs(self, **script: Any) -> Proof:
        self.window.script = {f"staff_door_{name}": act for name, act in script.items()}

        async def go() -> Proof:
            return await asyncio.wait_for(sign(self.door, self.tools, self.shift, WHAT), 20)

        return asyncio.run(go())

    def types(self, code: str = "T-0002", off: int = 0) -> Any:
        return typing("sign", pin=f"{(int(self.pin(code)) + off) % 10**6:06d}")

    def on_disk(self) -> int:
        return DoorMemory(self.file, rules()).wrong


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    return Inside(tmp_path)


def test_the_members_own_pin_signs_and_forgives(inside: Inside) -> None:
    wrong = inside.types(off=1)
    before = counts()
    assert inside.signs(sign=[wrong, inside.types("A-0003"), inside.types()], sign_wrong="ok") is Proof.PIN
    assert [act["wrong"] for act in inside.acts] == [1, 2], "the administrator's PIN is no technician's"
    assert inside.on_disk() == 0
    shown = str(inside.window.last("staff_door_sign"))
    assert WHAT in shown
    assert "T-0002" in shown
    after = counts()
    assert after["made"] - after["wiped"] - after["dropped"] == before["made"] - before["wiped"] - before["dropped"]


def test_the_fifth_wrong_one_shuts_the_door_and_the_tenth_is_told(inside: Inside) -> None:
    with pytest.raises(DoorShut):
        inside.signs(sign=inside.types(off=1), sign_wrong="ok")
    assert [screen.name for screen in inside.window.shown].count("staff_door_sign_wrong") == 4
    assert inside.on_disk() == 5
    shown = len(inside.window.shown)
    with pytest.raises(DoorShut):
        inside.signs(sign=inside.types())
    assert len(inside.window.shown) == shown, "while it is shut nobody is asked, and the right PIN does not count"
    _let_time_pass(inside)
    with pytest.raises(DoorShut):
        inside.signs(sign=inside.types(off=1), sign_wrong="ok")
    assert inside.told == ["staff_locked_out"]


def _let_time_pass(inside: Inside) -> None:
    memory = inside.door.memory
    kept = memory._kept
    locks = {aim: msgspec.structs.replace(lock, wait=0.0) for aim, lock in {"": kept.lock, **kept.aims}.items()}
    memory._keep(msgspec.structs.replace(kept, lock=locks.pop(""), aims=locks))


def test_a_try_is_counted_before_it_is_judged(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever pulls the plug while a PIN is judged has tried."""

    def power_cut(*_: Any) -> bool:
        raise OSError("power cut")

    monkeypatch.setattr("kiosk.maintenance.door.verifier.fits", power_cut)
    with pytest.raises(OSError, match="power cut"):
        inside.signs(sign=inside.types())
    assert inside.on_disk() == 1


def _expired(inside: Inside) -> None:
    kept = load_roster(inside.staff.roster)
    member = kept.by_code("T-0002")
    assert member is not None
    save_roster(inside.staff.roster, kept.put(member.model_copy(update={"valid_until": date(2026, 11, 21)})))


def _of_another_role(inside: Inside) -> None:
    kept = load_roster(inside.staff.roster)
    member = kept.by_code("T-0002")
    assert member is not None
    save_roster(inside.staff.roster, kept.put(member.model_copy(update={"role": Role.KEEPER})))


def _unreadable(inside: Inside) -> None:
    inside.staff.roster.write_text("[[member]]\n")


@pytest.mark.parametrize("spoil", [_expired, _of_another_role, _unreadable])
def test_who_may_not_sign_any_more_does_not_and_has_not_tried(inside: Inside, spoil: Callable[[Inside], None]) -> None:
    inside.signs(sign=[inside.types(off=1), inside.types()], sign_wrong="ok")
    spoil(inside)
    with pytest.raises(Backed):
        inside.signs(sign=inside.types(), sign_cannot="ok")
    assert inside.on_disk() == 0


@pytest.mark.parametrize(("touch", "ends"), [("back", Backed), ("leave", VisitEnds)])
def test_nobody_signs_by_going(inside: Inside, touch: str, ends: type[Exception]) -> None:
    with pytest.raises(ends):
        inside.signs(sign=touch)
    assert inside.acts == []


def test_who_came_in_by_telephone_signs_by_another_code_of_the_same_role(tmp_path: Path) -> None:
    inside = Inside(tmp_path, code="P-0731")

    def code(role: Role = Role.TECHNICIAN, number: str = "0731") -> str:
        secret = read_key(inside.staff.time_codes)
        at = inside.now.timestamp()
        return time_codes.make(secret, kiosk=KIOSK, role=role, number=number, at=at, rule=rules().time_code)

    first = judge_time_code(inside.door.memory, inside.tools, read_key(inside.staff.time_codes), "0731", code())
    assert first is Role.TECHNICIAN, "by this one they came in"
    used, other, keeper = code(), code(number="0732"), code(Role.KEEPER)
    inside.now += timedelta(seconds=rules().time_code.step_seconds)
    typed = [typing("sign", code=each) for each in (used, other, keeper, code())]
    assert inside.signs(sign_time=typed, sign_wrong="ok") is Proof.TIME_CODE
    assert [act["wrong"] for act in inside.acts] == [1, 2, 3]
    assert "0731" in inside.window.last("staff_door_sign_time").sentence, "it is read out to the operator"
    inside.now -= timedelta(days=1)
    with pytest.raises(Backed):
        inside.signs(sign_cannot="ok")
