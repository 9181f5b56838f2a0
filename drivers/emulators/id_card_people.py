"""People who do not exist, for the emulated reader's cards and for scrubbed tapes: all four kinds, as many as are asked for.

Their numbers cannot be anybody's: division 999999 (citizens), 819999 (Hong Kong, 810000 is the only one given out), 9 + 99 + 999
(foreigners of 2023), nationality XXA, which ISO 3166-1 leaves to users (foreigners of 2017). Check digits are right.
"""

from __future__ import annotations

import base64
from functools import cache

from drivers.emulators.camera_portraits import id_photo
from drivers.emulators.id_card_photo import stand_in_photo

KINDS = ("citizen", "hmt_permit", "foreigner_2017", "foreigner_2023")

_FAMILY = ("张", "欧阳", "李", "𠮷", "王", "诸葛", "赵", "䶮")
_GIVEN = ("试验", "样例", "虚构", "无此人", "某", "示范", "测")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PASSPORT_WEIGHTS = (7, 3, 1)


def person(kind: str = "citizen", which: int = 0) -> dict[str, str]:
    """Return the card of the `which`th invented person, as the reader's verb `place` takes it. Raise ValueError for a kind."""
    if kind not in KINDS:
        raise ValueError(f"kind: {kind!r} is none of {', '.join(KINDS)}")
    birth = f"{1950 + which * 7 % 55}-{1 + which * 5 % 12:02d}-{1 + which * 11 % 28:02d}"
    number = 100 + which % 900
    name = _FAMILY[which % len(_FAMILY)] + _GIVEN[which % len(_GIVEN)]
    english = f"SAMPLE, PERSON NUMBER {which} WITH A LONG GIVEN NAME"[:46]
    card = {
        "kind": kind, "sex": "男" if number % 2 else "女", "birth": birth, "name": name,
        "address": f"虚构省试验市样例区甲乙街道{which + 1}号", "issuer": "试验市公安局样例分局",
        "valid_from": "2020-01-01", "valid_to": "2040-01-01",
    }  # fmt: skip
    digits = birth.replace("-", "") + f"{number:03d}"
    match kind:
        case "citizen":
            card |= {"nation": f"{1 + which % 56:02d}", "number": _with_check_digit("999999" + digits), "valid_to": ""}
        case "hmt_permit":
            card |= {
                "number": _with_check_digit("819999" + digits),
                "pass_number": f"H{which:08d}",
                "issue_count": "01",
            }
        case "foreigner_2017":
            first_14 = f"XXA9999{birth[2:].replace('-', '')}{which % 10}"
            card |= {
                "english_name": english, "number": first_14 + _passport_digit(first_14), "nationality": "XXA",
                "issuer": "9900", "version": "01", "chinese_name": name,
            }  # fmt: skip
        case "foreigner_2023":
            card |= {
                "english_name": english, "chinese_name": name, "number": _with_check_digit("999999" + digits),
                "nationality": "XXA", "renewals": f"{which % 100:02d}", "old_permit": f"99{which % 10}",
            }  # fmt: skip
    return card


@cache
def photo_base64(who: str) -> str:
    """Return a portrait as the card's 1,024 bytes carry it (the stand-in for WLT). Raise ValueError for an unknown one."""
    return base64.b64encode(stand_in_photo(id_photo(who))).decode()


def _with_check_digit(first_17: str) -> str:
    """GB 11643, by the weights as the standard prints them."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return first_17 + "10X98765432"[total % 11]


def _passport_digit(first_14: str) -> str:
    """The 15th character by 7-3-1, as one public generator of test numbers makes it; the driver does not ask for it."""
    values = (int(each, 36) for each in first_14)
    return str(sum(value * _PASSPORT_WEIGHTS[at % 3] for at, value in enumerate(values)) % 10)
