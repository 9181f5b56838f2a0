"""The invented people. Region code 999999 is given to nobody; the check characters are right, as a reader checks them.

The first two carry the names of the demo's portraits; the others exist for what is hard about people: a rare character, a
permit from Hong Kong, no record, a record of three pages, a name with a dot.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

import msgspec

from kiosk.licences.iso7064 import mod_11_2
from kiosk.sandbox.insurance import Record, make_record

REGION = "999999"
_STREETS = ("幸福路", "和平街", "长青巷", "桃园路", "书院街", "望江路", "建设路", "新华街")
_GIVEN_FEMALE = ("晓芳", "淑英", "雅琴", "雨桐", "秀兰", "静宜", "春燕", "若琳")
_GIVEN_MALE = ("建国", "志明", "浩然", "子轩", "永强", "文博", "立新", "家乐")
_SURNAMES = ("赵", "钱", "孙", "李", "周", "吴", "郑", "冯", "陈", "沈", "韩", "杨", "朱", "秦")


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One row of people.json. Dates are YYYY-MM-DD; `valid_to` empty: 长期. `kind`: see `drivers.contract.id_card.CardKind`.

    `portrait` names a picture of the demo, or is empty. `record` is None for who has no social-insurance record.
    """

    id: str
    kind: str
    name: str
    sex: str
    nation: str
    birth: str
    address: str
    number: str
    issuer: str
    valid_from: str
    valid_to: str
    pass_number: str = ""
    portrait: str = ""
    record: Record | None = None


class _Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """What is fixed about a seeded person; the rest is drawn."""

    sex: str
    age: int
    name: str = ""
    nation: str = "汉"
    kind: str = "citizen"
    portrait: str = ""
    jobs: int = 1
    working: bool = True
    insured: bool = True


_PATTERNS = (
    _Pattern(sex="女", age=31, portrait="astronaut", jobs=2),
    _Pattern(sex="女", age=66, portrait="hopper", jobs=3, working=False),
    _Pattern(sex="男", age=58, jobs=46),
    _Pattern(sex="男", age=31, name="{surname}䶮", jobs=2),
    _Pattern(sex="女", age=29, name="{surname}𠮷宁"),
    _Pattern(sex="男", age=41, kind="hmt_permit", jobs=2),
    _Pattern(sex="男", age=24, insured=False),
    _Pattern(sex="女", age=45, name="阿依古丽·{surname}明", nation="维吾尔", jobs=2),
    _Pattern(sex="男", age=52, jobs=4, working=False),
)


def citizen_number(birth: date, order: int) -> str:
    """Return a citizen number of the region that does not exist. `order` is 0 to 999, odd for a man."""
    digits = f"{REGION}{birth:%Y%m%d}{order:03d}"
    return digits + mod_11_2(digits)


def make_people(seed: int, today: date) -> tuple[Person, ...]:
    """Return the people of this seed."""
    draw = random.Random(seed)  # noqa: S311  # people, not keys
    surnames = draw.sample(_SURNAMES, len(_PATTERNS))
    return tuple(_person(draw, index, pattern, surnames[index], today) for index, pattern in enumerate(_PATTERNS))


def _person(draw: random.Random, index: int, pattern: _Pattern, surname: str, today: date) -> Person:
    birth = date(today.year - pattern.age, draw.randint(1, 12), draw.randint(1, 28))
    order = draw.randrange(1 if pattern.sex == "男" else 2, 999, 2)
    given = draw.choice(_GIVEN_MALE if pattern.sex == "男" else _GIVEN_FEMALE)
    begin = today - timedelta(days=draw.randint(400, 1500))
    permit = pattern.kind == "hmt_permit"
    return Person(
        id=f"p{index + 1}",
        kind=pattern.kind,
        name=pattern.name.format(surname=surname) if pattern.name else surname + given,
        sex=pattern.sex,
        nation="" if permit else pattern.nation,
        birth=birth.isoformat(),
        address=_address(draw),
        number=citizen_number(birth, order),
        issuer="示例市公安局示例分局",
        valid_from=begin.isoformat(),
        valid_to=_valid_to(begin, pattern, permit),
        pass_number=f"H{draw.randint(0, 99_999_999):08d}" if permit else "",
        portrait=pattern.portrait,
        record=make_record(draw, birth, pattern.jobs, pattern.working, today) if pattern.insured else None,
    )


def _address(draw: random.Random) -> str:
    flat = f"{draw.randint(1, 9)}单元{draw.randint(1, 12)}0{draw.randint(1, 4)}室"
    return f"示例省示例市示例区{draw.choice(_STREETS)}{draw.randint(1, 199)}号{flat}"


def _valid_to(begin: date, pattern: _Pattern, permit: bool) -> str:
    """Permits last 5 years, cards 20; for life from 46 (居民身份证法 article 5)."""
    if not permit and pattern.age >= 46:
        return ""
    years = 5 if permit else 20
    return begin.replace(year=begin.year + years, day=min(begin.day, 28)).isoformat()
