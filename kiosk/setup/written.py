"""The files that come out of a set-up. Written in this order, each whole, the site last: a power cut in between leaves a set-up
that goes on, never a kiosk with half its files."""

from __future__ import annotations

import getpass
import string
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import tomli_w

from kiosk.gateways.enrolment import Enrolled
from kiosk.setup import enrolling
from kiosk.setup.answers import Answers, devices_as_toml, hours_as_toml, panel_as_toml, text_as_toml
from kiosk.setup.folder import SetupFolder, put

_SITE_HEAD = "# 这个地点。由 kiosk setup 写入，每一项的说明见 docs/install.md。\n"
_PROFILE_HEAD = "# 这台机器：屏幕和设备。由 kiosk setup 写入，每一项的说明见 docs/install.md。\n"
_INCHES = 25.4


class Unfinished(Exception):
    """Something was not answered yet; the text is its section."""


def write_all(folder: SetupFolder, answers: Answers, enrolled: Enrolled) -> None:
    """Write everything. May be done again. Raise Unfinished, OSError."""
    profile, site = profile_file(answers, enrolled), site_file(answers, enrolled, folder)
    public = (
        (folder.certificate, enrolled.certificate),
        (folder.issuer_roots, enrolled.issuer_roots),
        (folder.operator_roots, enrolled.operator_roots),
    )
    for path, text in public:
        put(path, text.encode("ascii"), private=False)
    put(folder.secret, enrolled.secret.reveal().encode("ascii"))
    put(folder.profile, (_PROFILE_HEAD + tomli_w.dumps(profile)).encode("utf-8"), private=False)
    put(folder.unit, _unit("kiosk.service.tmpl", folder).encode("utf-8"), private=False)
    put(folder.screen_unit, _unit("kiosk-screen.service.tmpl", folder).encode("utf-8"), private=False)
    put(folder.site, (_SITE_HEAD + tomli_w.dumps(site)).encode("utf-8"), private=False)
    folder.enrolled.unlink(missing_ok=True)


def site_file(answers: Answers, enrolled: Enrolled, folder: SetupFolder) -> dict[str, Any]:
    """The values of site.toml. Raise Unfinished."""
    place, elsewhere, platform = answers.place, answers.elsewhere, answers.platform
    if answers.lacking():
        raise Unfinished(answers.lacking()[0])
    if platform is None or answers.languages is None:
        raise Unfinished("platform" if platform is None else "languages")
    site: dict[str, Any] = {
        "kiosk_id": enrolled.kiosk_id,
        "name": text_as_toml(place, "name"),
        "place": text_as_toml(place, "place"),
        "languages": list(answers.languages),
        "timezone": place.timezone,
        "keeper_on_site": bool(place.keeper_on_site),
        "items": list(enrolling.offered(enrolled)),
        "favourites": list(enrolled.favourites),
        "state_folder": "state",
    }
    if place.hours is not None:
        site["hours"] = hours_as_toml(place.hours)
    site["platform"] = {
        "url": platform.url,
        **({"authority_file": _named(folder, folder.authority)} if platform.authority_file is not None else {}),
        "secret_file": _named(folder, folder.secret),
        "issuer_roots": _named(folder, folder.issuer_roots),
    }
    site["keys"] = {
        "kiosk_key": _named(folder, folder.key),
        "kiosk_certificate": _named(folder, folder.certificate),
        "operator_roots": _named(folder, folder.operator_roots),
    }
    if folder.staff.exists():
        site["staff"] = {"roster": _named(folder, folder.staff)}
    site["elsewhere"] = {key: text_as_toml(elsewhere, key) for key in ("place", "address", "hours", "phone")}
    return site


def profile_file(answers: Answers, enrolled: Enrolled) -> dict[str, Any]:
    """The values of profile.toml. Raise Unfinished."""
    if answers.panel is None or answers.devices is None:
        raise Unfinished("panel" if answers.panel is None else "devices")
    machine = answers.machine
    profile: dict[str, Any] = {
        "id": enrolled.kiosk_id.lower(),
        "title": title_of(answers),
        "production": machine.production,
        "panel": panel_as_toml(answers.panel),
    }
    if machine.degradations:
        profile["degradations"] = [each.model_dump(mode="json", exclude_defaults=True) for each in machine.degradations]
    profile["devices"] = devices_as_toml(answers.devices)
    return profile


def title_of(answers: Answers) -> str:
    """What the machine is called: as somebody has named it, or by its panel."""
    if answers.machine.title or answers.panel is None:
        return answers.machine.title
    wide, high = answers.panel.mm
    inches = (wide**2 + high**2) ** 0.5 / _INCHES
    return f"{inches:.1f} 英寸{'竖屏' if high > wide else '横屏'}自助终端"


def _named(folder: SetupFolder, path: Path) -> str:
    return str(path.relative_to(folder.root))


def _unit(template: str, folder: SetupFolder) -> str:
    text = files("kiosk.setup").joinpath("units").joinpath(template).read_text("utf-8")
    values: Mapping[str, str] = {
        "kiosk": str(Path(sys.executable).with_name("kiosk")),
        "folder": str(folder.root.resolve()),
        "user": getpass.getuser(),
    }
    return string.Template(text).substitute(values)
