"""A device profile: one kiosk model, its panel and its devices. See device_profiles/demo.toml for a commented example."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from drivers import registry
from drivers.contract.common import DeviceClass
from kiosk import fonts
from kiosk.screens.protocol import Panel
from kiosk.settings.reading import Mistake, Model, read

Pixels = Annotated[int, Field(gt=0)]
Millimetres = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class PanelSettings(Model):
    """The touch panel: pixels and the lit area in millimetres."""

    px: tuple[Pixels, Pixels] = Field(description="width, height in pixels")
    mm: tuple[Millimetres, Millimetres] = Field(description="width, height of the lit area in millimetres")
    reach_mm: Millimetres = 250.0

    @model_validator(mode="after")
    def _square_pixels(self) -> PanelSettings:
        across, down = self.px[0] / self.mm[0], self.px[1] / self.mm[1]
        if not 0.97 < across / down < 1.03:
            raise ValueError(f"像素不是方的，横向每毫米 {across:.2f}，纵向 {down:.2f} → 核对 px 与 mm")
        return self

    def value(self) -> Panel:
        """As the shell takes it."""
        return Panel(px=self.px, mm=self.mm, reach_mm=self.reach_mm)


class DeviceSettings(Model):
    """One device: which class it serves, by which driver, and whether visits need it."""

    device_class: DeviceClass = Field(alias="class")
    driver: str
    settings: dict[str, Any] = Field(default_factory=dict)


class Profile(Model):
    """One kiosk model. `production` profiles refuse emulators and stand-ins; the dock is for demo and test profiles only."""

    id: str
    title: str
    production: bool
    dock: bool = False
    panel: PanelSettings
    devices: dict[str, DeviceSettings]

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
    if lines:
        raise Mistake(lines)
    return profile


FONT_MARK = "font:"
"""In a device's settings, "font:NAME" stands for a font that `python -m kiosk.fonts` prepared on this machine."""


def _with_fonts(profile: Profile) -> Profile:
    devices = {
        name: device.model_copy(update={"settings": {key: _font(value) for key, value in device.settings.items()}})
        for name, device in profile.devices.items()
    }
    return profile.model_copy(update={"devices": devices})


def _font(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(FONT_MARK):
        return str(fonts.folder() / value.removeprefix(FONT_MARK))
    return [_font(each) for each in value] if isinstance(value, list) else value
