"""Who stands on the stage: every device of the demo's profile, each at the emulator of its driver.

The bundled profile has the four devices of a visit; others join by class (`kiosk demo --with`), in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from drivers import registry
from drivers.contract.common import DeviceClass
from drivers.emulators.describe import Description
from drivers.emulators.scenario_file import described
from kiosk.settings.profile import Profile, Role, load_profile
from kiosk.settings.reading import Mistake

NEEDED = ("id_reader", "camera", "a4_printer", "receipt_printer")
"""The names under which the visitor's hands, the dock page and the report know the devices of a visit."""

ALL = "all"


@dataclass(frozen=True)
class Extra:
    """A device that can join: its name, as in the bundled profiles, and the driver whose emulator stands for it."""

    name: str
    driver: str
    role: Role = Role.VISITOR


EXTRAS: dict[DeviceClass, Extra] = {
    DeviceClass.SMART_CARD_READER: Extra("card_reader", "pcsc"),
    DeviceClass.INPUTS_OUTPUTS: Extra("hall", "modbus_io"),
    DeviceClass.POWER_SUPPLY: Extra("ups", "nut"),
    DeviceClass.CODE_SCANNER: Extra("code_scanner", "serial_scanner"),
    DeviceClass.DOCUMENT_CAMERA: Extra("document_camera", "document_camera"),
    DeviceClass.CARD_DISPENSER: Extra("card_dispenser", "crt_591"),
    DeviceClass.FINGERPRINT_READER: Extra("fingerprint", "fprint", Role.KEEPER),
}


def classes_named(text: str) -> tuple[DeviceClass, ...]:
    """Read what `--with` says: classes with commas between them, or "all". Raise ValueError, in Chinese, for another word."""
    if text == ALL:
        return tuple(EXTRAS)
    words = [word.strip() for word in text.split(",") if word.strip()]
    known = [each.value for each in EXTRAS]
    for word in words:
        if word not in known:
            raise ValueError(f"没有 {word!r} 这类设备可加 → 可用的有 {'、'.join(known)}，或写 {ALL}")
    return tuple(DeviceClass(word) for word in dict.fromkeys(words))


def demo_profile(
    base: Path | None = None, classes: Iterable[DeviceClass] = (), overrides: Mapping[str, Any] | None = None
) -> Profile:
    """Read the demo's profile (`base`, or the bundled one) with further devices. Raise Mistake when no demo can be made of it."""
    joining = {key: value for each in classes for key, value in _joining(EXTRAS[each], each).items()}
    with as_file(files("device_profiles").joinpath("demo.toml")) as bundled:
        path = base or bundled
        profile = load_profile(path, {**joining, **(overrides or {})})
    lines = []
    if profile.production:
        lines.append(f"{path}: production: 正式环境不用模拟设备 → 演示请用 production = false 的机型")
    lines += [f"{path}: devices.{name}: 演示要有这台设备 → 请补上" for name in NEEDED if name not in profile.devices]
    lines += [
        f"{path}: devices.{name}.driver: 驱动 {device.driver} 没有模拟设备 → 换一个驱动，或删掉这台设备"
        for name, device in profile.devices.items()
        if not registry.manifests()[device.driver].emulator
    ]
    if lines:
        raise Mistake(lines)
    return profile


def _joining(extra: Extra, device_class: DeviceClass) -> dict[str, Any]:
    values = {"class": device_class.value, "driver": extra.driver, "role": extra.role.value, "required": False}
    return {f"devices.{extra.name}.{key}": value for key, value in values.items()}


def descriptions(profile: Profile) -> dict[str, Description]:
    """What can be done to each device of the stage; nothing has to run for that."""
    return {name: described(device.driver) for name, device in profile.devices.items()}
