"""A device profile: one kiosk model, its panel and its devices. See device_profiles/demo.toml for a commented example."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StrictBool, model_validator

from drivers import registry
from drivers.buses.places import Place
from drivers.contract.bus import Bus
from drivers.contract.common import DeviceClass
from kiosk import fonts
from kiosk.screens.protocol import Panel
from kiosk.settings.reading import Mistake, Model, read

Pixels = Annotated[int, Field(gt=0)]
Millimetres = Annotated[float, Field(gt=0, allow_inf_nan=False)]


DENSITIES = (0.7, 12.0)
"""Pixels a millimetre of touch panels: a 65" of 1,920 pixels has 1.3, a 15.6" of 1,920 5.6, a small tablet 10."""
LEAST_REACH_MM = 100.0
"""The bar and one action above it (themes/sizes) must lie within it."""


class PanelSettings(Model):
    """The touch panel: pixels and the lit area in millimetres."""

    px: tuple[Pixels, Pixels] = Field(description="width, height in pixels")
    mm: tuple[Millimetres, Millimetres] = Field(description="width, height of the lit area in millimetres")
    reach_mm: Millimetres = 250.0

    @model_validator(mode="after")
    def _in_millimetres(self) -> PanelSettings:
        density = self.px[0] / self.mm[0]
        if not DENSITIES[0] <= density <= DENSITIES[1]:
            raise ValueError(
                f"每毫米 {density:.2f} 个像素，触摸屏没有这样的 → 核对 px 与 mm，mm 是毫米，不是厘米或英寸"
            )
        if not LEAST_REACH_MM <= self.reach_mm <= self.mm[1]:
            raise ValueError(
                f"reach_mm 是从屏幕下沿往上够得着的毫米数 → 写 {LEAST_REACH_MM:g} 到 {self.mm[1]:g} 之间的数"
            )
        return self

    @model_validator(mode="after")
    def _square_pixels(self) -> PanelSettings:
        across, down = self.px[0] / self.mm[0], self.px[1] / self.mm[1]
        if not 0.97 < across / down < 1.03:
            raise ValueError(f"像素不是方的，横向每毫米 {across:.2f}，纵向 {down:.2f} → 核对 px 与 mm")
        return self

    def value(self) -> Panel:
        """As the shell takes it."""
        return Panel(px=self.px, mm=self.mm, reach_mm=self.reach_mm)


class Role(StrEnum):
    """Whom a device serves, where a machine has two of a class."""

    VISITOR = "visitor"
    KEEPER = "keeper"
    HALL = "hall"


class PlaceSettings(Model):
    """Where a device is plugged in; see `drivers.buses.places.Place`. What is not written may be anything."""

    bus: Bus
    path: str = "*"
    serial: str = "*"
    vendor: str = "*"
    product: str = "*"
    maker: str = "*"
    model: str = "*"
    kind: str = "*"

    def value(self) -> Place:
        """As the buses take it."""
        return Place(**self.model_dump())


class DeviceSettings(Model):
    """One device: which class it serves, by which driver, where it is plugged in.

    `required`: a fault of it is a task for somebody; a device that is not required and was never there is nobody's task.
    """

    device_class: DeviceClass = Field(alias="class")
    driver: str
    role: Role = Role.VISITOR
    required: StrictBool = True
    place: PlaceSettings | None = None
    settings: dict[str, Any] = Field(default_factory=dict)


class SpeakersSettings(Model):
    """The sound cards, each by a part of its name (`kiosk voice check` lists them); empty: the system's own choice.

    `earphone`: what the visitor's earphone is plugged into. "none" for `speaker`: this model has no loudspeaker.
    """

    speaker: str = ""
    earphone: str = ""


class SignsShown(StrEnum):
    """When a model shows sign language, at a place that has some."""

    ASKED = "asked"
    """From when the visitor asks for it, until the visit ends."""
    ALWAYS = "always"
    """From the beginning of each visit; the visitor can put it away."""
    NEVER = "never"
    """This model does not: its panel is too small, or its processor too weak."""


class Offered(StrEnum):
    """What becomes of an item that needs a device which this model does not have."""

    GUIDE = "guide"
    """Shown, marked, and leads to its guide and to where else it can be done."""
    HIDDEN = "hidden"


class Degradation(Model):
    """A rule: without a device of this class, these items ("*": all that need it) are offered so."""

    without: DeviceClass
    items: tuple[str, ...] = ("*",)
    offered: Offered = Offered.GUIDE


class Profile(Model):
    """One kiosk model. `production` profiles refuse emulators and stand-ins; the dock is for demo and test profiles only."""

    id: str
    title: str
    production: StrictBool
    dock: StrictBool = False
    panel: PanelSettings
    devices: dict[str, DeviceSettings]
    degradations: tuple[Degradation, ...] = ()
    sound: SpeakersSettings = SpeakersSettings()
    sign_language: SignsShown = SignsShown.ASKED

    def has(self, device_class: DeviceClass) -> bool:
        """Whether this model is built with a device of this class for visitors."""
        return any(each.device_class is device_class and each.role is Role.VISITOR for each in self.devices.values())

    def offered(self, code: str, required: Iterable[DeviceClass]) -> Offered | None:
        """How an item is offered that needs these classes; None: as usual. Without a rule it is offered as its guide."""
        missing = [each for each in required if not self.has(each)]
        if not missing:
            return None
        fitting = [
            rule.offered
            for rule in self.degradations
            if rule.without in missing and ("*" in rule.items or code in rule.items)
        ]
        return Offered.HIDDEN if Offered.HIDDEN in fitting else Offered.GUIDE

    @model_validator(mode="after")
    def _dock_is_not_for_production(self) -> Profile:
        if self.production and self.dock:
            raise ValueError("正式环境不能打开 dock → 删去 dock = true")
        return self


def load_profile(path: Path, overrides: Mapping[str, Any] | None = None) -> Profile:
    """Read a profile and check it against the drivers that are installed. Raise Mistake."""
    profile = _with_fonts(read(path, Profile, overrides))
    lines = []
    for name, device in profile.devices.items():
        manifest = registry.manifests().get(device.driver)
        if manifest is None:
            known = "、".join(registry.manifests())
            lines.append(f"{path}: devices.{name}.driver: 没有驱动 {device.driver!r} → 可用的有 {known}")
        elif manifest.device_class is not device.device_class:
            lines.append(
                f"{path}: devices.{name}.class: 驱动 {device.driver} 服务的是 {manifest.device_class} → 改 class 或换驱动"
            )
        elif device.place is not None and not any(rule.bus is device.place.bus for rule in manifest.match):
            buses = "、".join(sorted({rule.bus for rule in manifest.match})) or "（无）"
            lines.append(
                f"{path}: devices.{name}.place.bus: 驱动 {device.driver} 不接在 {device.place.bus} 上 → 可用的有 {buses}"
            )
    lines = lines or _twice(path, profile)
    lines += [
        f"{path}: degradations.{number}.without: 本机型有 {rule.without} → 删掉这条规则，或删掉那个设备"
        for number, rule in enumerate(profile.degradations)
        if profile.has(rule.without)
    ]
    if lines:
        raise Mistake(lines)
    return profile


def _twice(path: Path, profile: Profile) -> list[str]:
    """A line for each device that nobody could tell from an earlier one, and for each that is said to be where another is."""
    lines = []
    places: dict[PlaceSettings, str] = {}
    for name, device in profile.devices.items():
        if device.place is not None and device.place.path != "*":
            first = places.setdefault(device.place, name)
            if first != name:
                lines.append(
                    f"{path}: devices.{name}.place: 与 devices.{first} 是同一个接口 → 用 kiosk device scan 核对"
                )
    seen: dict[tuple[DeviceClass, Role], str] = {}
    for name, device in profile.devices.items():
        first = seen.setdefault((device.device_class, device.role), name)
        if first != name:
            lines.append(f"{path}: devices.{name}.role: 与 devices.{first} 的 class 和 role 都一样 → 改成别的 role")
    return lines


FONT_MARK = "font:"
"""In a device's settings, "font:NAME" stands for a font that `python -m kiosk.fonts` prepared on this machine."""


def _with_fonts(profile: Profile) -> Profile:
    return profile.model_copy(update={"devices": {name: with_fonts(each) for name, each in profile.devices.items()}})


def with_fonts(device: DeviceSettings) -> DeviceSettings:
    """The device with the files of this machine where its settings name prepared fonts."""
    return device.model_copy(update={"settings": {key: _font(value) for key, value in device.settings.items()}})


def _font(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(FONT_MARK):
        return str(fonts.folder() / value.removeprefix(FONT_MARK))
    return [_font(each) for each in value] if isinstance(value, list) else value
