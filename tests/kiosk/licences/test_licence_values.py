"""Numbers, identifiers, masks and licence types: what is right, what is told about what is wrong."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.licences import citizen_number, identifier, iso7064
from kiosk.licences.types import licence_types, load
from kiosk.sandbox.people import citizen_number as make_number
from kiosk.settings.reading import Mistake

TYPE, ISSUER = "11999999MB0000019T001", "11999999MB0000027M"


def test_check_characters_of_published_examples():
    assert iso7064.mod_37_36("A12425GABC1234002") == "M"  # the example of ISO/IEC 7064 users (GRid standard 2.1)
    assert iso7064.mod_11_2("11010519491231002") == "X"  # the example in GB 11643-1999


@given(st.dates(min_value=date(1900, 1, 1)), st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_a_citizen_number_with_a_wrong_digit_is_not_valid(birth, order, place, shift):
    number = make_number(birth, order)
    assert citizen_number.is_valid(number)
    assert citizen_number.find_all(f"号码:{number}。") == {number}
    old = 10 if number[place] == "X" else int(number[place])
    wrong = number[:place] + str((old + shift) % 10) + number[place + 1 :]
    assert wrong == number or not citizen_number.is_valid(wrong)


def test_what_is_no_citizen_number():
    number = make_number(date(1980, 1, 1), 12)
    for text in (
        "",
        number[:17],
        number + "1",
        f"A{number}",
        number.replace("1980", "1899")[:10] + "1332" + number[14:],
    ):
        assert not citizen_number.find_all(text)
    cells = f"{number[:6]} {number[6:12]} {number[12:]}"
    assert not citizen_number.find_all(cells)  # neighbouring cells of a table are not one number
    assert citizen_number.find_all(" ".join(number)) == {number}


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=32))
def test_identifiers_come_apart_as_they_were_made(serial):
    text = identifier.make(TYPE, ISSUER, serial)
    parts = identifier.parse(text)
    assert (parts.licence_type, parts.issuer, parts.serial, parts.version) == (TYPE, ISSUER, serial, "001")
    assert parts.check_right
    wrong = text[:-1] + ("0" if text[-1] != "0" else "1")
    assert not identifier.parse(wrong).check_right


@pytest.mark.parametrize("text", ["", "1.2.156.3005.2", f"1.2.156.3005.2.{TYPE}.{ISSUER}.a.001.0", f"9.{TYPE}"])
def test_identifiers_of_another_shape(text):
    with pytest.raises(ValueError, match="licence identifier"):
        identifier.parse(text)


def test_the_licence_types_of_this_installation():
    found = licence_types()["social_insurance_record"]
    assert found.print.valid_days > 0
    assert found.consent_fields


def test_mistakes_in_a_licence_type_name_file_key_and_cure(tmp_path):
    text = files("kiosk.catalogue").joinpath("licence_types", "social_insurance_record.toml").read_text("utf-8")
    path = tmp_path / "social_insurance_record.toml"
    cases = {
        "owner_on_page": text.replace('owner_on_page = "name_and_number"', 'owner_on_page = "somebody"'),
        "code": text.replace(TYPE, "123"),
        "consent_fields": text.replace("consent_fields = [", "consent_fields = []\nother = ["),
        "print.valid_days": text.replace("valid_days = 30", "valid_days = 0"),
        "id": text.replace('id = "social_insurance_record"', 'id = "another"'),
    }
    for key, wrong in cases.items():
        path.write_text(wrong, "utf-8")
        with pytest.raises(Mistake) as caught:
            load(tmp_path)
        assert any(f"{path}: {key}: " in line and "→" in line for line in caught.value.lines), (key, caught.value.lines)
    path.write_text(text, "utf-8")
    (tmp_path / "twin.toml").write_text(text.replace('id = "social_insurance_record"', 'id = "twin"'), "utf-8")
    with pytest.raises(Mistake, match="code"):
        load(tmp_path)
