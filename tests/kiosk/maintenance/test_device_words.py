"""Every value that a device of any class can tell has its word; a port is said as a person finds it."""

from __future__ import annotations

import enum
import types
import typing
from typing import Any

import msgspec
import pytest

from drivers.client import Link, Snapshot
from drivers.contract.classes import CLASS_TYPES
from drivers.contract.common import DeviceClass
from drivers.contract.faults import FaultCode
from drivers.contract.inputs_outputs import Input, Level, Output
from kiosk.locales.staff import tell
from kiosk.maintenance.devices.known import device_title
from kiosk.maintenance.devices.words import cure_of, fault_word, lasted, port_text, value_rows, value_text
from kiosk.maintenance.toolbox import Toolbox


def examples(kind: Any) -> list[Any]:
    """Values of every shape that a field of this type can have."""
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return list(kind)
    if kind is bool:
        return [True, False]
    if kind in (int, float):
        return [kind(7)]
    if kind is type(None):
        return [None]
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return [each for part in typing.get_args(kind) for each in examples(part)]
    if kind is str:
        return ["media-empty"]
    assert typing.get_origin(kind) is tuple, kind
    inner = typing.get_args(kind)[0]
    return [(), tuple(examples(inner)[:2])] if inner is str else [(), *((each,) for each in structs(inner))]


def structs(kind: Any) -> list[Any]:
    fields = typing.get_type_hints(kind)
    return [kind(name=name, level=level) for name in fields["name"] for level in Level]


@pytest.mark.parametrize("device_class", DeviceClass)
def test_every_value_of_every_class_has_a_word(device_class: DeviceClass) -> None:
    status = CLASS_TYPES[device_class].status
    for name, kind in typing.get_type_hints(status).items():
        if name != "faults":
            assert tell(f"devices.field_{name}")
            for value in examples(kind):
                assert value_text(name, value), (name, value)
    shown = value_rows(Snapshot("x", device_class, "y", Link.HERE, status=status()))
    assert len(shown) == len(msgspec.structs.fields(status)) - 1, "all but the faults"


@pytest.mark.parametrize("wire", [*Input, *Output])
def test_every_wire_has_a_name(wire: Input | Output) -> None:
    assert tell(f"devices.wire_{wire.value}")


@pytest.mark.parametrize("code", FaultCode)
def test_every_fault_has_meaning_and_cure(code: FaultCode) -> None:
    assert fault_word(code.value) != code.value
    assert cure_of(code.value)


def test_a_fault_of_another_version_is_told_by_its_code() -> None:
    assert fault_word("of_tomorrow") == "of_tomorrow"
    assert cure_of("of_tomorrow") == ""


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("pci-0000:00:14.0-usb-0:2:1.0", "USB 2 口(主板 00:14.0)"),
        ("pci-0000:00:14.0-usb-0:1.2:1.0-port0", "USB 1.2 口(主板 00:14.0):机身 1 号口接集线器,集线器 2 号口"),
        ("platform-fd500000.pcie-usb-0:1.4.3:1.0", "USB 1.4.3 口(主板 -):机身 1 号口接集线器,集线器 3 号口"),
        ("pci-0000:00:05.0-port0", "pci-0000:00:05.0-port0"),
        ("", ""),
    ],
)
def test_where_it_is_plugged_in(path: str, said: str) -> None:
    assert port_text(path) == said


def test_how_long() -> None:
    assert [lasted(each) for each in (-3, 5, 120, 5_400, 90_000 * 2)] == [
        "0 秒",
        "5 秒",
        "2 分钟",
        "1.5 小时",
        "2.1 天",
    ]


def test_a_printer_on_the_network_is_told_by_its_name_alone() -> None:
    assert port_text("Office Laser._ipp._tcp.local.") == "Office Laser"


@pytest.mark.parametrize(
    ("classes", "title"), [(["camera"], "摄像头"), (["camera", "camera"], "摄像头(face)")], ids=["alone", "of two"]
)
def test_the_profiles_name_is_told_only_where_it_tells_two_apart(classes: list[str], title: str) -> None:
    names = dict(zip(("face", "desk"), classes, strict=False))
    devices = types.SimpleNamespace(
        names=lambda: tuple(names),
        settings=lambda name: types.SimpleNamespace(device_class=DeviceClass(names[name])),
    )
    tools = typing.cast(Toolbox, types.SimpleNamespace(devices=devices))
    assert device_title(tools, "face") == title
