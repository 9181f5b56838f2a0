"""Invented social-insurance records: who employed a person from when to when, and how many months were paid."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import msgspec

FIRST_YEAR = 1996  # personal accounts exist since then (国发〔1995〕6号)
_PLACES = ("示例", "示例东方", "示例新区", "示例江南", "示例北站")
_TRADES = ("纺织", "食品", "机电", "物流", "建筑", "软件", "园林", "印务", "医药", "家具")
_FORMS = ("有限公司", "股份有限公司", "厂", "合作社")


class Spell(msgspec.Struct, frozen=True, kw_only=True):
    """Work for one employer. Months are YYYY-MM, both ends included; `base` is the monthly contribution base in yuan."""

    employer: str
    begins: str
    ends: str
    base: int


class YearRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one employer paid in one year: a line of the certificate."""

    year: int
    begins: str
    ends: str
    months: int
    employer: str
    base: int


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A person's record. `state`: 参保缴费 or 暂停缴费."""

    state: str
    spells: tuple[Spell, ...]

    @property
    def months(self) -> int:
        """How many months were paid."""
        return sum(row.months for row in self.rows())

    @property
    def first(self) -> str:
        """The first month, YYYY-MM."""
        return self.spells[0].begins

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year."""
        return int(self.spells[0].begins[:4]), int(self.spells[-1].ends[:4])

    def rows(self) -> Iterator[YearRow]:
        """Yield the certificate's lines, oldest first."""
        for spell in self.spells:
            first, last = _index(spell.begins), _index(spell.ends)
            for year in range(first // 12, last // 12 + 1):
                begin, end = max(first, year * 12), min(last, year * 12 + 11)
                yield YearRow(
                    year=year,
                    begins=_month(begin),
                    ends=_month(end),
                    months=end - begin + 1,
                    employer=spell.employer,
                    base=spell.base + 120 * (year - first // 12),
                )


def make_record(draw: random.Random, birth: date, jobs: int, working: bool, today: date) -> Record:
    """Draw a record of `jobs` spells without overlap, with short gaps between them."""
    begin = max(birth.year + draw.randint(19, 23), FIRST_YEAR) * 12 + draw.randint(0, 11)
    last_year = today.year if working else min(today.year - 1, birth.year + 55)
    end = today.year * 12 + today.month - 2 if working else last_year * 12 + draw.randint(0, 11)
    end = max(end, begin + 6 * jobs)
    cuts = sorted(draw.sample(range(begin + 3, end - 1), jobs - 1)) if jobs > 1 else []
    spells = []
    for first, after in zip([begin, *cuts], [*cuts, end + 1], strict=True):
        last = after - 1 if after > end else max(first, after - 1 - draw.randint(0, 2))
        spells.append(
            Spell(
                employer=_employer(draw), begins=_month(first), ends=_month(last), base=draw.randrange(2200, 6400, 20)
            )
        )
    return Record(state="参保缴费" if working else "暂停缴费", spells=tuple(spells))


def _employer(draw: random.Random) -> str:
    return draw.choice(_PLACES) + draw.choice(_TRADES) + draw.choice(_FORMS)


def _index(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number) - 1


def _month(index: int) -> str:
    return f"{index // 12:04d}-{index % 12 + 1:02d}"
