"""Items whose journey is not built: listed honestly, with their guide, never as if they worked here.

One file a department under `items/`; what a file does not say is not known here, and the guide names whom to ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from kiosk.catalogue.entry import Entry, Text
from kiosk.catalogue.item import items
from kiosk.settings.reading import Mistake, read
from kiosk.settings.translated import Translated


class Result(StrEnum):
    """What somebody comes for."""

    PRINT = "print"
    LOOK_UP = "look_up"
    APPLY = "apply"
    PAY = "pay"
    BOOK = "book"
    RATE = "rate"


class Who(StrEnum):
    """For whom an item is there."""

    INDIVIDUALS = "individuals"
    COMPANIES = "companies"
    HK_MACAO = "hk_macao"
    ANYONE = "anyone"


class Listed(Entry):
    """One of them.

    `auth` is the level that it will ask for (L0 nothing, L1 document or code, L2 and live face, L3 and signature, L4 a company's
    agent; -D for a dependant, -HM for Hong Kong and Macao). `delegates`: who may come instead; empty: nobody; None: not said.
    `licences` are the e-licences that stand in for papers.
    """

    result: tuple[Result, ...] = Field(min_length=1)
    who: tuple[Who, ...] = Field(min_length=1)
    auth: str = Field(pattern=r"^L[0-4](/L[0-4]|-D|-HM)?$")
    delegates: tuple[Text, ...] | None = None
    licences: tuple[Text, ...] = ()
    fee: str = ""
    valid_days: int | None = Field(default=None, gt=0)


class _File(Translated):
    """A department's file: its name is said once, above its items."""

    department: Text
    items: tuple[Listed, ...]

    @model_validator(mode="before")
    @classmethod
    def _say_department(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and isinstance(given.get("items"), list) and "department" in given:
            rows = [
                {"department": given["department"], **row} if isinstance(row, Mapping) else row
                for row in given["items"]
            ]
            return {**given, "items": rows}
        return given


def read_listed(folder: Path) -> dict[Path, tuple[Listed, ...]]:
    """Read the departments' files of a folder (those with small letters). Raise Mistake naming file, key and cure."""
    found: dict[Path, tuple[Listed, ...]] = {}
    lines: list[str] = []
    for path in sorted(each for each in folder.glob("*.toml") if each.stem.islower()):
        try:
            found[path] = read(path, _File).items
        except Mistake as mistake:
            lines += mistake.lines
    if lines:
        raise Mistake(lines)
    return found


@cache
def listed() -> dict[str, Listed]:
    """Return every item that is only listed, by code. Raise Mistake."""
    with as_file(files("kiosk.catalogue").joinpath("items")) as folder:
        return {item.code: item for items in read_listed(folder).values() for item in items}


def catalogue() -> dict[str, Entry]:
    """Return every item by code, whether its journey is built or only its guide is here. Raise Mistake."""
    return {**items(), **listed()}
