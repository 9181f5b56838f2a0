"""A site: one place where a kiosk stands. File names in it are relative to the file itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from kiosk.locales import languages, pilot_languages
from kiosk.settings.hours import Hours
from kiosk.settings.reading import Model, read
from kiosk.settings.translated import Translated


class Platform(Model):
    """The government platform that this kiosk speaks to.

    `authority_file`: PEM of the private CA that certified the platform's TLS server (a government intranet has one of its own);
    it is then the only one believed. Left out: the public ones that came with the runtime.
    """

    url: str = Field(pattern=r"^https?://")
    authority_file: Path | None = None
    secret_file: Path
    issuer_roots: Path
    answer_seconds: float = Field(default=8.0, gt=0, le=60, allow_inf_nan=False)
    """Nobody should wait longer before a screen; then it is treated as a broken line."""


class Keys(Model):
    """What the kiosk signs printed codes with, and whom it trusts to have certified other kiosks."""

    kiosk_key: Path
    kiosk_certificate: Path
    operator_roots: Path


class Elsewhere(Translated):
    """Where a visitor is sent when this kiosk cannot help. Each text in Simplified Chinese, or in several languages:
    place = { zh-Hans = "3 号窗口", en = "Counter 3" }."""

    place: str
    address: str
    hours: str
    phone: str


class Policies(Model):
    """Policy files of this place, where those that ship (kiosk/policies/*.toml) do not fit it: each a whole file of its kind.

    `visit`: how long a visit waits, and when it warns. `face`: thresholds and tries, as calibrated with consenting people.
    `voice`: how loud by day and by night, how fast (themes/voice.toml). `maintenance`: how long staff may stay at the machine.
    """

    visit: Path | None = None
    face: Path | None = None
    voice: Path | None = None
    maintenance: Path | None = None


class SignLanguage(Model):
    """Sign language at this place. `clips`: a folder of clips with its manifest; `interpreter`: the Unix socket of the program that
    connects an interpreter (docs/voice.md)."""

    clips: Path | None = None
    interpreter: Path | None = None


class StaffSettings(Model):
    """Who may open maintenance here. `roster`: the staff's file, made by `kiosk staff add`; `time_codes`: the secret that this
    machine shares with its operator for codes by telephone (`kiosk staff key`). Without both nobody can come in."""

    roster: Path | None = None
    time_codes: Path | None = None


class Site(Translated):
    """One place."""

    kiosk_id: str = Field(pattern=r"^[A-Z0-9-]{4,24}$")
    name: str
    place: str
    languages: tuple[str, ...] = Field(default_factory=languages, min_length=1)
    """What a visitor may choose from, the first one shown at first; those with a handful of sentences only where they are named."""
    timezone: str = "Asia/Shanghai"
    hours: Hours = Hours()
    keeper_on_site: bool = False
    items: tuple[str, ...]
    favourites: tuple[str, ...] = ()
    """Codes of items that many ask for here; those that cannot be done here lead to their guide."""
    platform: Platform
    keys: Keys
    elsewhere: Elsewhere
    policies: Policies = Policies()
    sign_language: SignLanguage = SignLanguage()
    staff: StaffSettings = StaffSettings()
    state_folder: Path

    @field_validator("languages")
    @classmethod
    def _known_languages(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        known = (*languages(), *pilot_languages())
        strange = [each for each in value if each not in known]
        if strange or len(set(value)) != len(value):
            wrong = f"没有语言 {'、'.join(strange)}" if strange else "有一种语言写了两次"
            raise ValueError(f"{wrong} → 从这些里选:{'、'.join(known)}")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"没有时区 {value!r} → 中国大陆用 Asia/Shanghai") from error
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The local time zone."""
        return ZoneInfo(self.timezone)


def load_site(path: Path, overrides: Mapping[str, Any] | None = None) -> Site:
    """Read a site file. Raise Mistake. File names become absolute."""
    site = read(path, Site, overrides)
    base = path.resolve().parent
    return site.model_copy(
        update={
            "state_folder": base / site.state_folder,
            "platform": _absolute(site.platform, base),
            "keys": _absolute(site.keys, base),
            "policies": _absolute(site.policies, base),
            "sign_language": _absolute(site.sign_language, base),
            "staff": _absolute(site.staff, base),
        }
    )


def _absolute(model: Any, base: Path) -> Any:
    names = {name: base / value for name, value in model if isinstance(value, Path)}
    return model.model_copy(update=names)
