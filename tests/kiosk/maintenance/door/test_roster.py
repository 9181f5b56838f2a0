"""The staff's roster: what is written is read again, what is wrong is named with its cure, and no number is in it."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.contract.secret import SecretText
from kiosk.maintenance.door import verifier
from kiosk.maintenance.door.private import Held, make_key, read_key
from kiosk.maintenance.door.roster import CARD_KINDS, Member, Roster, change_roster, load_roster, save_roster, weak
from kiosk.maintenance.door.rules import Cost, rules
from kiosk.maintenance.door.tokens import token
from kiosk.maintenance.rights import Role
from kiosk.settings.reading import Mistake

CHEAP = Cost(n=4096, r=1, p=1)
PIN = verifier.make(SecretText("902715"), CHEAP)
TOKENS = st.builds(
    lambda kind, raw: f"{kind}:{raw.hex()}", st.sampled_from(CARD_KINDS), st.binary(min_size=32, max_size=32)
)


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    digits = draw(st.lists(st.integers(0, 9999), unique=True, max_size=5))
    cards = draw(st.lists(TOKENS, unique=True, min_size=len(digits), max_size=len(digits)))
    return Roster(
        member=tuple(
            Member(
                code=f"{draw(st.sampled_from('KTA'))}-{number:04d}",
                role=draw(st.sampled_from(Role)),
                pin=PIN,
                cards=(card,) if draw(st.booleans()) else (),
                valid_until=draw(st.none() | st.dates(date(2000, 1, 1), date(2099, 12, 31))),
            )
            for number, card in zip(digits, cards, strict=True)
        )
    )


@given(rosters())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_again(tmp_path: Path, roster: Roster) -> None:
    path = tmp_path / "staff.toml"
    save_roster(path, roster)
    assert load_roster(path) == roster
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["staff.toml"], "nothing half-written beside it"


@given(st.text(alphabet='[]member="code role pin cards valid_until K-0123 scrypt$\n#é', max_size=200))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_the_file_is_a_roster_or_a_mistake_with_a_cure(tmp_path: Path, text: str) -> None:
    path = tmp_path / "staff.toml"
    path.touch(0o600)
    path.write_text(text, "utf-8")
    said: list[str] = []
    try:
        load_roster(path)
    except Mistake as mistake:
        said = mistake.lines
    assert all("→" in line and str(path) in line for line in said)


@pytest.mark.parametrize(
    ("lines", "field", "said"),
    [
        ('code = "林青"', "member.0.code", "写法不对"),
        ('role = "boss"', "member.0.role", "没有这个值"),
        ('pin = "902715"', "member.0.pin", "不是 PIN 的校验值"),
        (
            'pin = "scrypt$5000$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"',
            "member.0.pin",
            "强度",
        ),
        ('cards = ["999999199003071242"]', "member.0.cards", "不是卡的标记"),
        ('valid_until = "soon"', "member.0.valid_until", ""),
        ('name = "林青"', "member.0.name", "不认识这一项"),
    ],
)
def test_a_mistake_names_field_and_cure(tmp_path: Path, lines: str, field: str, said: str) -> None:
    right = {"code": '"K-0001"', "role": '"keeper"', "pin": f'"{PIN}"'}
    key, _, value = lines.partition(" = ")
    path = tmp_path / "staff.toml"
    path.touch(0o600)
    path.write_text("[[member]]\n" + "\n".join(f"{k} = {v}" for k, v in {**right, key: value}.items()), "utf-8")
    with pytest.raises(Mistake) as mistake:
        load_roster(path)
    (line,) = mistake.value.lines
    assert field in line
    assert said in line
    assert "→" in line
    assert "999999" not in line, "what stood there may be somebody's number"


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "staff.toml"
    save_roster(path, Roster())
    path.chmod(0o640)
    with pytest.raises(Mistake, match="chmod 600"):
        load_roster(path)
    key = tmp_path / "staff.key"
    make_key(key)
    assert len(read_key(key)) == 32
    key.chmod(0o604)
    with pytest.raises(Mistake, match="chmod 600"):
        read_key(key)


def test_while_one_writes_the_roster_nobody_else_does(tmp_path: Path) -> None:
    """Two who have both read it would else lose one of two changes."""
    path = tmp_path / "staff.toml"
    one, two = (Member(code=f"K-000{number}", role=Role.KEEPER, pin=PIN) for number in (1, 2))

    def meanwhile(kept: Roster) -> Roster:
        with pytest.raises(Held):
            change_roster(path, lambda roster: roster.put(two))
        return kept.put(one)

    change_roster(path, meanwhile, may_begin=True)
    change_roster(path, lambda roster: roster.put(two))
    assert [each.code for each in load_roster(path).member] == ["K-0001", "K-0002"]
    with pytest.raises(KeyError):
        change_roster(path, lambda roster: {}[roster])  # type: ignore[index]
    assert len(change_roster(path, lambda roster: roster.without("K-0001"))) == 1, "whoever failed lets go of it"
    assert [each.name for each in tmp_path.iterdir()] == ["staff.toml"]


def test_nobody_is_there_twice() -> None:
    one = Member(code="K-0001", role=Role.KEEPER, pin=PIN, cards=("id_card:" + "0" * 64,))
    with pytest.raises(ValueError, match="数字部分相同"):
        Roster(member=(one, Member(code="T-0001", role=Role.TECHNICIAN, pin=PIN)))
    with pytest.raises(ValueError, match="同一张卡"):
        Roster(member=(one, Member(code="T-0002", role=Role.TECHNICIAN, pin=PIN, cards=one.cards)))
    assert Roster(member=(one,)).free_code(Role.TECHNICIAN) == "T-0002"


def test_a_pin_is_kept_as_something_else_and_found_again() -> None:
    assert verifier.fits(SecretText("902715"), PIN)
    assert not verifier.fits(SecretText("902716"), PIN)
    assert "902715" not in PIN
    assert verifier.make(SecretText("902715"), CHEAP) != PIN, "each has a salt of its own"
    real = verifier.make(SecretText("902715"), rules().pin.scrypt)
    assert real.startswith("scrypt$16384$8$5$"), "the cost of door.toml is the one that is paid"
    assert verifier.fits(SecretText("902715"), real)


@pytest.mark.parametrize("pin", ["000000", "123456", "654321", "890123", "12345", "1234567", "12a456", "一二三四五六"])
def test_a_pin_that_everybody_guesses_is_refused(pin: str) -> None:
    assert weak(pin)


def test_an_ordinary_pin_is_not_weak() -> None:
    assert not any(weak(pin) for pin in ("902715", "112233", "135791"))


def test_a_token_is_one_machine_s_and_says_nothing() -> None:
    number = SecretText("999999199003071242")
    one = token("id_card", number, bytes(32))
    assert one == token("id_card", number, bytes(32))
    assert one != token("id_card", number, bytes(31) + b"\1"), "another machine, another token"
    assert one != token("chip", number, bytes(32)).replace("chip", "id_card"), "another kind, another token"
    assert "999999" not in one.partition(":")[2][:6]
