"""What a machine model says of itself: the bundled ones are sound, and each mistake is told with its key and a cure."""

from __future__ import annotations

from pathlib import Path

import pytest

import device_profiles
from drivers.contract.common import DeviceClass
from kiosk.cli.check import mistakes
from kiosk.settings.profile import Offered, Role, load_profile
from kiosk.settings.reading import Mistake

BUNDLED = sorted(Path(device_profiles.__path__[0]).glob("*.toml"))
A4 = [DeviceClass.ID_CARD_READER, DeviceClass.A4_PRINTER]

HEAD = """
id = "x"
title = "x"
production = true
[panel]
px = [1080, 1920]
mm = [268.0, 476.0]
"""

READER = """
[devices.id_reader]
class = "id_card_reader"
driver = "sdt_serial"
place = { bus = "serial" }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "x.toml"
    path.write_text(HEAD + text, "utf-8")
    return path


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_a_bundled_model_is_sound_and_says_how_large_its_panel_is(path: Path) -> None:
    assert mistakes([], [path], {}, {}) == []
    profile = load_profile(path)
    assert profile.id == path.stem
    assert 100 < profile.panel.mm[0] < profile.panel.mm[1]
    assert 0 < profile.panel.reach_mm <= profile.panel.mm[1]


def test_every_model_but_the_demo_is_for_production_and_finds_its_devices_by_their_place() -> None:
    for path in BUNDLED:
        profile = load_profile(path)
        assert profile.production is (path.stem != "demo")
        for name, device in profile.devices.items():
            node = [value for value in device.settings.values() if isinstance(value, str) and value.startswith("/dev/")]
            assert not node, f"{path.stem}: {name} depends on a node that the kernel numbers"


def test_the_full_model_has_every_class_and_the_fingerprint_reader_is_not_for_visitors() -> None:
    hall = load_profile(next(path for path in BUNDLED if path.stem == "county_hall"))
    assert {device.device_class for device in hall.devices.values()} == set(DeviceClass)
    assert hall.devices["fingerprint"].role is Role.KEEPER
    assert not hall.has(DeviceClass.FINGERPRINT_READER)


def test_an_item_without_its_printer_is_offered_as_the_rules_say(tmp_path: Path) -> None:
    low = load_profile(next(path for path in BUNDLED if path.stem == "low_cost"))
    assert low.offered("KX-RS-001", A4) is Offered.GUIDE
    assert low.offered("KX-RS-001", [DeviceClass.ID_CARD_READER]) is None
    hidden = READER + '[[degradations]]\nwithout = "a4_printer"\nitems = ["KX-RS-001"]\noffered = "hidden"\n'
    strict = load_profile(written(tmp_path, hidden))
    assert strict.offered("KX-RS-001", A4) is Offered.HIDDEN
    assert strict.offered("KX-RS-002", A4) is Offered.GUIDE, "without a rule an item is never offered as if it worked"


@pytest.mark.parametrize(
    ("text", "key", "cure"),
    [
        (READER + '[[degradations]]\nwithout = "id_card_reader"\n', "degradations", "删掉这条规则"),
        (READER + '[[degradations]]\nwithout = "a4"\n', "degradations.0.without", "请用其中之一"),
        (READER.replace('bus = "serial"', 'bus = "pcsc"'), "devices.id_reader.place.bus", "可用的有 serial"),
        (READER.replace('bus = "serial"', 'bus = "rs232"'), "devices.id_reader.place.bus", "请用其中之一"),
        (READER.replace("place", "plcae"), "devices.id_reader.plcae", "检查拼写"),
        (READER + READER.replace("id_reader", "second"), "devices.second.role", "改成别的 role"),
        (READER + 'role = "guest"\n', "devices.id_reader.role", "请用其中之一"),
        (READER.replace('{ bus = "serial" }', '{ bus = "serial", pth = "x" }'), "devices.id_reader.place.pth", "检查拼写"),
        (READER.replace('place = { bus = "serial" }', ""), "devices.id_reader.settings.port", "请补上"),
        (READER + 'settings = { baud = 1 }\n', "devices.id_reader.settings.baud", "→"),
        (READER + 'settings = { photo_decoder = "stand_in" }\n', "devices.id_reader", "换成真实的"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_key_and_cure(tmp_path: Path, text: str, key: str, cure: str) -> None:
    path = written(tmp_path, text)
    try:
        lines = mistakes([], [path], {}, {})
    except Mistake as error:
        lines = error.lines
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"{path}: {key}")
    assert cure in lines[0]
