"""Which card is which: the rules, without a card."""

from __future__ import annotations

import pytest

from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.smart_card import CardFamily
from drivers.smart_card import families
from drivers.smart_card.families import FamilyRule
from drivers.smart_card.pcsc_watch import choose

SOCIAL = bytes.fromhex("3B6D0000008154310086601108160000AA")
OTHER = bytes.fromhex("3B6800000073C84013009000")
SSSE = "sx1.sh.社会保障".encode("gbk")


def test_the_bundled_rule_is_the_application_of_the_public_sources() -> None:
    assert {rule.application for rule in families.bundled()} == {SSSE}
    assert all(rule.source for rule in families.bundled())


def test_an_atr_that_looks_right_is_not_enough() -> None:
    asked: list[bytes] = []

    def refuses(aid: bytes) -> bool:
        asked.append(aid)
        return False

    assert families.identify(SOCIAL, families.bundled(), refuses) is CardFamily.UNKNOWN
    assert asked == [SSSE], "asked, and only once"


def test_the_application_tells_whatever_the_atr() -> None:
    assert families.identify(OTHER, families.bundled(), lambda aid: aid == SSSE) is CardFamily.SOCIAL_SECURITY


def test_a_rule_that_names_the_atr_is_tried_first() -> None:
    asked: list[bytes] = []

    def accepts(aid: bytes) -> bool:
        asked.append(aid)
        return True

    staff = FamilyRule(family=CardFamily.STAFF, aid="F04B494F534B")
    assert families.identify(SOCIAL, (staff, *families.bundled()), accepts) is CardFamily.SOCIAL_SECURITY
    assert asked == [SSSE]


def test_a_mask_leaves_bits_free() -> None:
    rule = FamilyRule(family=CardFamily.STAFF, atr="3B68 00", mask="FFF0 FF")
    assert rule.fits(bytes.fromhex("3B6F00"))
    assert not rule.fits(bytes.fromhex("3B7F00"))
    assert not rule.fits(bytes.fromhex("3B6F0000")), "a longer one is another"
    assert families.identify(bytes.fromhex("3B6F00"), (rule,), lambda aid: False) is CardFamily.STAFF


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "needs atr or aid"),
        ({"aid": "F0"}, "aid must be 5 to 16 bytes"),
        ({"aid": "xyz"}, "aid must be hexadecimal"),
        ({"atr": "3B00", "mask": "FF"}, "mask must be as long as atr"),
        ({"atr": "3B"}, "atr must be 2 to 33 bytes"),
        ({"aid": "F04B494F534B", "family": CardFamily.UNKNOWN}, "family = unknown"),
    ],
)
def test_a_wrong_rule_names_its_field(fields: dict[str, str], word: str) -> None:
    with pytest.raises(DeviceFault, match=word) as caught:
        FamilyRule(**{"family": CardFamily.STAFF, **fields}).check()
    assert caught.value.fault.code is FaultCode.SETTING_INVALID


NAMES = ["Acme R1 [CCID] (17) 00 00", "Acme R1 [CCID] (17) 00 01", "Other 01 00"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Acme R1 [CCID] (17) 00 01", NAMES[1]),  # brackets in a real name are no pattern
        ("Acme R1 [CCID] (17) 03 00", NAMES[0]),  # plugged in again under another number
        ("other*", NAMES[2]),
    ],
)
def test_a_reader_is_found_by_name_slot_or_pattern(wanted: str, found: str) -> None:
    assert choose(NAMES, wanted) == found


def test_a_pattern_for_several_readers_is_refused_and_none_is_absent() -> None:
    with pytest.raises(DeviceFault, match=r"Acme R1 .*00 00, Acme R1 .*00 01") as caught:
        choose(NAMES, "Acme*")
    assert caught.value.fault.code is FaultCode.SETTING_INVALID
    with pytest.raises(DeviceFault) as caught:
        choose([], "Acme*")
    assert caught.value.fault.code is FaultCode.READER_ABSENT
