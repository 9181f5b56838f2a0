"""What a machine model says of itself: the bundled ones are sound, and each mistake is told with its key and a cure."""

from __future__ import annotations

from pathlib import Path

import pytest

import device_profiles
from drivers.contract.common import DeviceClass
from kiosk.cli.check import mistakes, remarks
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


SECOND = READER.replace("devices.id_reader", "devices.second").replace("= { bus", '= { path = "usb-1.2", bus')
THIRD = SECOND.replace("second]", 'third]\nrole = "keeper"')
WIRES = """
[devices.io]
class = "inputs_outputs"
driver = "modbus_io"
place = { bus = "serial" }
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD.replace("mm = [268.0, 476.0]", "mm = [26.8, 47.6]"), "panel: 每毫米 40.30 个像素，触摸屏没有这样的 → "),
        (HEAD.replace("[panel]", "[panel]\nreach_mm = 25.0"), "panel: reach_mm 是从屏幕下沿往上够得着的毫米数 → 写 100 到 476"),
        (HEAD.replace("= true", '= "true"'), "production: 应是真或假 → 写 true 或 false，不带引号"),
        (HEAD + SECOND + THIRD, "devices.third.place: 与 devices.second 是同一个接口"),
        (HEAD + READER.replace("sdt_serial", "ipp"), "devices.id_reader.class: 驱动 ipp 服务的是 a4_printer"),
        (HEAD + WIRES + "settings = { outputs = { door_lok = 0 } }", "devices.io.settings.outputs.door_lok: 没有这个名字 → "),
        ("\ufeff" + HEAD.replace('"x"', "“x”", 1), "值的写法不对，第 2 行第 6 列）→ 按提示的行列改正；是不是用了中文标点"),
        ("id = 'x", "引号没有合上，到文件末尾为止"),
    ],
)  # fmt: skip
def test_what_people_really_get_wrong_is_told_with_its_cure(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, "utf-8")
    (line,) = (line for line in mistakes([], [path], {}, {}) if "devices: 缺少" not in line)
    assert told in line


def test_what_may_be_meant_is_a_reminder(tmp_path: Path) -> None:
    path = written(tmp_path, READER + 'settings = { port = "/dev/ttyUSB3", photo_library = "/opt/none.so" }\n')
    told = " ".join(remarks([path], {}))
    assert "devices.id_reader.settings.port: 写了 place，又写了这一项，以这一项为准" in told
    assert "devices.id_reader.settings.photo_library: 这台机器上没有 /opt/none.so" in told


def test_a_file_of_windows_notepad_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("\ufeff" + HEAD + READER, "utf-8")
    assert mistakes([], [path], {}, {}) == []
