"""Licence types (证照类型) as data: what is fetched, from whom, what must stand on its pages, how long a print of it is good.

One file each in `kiosk/catalogue/licence_types/`; the file's name is the id by which service items name the type.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

from pydantic import Field

from kiosk.settings.reading import Mistake, Model, read
from kiosk.settings.translated import Translated

Text = Annotated[str, Field(min_length=1)]


class OwnerOnPage(StrEnum):
    """What of the holder must stand on every page."""

    NAME_AND_NUMBER = "name_and_number"
    NUMBER = "number"
    NONE = "none"


class PrintRule(Model):
    """What a print of this licence is worth: `valid_days` after printing; `purpose` for the watermark."""

    valid_days: int = Field(ge=1)
    purpose: Text


class LicenceType(Translated):
    """One licence type; the fields are explained in the TOML files."""

    id: Text
    code: str = Field(
        pattern=r"^[0-9A-Z]{21}$", description="GB/T 36904: the authority's 统一社会信用代码 and three digits"
    )
    name: Text
    issuer: Text
    issuer_code: str = Field(pattern=r"^[0-9A-Z]{18}$", description="the issuer's 统一社会信用代码")
    department: Text
    media_type: Text
    holder_types: tuple[Text, ...] = Field(min_length=1)
    owner_on_page: OwnerOnPage
    max_pages: int = Field(ge=1)
    consent_fields: tuple[Text, ...] = Field(min_length=1)
    print: PrintRule


def load(folder: Path) -> dict[str, LicenceType]:
    """Read a folder of licence types; return them by id. Raise Mistake naming file, key and cure."""
    found: dict[str, LicenceType] = {}
    for path in sorted(folder.glob("*.toml")):
        each = read(path, LicenceType)
        if each.id != path.stem:
            raise Mistake([f"{path}: id: 写的是 {each.id},与文件名不同 → 改成一致"])
        if any(other.code == each.code for other in found.values()):
            raise Mistake([f"{path}: code: {each.code} 已被另一种证照使用 → 每种证照用自己的代码"])
        found[each.id] = each
    return found


@cache
def licence_types() -> dict[str, LicenceType]:
    """Return the licence types of this installation by id. Raise Mistake."""
    with as_file(files("kiosk.catalogue").joinpath("licence_types")) as folder:
        return load(folder)
