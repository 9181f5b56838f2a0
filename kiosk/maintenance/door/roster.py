"""Who is on the staff of one machine: `staff.toml` beside the site's file. Codes, roles and verifiers; no names, no numbers.

    [[member]]
    code = "K-0001"
    role = "keeper"
    pin = "scrypt$…"
    cards = ["id_card:…"]
    valid_until = 2027-12-31

The program writes it (`kiosk staff`, and the administrator's task on the screen); it may be read and shortened by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from pydantic import Field, field_validator, model_validator

from kiosk.maintenance.door import verifier
from kiosk.maintenance.door.private import alone_in, refuse_open, write_private
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.rights import Role, Staff
from kiosk.settings.reading import Model, read

LETTERS = {Role.KEEPER: "K", Role.TECHNICIAN: "T", Role.ADMINISTRATOR: "A"}
"""How codes of a role begin when the program gives them out."""

CARD_KINDS = ("id_card", "chip", "key")
"""What a card's token stands for: a number of an ID card, an identifier of a chip, a public key that a chip has proved."""

MOST_CARDS = 4
_HEAD = "# 本机工作人员。由 kiosk staff 和屏幕上的「人员」写入；里面没有姓名、证件号和 PIN，只有校验值。\n"


class Member(Model):
    """One member of staff."""

    code: str = Field(pattern=r"^[A-OQ-Z]-[0-9]{4}$")
    role: Role
    pin: str
    cards: tuple[str, ...] = Field(default=(), max_length=MOST_CARDS)
    valid_until: date | None = None

    @field_validator("pin")
    @classmethod
    def _a_verifier(cls, value: str) -> str:
        verifier.check(value)
        return value

    @field_validator("cards")
    @classmethod
    def _tokens(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            kind, _, token = each.partition(":")
            if kind not in CARD_KINDS or len(token) != 64 or set(token) - set("0123456789abcdef"):
                raise ValueError("不是卡的标记 → 用 kiosk staff card 重新登记这张卡")
        return value

    @property
    def digits(self) -> str:
        """What is typed of the code."""
        return self.code.partition("-")[2]

    @property
    def staff(self) -> Staff:
        """As the rest of maintenance knows them."""
        return Staff(code=self.code, role=self.role)

    def valid_on(self, day: date) -> bool:
        """Whether the code still counts on this day (its last one included)."""
        return self.valid_until is None or day <= self.valid_until


class Roster(Model):
    """All of them. Codes differ in their digits, and no card is two people's."""

    member: tuple[Member, ...] = ()

    @model_validator(mode="after")
    def _nobody_twice(self) -> Roster:
        seen: dict[str, str] = {}
        for each in self.member:
            for mark in (each.digits, *each.cards):
                if mark in seen:
                    what = "同一张卡" if mark in each.cards else "代码的数字部分相同"
                    raise ValueError(f"{seen[mark]} 和 {each.code}：{what} → 删掉其中一个，或换一个代码")
                seen[mark] = each.code
        return self

    def __len__(self) -> int:
        return len(self.member)

    def by_digits(self, digits: str) -> Member | None:
        """Return whose code has these digits."""
        return next((each for each in self.member if each.digits == digits), None)

    def by_code(self, code: str) -> Member | None:
        """Return whose code this is."""
        return next((each for each in self.member if each.code == code), None)

    def by_card(self, token: str) -> Member | None:
        """Return whose card this is."""
        return next((each for each in self.member if token in each.cards), None)

    def administrators(self) -> tuple[Member, ...]:
        """Those who may change the roster on the screen."""
        return tuple(each for each in self.member if each.role is Role.ADMINISTRATOR)

    def put(self, member: Member) -> Roster:
        """With this member, in the place of the one with the same code. Raise ValueError for a card or digits of another one."""
        there = self.by_code(member.code) is not None
        kept = [member if each.code == member.code else each for each in self.member]
        return Roster(member=tuple(kept if there else [*kept, member]))

    def without(self, code: str) -> Roster:
        """Without this member."""
        return Roster(member=tuple(each for each in self.member if each.code != code))

    def free_code(self, role: Role) -> str:
        """A code that nobody has. Raise ValueError when there is none left."""
        taken = {each.digits for each in self.member}
        free = next((f"{number:04d}" for number in range(1, 10_000) if f"{number:04d}" not in taken), None)
        if free is None:
            raise ValueError("代码用完了 → 先删掉不用的人")
        return f"{LETTERS[role]}-{free}"


def load_roster(path: Path) -> Roster:
    """Read a roster. Raise Mistake naming file, field and cure, also for a file that is open to others."""
    roster = read(path, Roster)
    refuse_open(path)
    return roster


def change_roster(path: Path, change: Callable[[Roster], Roster], *, may_begin: bool = False) -> Roster:
    """Change it as it lies there now, while nobody else can, and return it: of two who write, neither loses the other's change.
    `may_begin`: from an empty one where there is none yet. Raise Held, OSError, Mistake, and what `change` raises."""
    with alone_in(path.parent):
        begins = may_begin and not path.exists()
        roster = change(Roster() if begins else load_roster(path))
        save_roster(path, roster)
    return roster


def save_roster(path: Path, roster: Roster) -> None:
    """Write it: the old one or the new one is there, whatever happens. Raise OSError."""
    write_private(path, as_bytes(roster))


def as_bytes(roster: Roster) -> bytes:
    """The file."""
    return (_HEAD + "".join(_table(each) for each in roster.member)).encode("utf-8")


def _table(member: Member) -> str:
    def lines() -> Iterator[str]:
        yield "\n[[member]]"
        yield f'code = "{member.code}"'
        yield f'role = "{member.role.value}"'
        yield f'pin = "{member.pin}"'
        if member.cards:
            yield "cards = [" + ", ".join(f'"{each}"' for each in member.cards) + "]"
        if member.valid_until is not None:
            yield f"valid_until = {member.valid_until.isoformat()}"

    return "\n".join(lines()) + "\n"


def weak(pin: str) -> bool:
    """Whether everybody would guess this PIN: not of the right length, one digit only, or a run up or down."""
    if len(pin) != rules().pin.digits or not (pin.isascii() and pin.isdigit()):
        return True
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return len(steps) == 1 and steps <= {0, 1, 9}
