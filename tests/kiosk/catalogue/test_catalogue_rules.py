"""The catalogue that ships is sound, and each rule bites: file, key and cure are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.catalogue.item import items
from kiosk.catalogue.life import life_events
from kiosk.catalogue.listed import catalogue, listed
from kiosk.catalogue.rules import check_catalogue
from kiosk.settings.reading import Mistake

DEPARTMENT = """
department = "民政局"

[[items]]
code = "KX-MZ-901"
name = "某某证明"
short = "某某证明"
short_elder = "某某证明"
icon = "document"
result = ["print"]
who = ["individuals"]
auth = "L2"
licences = ["居民身份证", "残疾人证"]
"""

MATERIAL = '\n[[items.materials]]\nname = "{name}"\nsource = "所在单位"\nbasis = "《某某办法》第三条"\n'


def mistakes(folder: Path, text: str) -> list[str]:
    folder.joinpath("civil.toml").write_text(text, "utf-8")
    with pytest.raises(Mistake) as raised:
        check_catalogue(folder)
    return [line.removeprefix(f"{folder / 'civil.toml'}: ") for line in raised.value.lines]


def test_what_ships_is_sound() -> None:
    check_catalogue()


def test_all_49_items_of_the_sample_catalogue_are_there_and_only_built_ones_can_be_begun() -> None:
    assert len(catalogue()) == 49
    assert set(items()) == {"KX-RS-001"}
    assert not set(items()) & set(listed())
    assert all(entry.words and entry.life for entry in catalogue().values())
    reached = {event for entry in catalogue().values() for event in entry.life}
    assert reached == {event.id for event in life_events()}, "every tile of the home screen leads somewhere"


def test_a_well_named_material_is_taken(tmp_path: Path) -> None:
    tmp_path.joinpath("civil.toml").write_text(DEPARTMENT + MATERIAL.format(name="工资收入证明"), "utf-8")
    check_catalogue(tmp_path)


@pytest.mark.parametrize("name", ["其他必要的补充材料", "有关部门相关材料", "规定的其他材料", "收入证明等材料"])
def test_no_catch_all(tmp_path: Path, name: str) -> None:
    (line,) = set(mistakes(tmp_path, DEPARTMENT + MATERIAL.format(name=name))[:1])
    assert line.startswith("items.0.materials.0.name: 「")
    assert "→ 写出材料的确切名称、由谁出具、依据哪一条" in line


@pytest.mark.parametrize("name", ["残疾人证", "残疾人证原件", "居民身份证(复印件)", "社会保险个人参保证明"])
def test_nothing_is_asked_for_that_a_licence_supplies(tmp_path: Path, name: str) -> None:
    (line,) = mistakes(tmp_path, DEPARTMENT + MATERIAL.format(name=name))
    assert "可以凭电子证照调取" in line
    assert "→ 从 materials 删掉,写进 licences" in line


@pytest.mark.parametrize("key", ["source", "basis"])
def test_a_material_has_its_source_and_its_legal_basis(tmp_path: Path, key: str) -> None:
    lines = MATERIAL.format(name="工资收入证明").splitlines()
    kept = "\n".join(line for line in lines if not line.startswith(key))
    assert mistakes(tmp_path, DEPARTMENT + kept) == [f"items.0.materials.0.{key}: 缺少这一项 → 请补上"]


def test_a_code_stands_once_and_a_life_event_exists(tmp_path: Path) -> None:
    again = DEPARTMENT.partition("[[items]]")[2]
    found = mistakes(tmp_path, f'{DEPARTMENT}life = ["rain"]\n[[items]]{again}')
    assert found[0].startswith("items.0.life.0: 没有 rain 这一类 → 可用的有 work、")
    assert found[1].startswith("items.1.code: KX-MZ-901 在")


def test_a_wrong_value_names_its_place(tmp_path: Path) -> None:
    assert mistakes(tmp_path, DEPARTMENT.replace('"L2"', '"L9"'))[0].startswith("items.0.auth: 写法不对 → 要符合")
    assert mistakes(tmp_path, DEPARTMENT + "months = [13]\n") == ["items.0.months.0: 太大 → 至多 12"]
