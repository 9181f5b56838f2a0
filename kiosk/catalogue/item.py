"""A service item (事项), read from `items/<code>.toml`: auth level, licences, devices, fee, guide, as is common practice.

There is no "other material": what an item needs is named, with its source (policy: 取消"其他必要的补充材料"等兜底条款).
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.resources import as_file, files

from pydantic import Field

from drivers.contract.common import DeviceClass
from kiosk.catalogue.entry import Entry
from kiosk.settings.reading import Mistake, read
from kiosk.settings.translated import Translated


class Auth(StrEnum):
    """Authentication level that an item demands. One: document and live face, or the keeper's word in its place.

    Items that ask for less (L0 none, L1 document only) are refused until a journey exists that asks for less.
    """

    L2 = "L2"


class Journey(StrEnum):
    """Which table of steps an item walks."""

    CERTIFICATE = "certificate"


class Guide(Translated):
    """办事指南: what a visitor is told before anything is asked."""

    needs: tuple[str, ...]
    gets: str
    minutes: int = Field(gt=0)
    fee: str
    legal_basis: str
    valid_days: int = Field(ge=0, description="days until the printed paper expires; 0 for no expiry")


class Item(Entry):
    """One service item whose journey is built: it can be done here where the devices are."""

    auth: Auth
    journey: Journey
    licence: str = Field(description="the licence type whose sealed file is printed")
    licences_used: tuple[str, ...]
    purpose: str = Field(max_length=40, description="printed in the watermark: 仅供「…」使用")
    required: tuple[DeviceClass, ...]
    helpful: tuple[DeviceClass, ...] = ()
    max_pages: int = Field(gt=0)
    guide: Guide


@cache
def items() -> dict[str, Item]:
    """Return every item by code. Raise Mistake naming file, key and cure."""
    found: dict[str, Item] = {}
    with as_file(files("kiosk.catalogue").joinpath("items")) as folder:
        for path in sorted(folder.glob("KX-*.toml")):
            item = read(path, Item)
            if item.code != path.stem:
                raise Mistake([f"{path}: code: 写的是 {item.code},与文件名不同 → 改成一致"])
            found[item.code] = item
    return found
