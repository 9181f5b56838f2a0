"""What somebody has answered so far. One file for three uses: the draft that a power cut leaves, the answers of `--answers`, and
what is taken along to the next machine. The code, the PIN and every key are not in it; a file written for `--answers` may have
them in a section of its own, [once], which is read and never written."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import Field, SecretStr, StrictBool, field_validator

from drivers.contract.secret import SecretText
from kiosk.locales import OWN, languages, pilot_languages
from kiosk.settings.hours import Hours
from kiosk.settings.profile import Degradation, DeviceSettings, PanelSettings
from kiosk.settings.reading import Mistake, Model, read
from kiosk.settings.translated import Translated
from kiosk.setup.folder import SetupFolder, put

HEAD = (
    "# 新机器设置时的回答，由 kiosk setup 写入；里面没有登记码、PIN 和私钥。可以用 kiosk setup --answers 装下一台。\n"
)


class PlaceAnswers(Translated):
    """The place; empty where nothing was said yet."""

    name: str = ""
    place: str = ""
    timezone: str = "Asia/Shanghai"
    hours: Hours | None = None
    keeper_on_site: StrictBool | None = None


class ElsewhereAnswers(Translated):
    """Where visitors are sent when this kiosk cannot help."""

    place: str = ""
    address: str = ""
    hours: str = ""
    phone: str = ""


class PlatformAnswers(Model):
    """The platform. `authority_file` is relative to the answers."""

    url: str = Field(pattern=r"^https?://")
    authority_file: Path | None = None


class MachineAnswers(Model):
    """The kiosk model. `title` empty: made from the panel. `production` false only for machines that stand on a bench."""

    title: str = ""
    production: StrictBool = True
    degradations: tuple[Degradation, ...] = ()


class Answers(Model):
    """All of it. What is None was not answered yet; a file for `--answers` without `devices`: what is plugged in is found and
    tried."""

    languages: tuple[str, ...] | None = Field(default=None, min_length=1)
    place: PlaceAnswers = PlaceAnswers()
    elsewhere: ElsewhereAnswers = ElsewhereAnswers()
    platform: PlatformAnswers | None = None
    machine: MachineAnswers = MachineAnswers()
    panel: PanelSettings | None = None
    devices: dict[str, DeviceSettings] | None = None

    @field_validator("languages")
    @classmethod
    def _known(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        known = (*languages(), *pilot_languages())
        strange = [each for each in value or () if each not in known]
        if strange or len(set(value or ())) != len(value or ()):
            raise ValueError(f"没有这种语言，或写了两次 → 从这些里选：{'、'.join(known)}")
        return value

    def changed(self, **parts: Any) -> Answers:
        """With other parts."""
        return self.model_copy(update=parts)

    def lacking(self) -> tuple[str, ...]:
        """The texts of the place that nobody has given yet, as section.key."""
        needed = (
            ("place", self.place, ("name", "place")),
            ("elsewhere", self.elsewhere, ("place", "address", "hours", "phone")),
        )
        return tuple(f"{section}.{key}" for section, about, keys in needed for key in keys if not getattr(about, key))


class OnceTexts(Model):
    """What a file for `--answers` may have beside the answers."""

    code: SecretStr | None = None
    pin: SecretStr | None = None


class AnswersFile(Answers):
    """Such a file."""

    once: OnceTexts = OnceTexts()


@dataclass
class Once:
    """What counts once, and is never written down."""

    code: SecretText | None = None
    pin: SecretText | None = None


def load_answers(path: Path) -> tuple[Answers, Once]:
    """Read answers, whole or half. Raise Mistake naming file, key and cure. File names become absolute."""
    found = read(path, AnswersFile)
    if found.once != OnceTexts() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Mistake(
            [
                f"{path}: once: 里面有登记码或 PIN，别的账号也能读这个文件 → chmod 600 {path}；"
                "在 U 盘上改不了权限，就删掉 [once] 这一节，到屏幕上输入"
            ]
        )
    answers = Answers(**{name: getattr(found, name) for name in Answers.model_fields})
    once = Once(
        *(None if each is None else SecretText(each.get_secret_value()) for each in (found.once.code, found.once.pin))
    )
    if answers.platform is not None and answers.platform.authority_file is not None:
        file = path.resolve().parent / answers.platform.authority_file
        answers = answers.changed(platform=answers.platform.model_copy(update={"authority_file": file}))
    return answers, once


def kept_answers(folder: SetupFolder) -> Answers:
    """The answers of a set-up that was left, empty ones of a new one. Raise Mistake for a file that somebody has spoiled."""
    return load_answers(folder.answers)[0] if folder.answers.exists() else Answers()


def keep(folder: SetupFolder, answers: Answers) -> None:
    """Write them down. Raise OSError."""
    put(folder.answers, (HEAD + tomli_w.dumps(as_toml(answers, folder.root))).encode("utf-8"))


def as_toml(answers: Answers, base: Path) -> dict[str, Any]:
    """The values of the file; file names relative to `base`."""
    platform = answers.platform
    found: dict[str, Any] = {
        "languages": list(answers.languages) if answers.languages else None,
        "place": {
            **_texts(answers.place, ("name", "place")),
            "timezone": answers.place.timezone,
            "hours": hours_as_toml(answers.place.hours) if answers.place.hours else None,
            "keeper_on_site": answers.place.keeper_on_site,
        },
        "elsewhere": _texts(answers.elsewhere, ("place", "address", "hours", "phone")),
        "platform": None if platform is None else {"url": platform.url, "authority_file": _relative(platform, base)},
        "machine": answers.machine.model_dump(mode="json", exclude_defaults=True),
        "panel": panel_as_toml(answers.panel) if answers.panel else None,
        "devices": None if answers.devices is None else devices_as_toml(answers.devices),
    }
    return {key: without_none(each) for key, each in found.items() if each is not None}


def text_as_toml(about: Translated, field: str) -> str | dict[str, str]:
    """A text, or a table of it by language."""
    own: str = getattr(about, field)
    others = about.translations.get(field, ({},))[0]
    return {OWN: own, **others} if others else own


def with_text(about: Any, field: str, text: str, language: str = OWN) -> Any:
    """A model of texts with another text in it."""
    if language == OWN:
        return about.model_copy(update={field: text})
    others = {**about.translations.get(field, ({},))[0], language: text}
    others = {each: said for each, said in others.items() if said}
    return about.model_copy(update={"translations": {**about.translations, field: (others,)}})


def hours_as_toml(hours: Hours) -> dict[str, Any]:
    """Opening hours as they are written."""
    return hours.model_dump(mode="json", exclude_defaults=True)


def panel_as_toml(panel: PanelSettings) -> dict[str, Any]:
    """The panel as a profile writes it."""
    return {"px": list(panel.px), "mm": list(panel.mm), "reach_mm": panel.reach_mm}


def devices_as_toml(devices: dict[str, DeviceSettings]) -> dict[str, Any]:
    """The devices as a profile writes them."""
    return {
        name: device.model_dump(mode="json", by_alias=True, exclude_defaults=True) for name, device in devices.items()
    }


def without_none(values: Any) -> Any:
    """Without keys that have no value: TOML has none."""
    if isinstance(values, dict):
        return {key: without_none(each) for key, each in values.items() if each is not None}
    return values


def _texts(about: Translated, fields: tuple[str, ...]) -> dict[str, Any]:
    return {field: text_as_toml(about, field) for field in fields if getattr(about, field)}


def _relative(platform: PlatformAnswers, base: Path) -> str | None:
    file = platform.authority_file
    if file is None:
        return None
    return str(file.relative_to(base.resolve())) if file.is_relative_to(base.resolve()) else str(file)
