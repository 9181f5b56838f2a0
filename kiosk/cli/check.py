"""`kiosk check`: validate items, licence types, themes, and any site or profile; every mistake with file, key and cure."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.contract.faults import Fault, FaultCode
from kiosk.cli.common import add_json, add_set, file_assignments, say, say_json

if TYPE_CHECKING:
    from kiosk.settings.profile import DeviceSettings
    from kiosk.settings.site import Site


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("check", help="检查站点、机型、主题和事项的文件")
    parser.add_argument(
        "--site", type=Path, action="append", default=[], metavar="SITE.toml", help="站点文件（TOML），可以写多次"
    )
    parser.add_argument(
        "--profile",
        type=Path,
        action="append",
        default=[],
        metavar="PROFILE.toml",
        help="机型文件（TOML），可以写多次；不写就查自带的",
    )
    add_json(parser)
    add_set(parser, "site.platform.url=https://platform.example")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check everything; exit 1 when there is a mistake."""
    for_site, for_profile = file_assignments(arguments)
    lines = mistakes(arguments.site, arguments.profile, for_site, for_profile)
    notes = (
        []
        if lines
        else remarks(arguments.profile, for_profile)
        + _signed(arguments.site, for_site)
        + _staffed(arguments.site, for_site)
    )
    if arguments.json:
        say_json({"ok": not lines, "mistakes": lines, "remarks": notes})
    else:
        say("\n".join(lines) if lines else "没有发现问题")
        for note in notes:
            say(f"提醒：{note}")
    return 1 if lines else 0


def remarks(profiles: list[Path], for_profile: dict[str, Any]) -> list[str]:
    """What is allowed and could be better, one line each: a printer behind the system's queue, a driver that nobody verified."""
    from drivers.conformance.standing import standing
    from kiosk.settings.profile import load_profile

    lines = []
    for path in profiles or bundled_profiles():
        for name, device in load_profile(path, for_profile).devices.items():
            if device.driver == "cups":
                lines.append(
                    f"{path}: devices.{name}.driver: 证明经系统打印队列，会在磁盘上短暂留存 → 打印机支持 IPP 的，改用 ipp"
                )
            lines += [
                f"{path}: devices.{name}.settings.{key}: 这台机器上没有 {missing} → 上线的机器上要有这个文件"
                for key, missing in _files_not_here(device.settings)
            ]
            lines += _needless_addresses(f"{path}: devices.{name}", device)
            if standing(device.driver).level is None:
                lines.append(
                    f"{path}: devices.{name}.driver: 驱动 {device.driver} 未验证 → 用 kiosk device test 测过再上线"
                )
    return lines


def _signed(sites: list[Path], for_site: dict[str, Any]) -> list[str]:
    """How far the sign language of each site goes."""
    from kiosk.cli.signs import summary
    from kiosk.settings.site import load_site
    from kiosk.sign_language.clips import Clips

    folders = [(path, load_site(path, for_site).sign_language.clips) for path in sites]
    return [f"{path}: {summary(Clips(folder))}" for path, folder in folders if folder is not None]


def _staffed(sites: list[Path], for_site: dict[str, Any]) -> list[str]:
    """Who could come into maintenance at each site."""
    from kiosk.cli.site_files import staff_remarks
    from kiosk.settings.site import load_site

    return [line for path in sites for line in staff_remarks(path, load_site(path, for_site))]


def _files_not_here(settings: dict[str, Any]) -> list[tuple[str, str]]:
    """Files that a setting names (device nodes come and go, and are no files) and that are not on this machine."""
    named = [(key, each) for key, value in settings.items() for each in (value if isinstance(value, list) else [value])]
    return [
        (key, each)
        for key, each in named
        if isinstance(each, str) and each.startswith("/") and not each.startswith("/dev/") and not Path(each).exists()
    ]


def _needless_addresses(where: str, device: DeviceSettings) -> list[str]:
    """Settings that the place would fill in: what the profile writes itself stands, so the place would be for nothing."""
    from kiosk.binding import settings_in_place

    if device.place is None:
        return []
    from_place = settings_in_place(device.model_copy(update={"settings": {}}))
    return [
        f"{where}.settings.{key}: 写了 place，又写了这一项，以这一项为准 → 只留一个"
        for key in device.settings
        if key in from_place and device.settings[key] != from_place[key]
    ]


def mistakes(
    sites: list[Path], profiles: list[Path], for_site: dict[str, Any], for_profile: dict[str, Any]
) -> list[str]:
    """Return every mistake, one line each. Without a profile all bundled ones are checked."""
    from kiosk.catalogue.item import items
    from kiosk.catalogue.rules import check_catalogue
    from kiosk.documents.policy import paper_policy
    from kiosk.identity.face.policy import face_policy
    from kiosk.licences.types import licence_types
    from kiosk.lobby import ROUTES
    from kiosk.policies import visit_policy
    from kiosk.screens.screen import Mode, Theme
    from kiosk.shell import tokens
    from kiosk.sign_language.settings import sign_settings
    from kiosk.voice.policy import voice_settings

    checks: list[Callable[[], object]] = [
        items,
        check_catalogue,
        licence_types,
        visit_policy,
        paper_policy,
        face_policy,
        voice_settings,
        sign_settings,
    ]
    checks += [partial(tokens.all_sizes, mode) for mode in Mode]
    checks += [partial(tokens.colours, theme, mode) for theme in Theme for mode in Mode]
    checks += [route.check for route in ROUTES.values()]
    checks += [partial(_check_profile, path, for_profile) for path in profiles or bundled_profiles()]
    checks += [partial(_check_site, path, for_site) for path in sites]
    return [line for check in checks for line in _lines_of(check)]


def bundled_profiles() -> list[Path]:
    """Return the profiles that come with the runtime."""
    import device_profiles

    return sorted(Path(device_profiles.__path__[0]).glob("*.toml"))


def _lines_of(check: Callable[[], Any]) -> list[str]:
    from kiosk.journey.runner import TableError
    from kiosk.settings.reading import Mistake

    try:
        check()
    except Mistake as error:
        return error.lines
    except (ValueError, LookupError, OSError, TableError) as error:
        return [f"（自带的文件）: {type(error).__name__} {error} → 重新安装本程序"]
    return []


def _check_profile(path: Path, values: dict[str, Any]) -> None:
    """Also convert every device's settings as its driver will (a wrong key is told here, not at 02:00)."""
    from drivers import registry
    from drivers.contract.faults import DeviceFault
    from kiosk.binding import settings_in_place
    from kiosk.settings.profile import load_profile
    from kiosk.settings.reading import Mistake

    profile = load_profile(path, values)
    lines = []
    for name, device in profile.devices.items():
        try:
            settings = settings_in_place(device)
        except LookupError:
            lines.append(
                f"{path}: devices.{name}.place.kind: 驱动 {device.driver} 不认这种设备 → 用 kiosk device scan 核对"
            )
            continue
        try:
            registry.make(device.driver, settings, production=profile.production)
        except DeviceFault as error:
            lines.append(_setting(f"{path}: devices.{name}", error.fault))
    if lines:
        raise Mistake(lines)


def _setting(where: str, fault: Fault) -> str:
    """The driver's word on its settings, with the key it lies at. It speaks English: `kiosk check` says what that means."""
    if fault.code is FaultCode.EMULATOR_REFUSED:
        return f"{where}: 正式环境不能用模拟的部件（{fault.detail}）→ 换成真实的，或把 production 改成 false"
    said = fault.detail.partition(": ")[2] or fault.detail
    for pattern, text in _SETTINGS:
        found = re.fullmatch(pattern, said)
        if found:
            return f"{where}.settings{found.expand(text)}"
    return f"{where}.settings: 写法不对（{said}）→ 对照 docs/hardware.md 改正"


_SETTINGS: tuple[tuple[str, str], ...] = (
    (r"Object contains unknown field `(.+?)`.*", r".\1: 这个驱动没有这一项 → 检查拼写，或删掉它"),
    (r"Object missing required field `(.+?)`.*", r".\1: 缺少这一项 → 请补上"),
    (
        r"Invalid enum value '?(.+?)'? - at `key` in `\$\.(.+)`",
        r".\2.\1: 没有这个名字 → 可用的名字见 docs/driver-list.md",
    ),
    (r"Expected `(.+?)` ([<>]=? ?.+?) - at `\$\.(.+?)(?:\[\.\.\.\])?`", r".\3: 数超出范围（要 \2） → 改正这一项的值"),
    (r"Expected (.+?)(?:, got (.+?))? - at `\$\.(.+)`", r".\3: 类型不对（要 \1） → 改正这一项的值"),
    (r"(.+) - at `\$\.(.+)`", r".\2: 值不对（\1） → 对照 docs/hardware.md 改正"),
)
"""What msgspec says of a setting, and what a person reads after `devices.NAME.settings`."""


def _check_site(path: Path, values: dict[str, Any]) -> None:
    from kiosk.cli.signs import mistakes
    from kiosk.cli.site_files import mistakes_in_files
    from kiosk.settings.reading import Mistake
    from kiosk.settings.site import load_site
    from kiosk.sign_language.clips import Clips

    site = load_site(path, values)
    lines = [line for policy in _policies(site) for line in _lines_of(policy)]
    lines += unknown_items(path, site) + mistakes_in_files(path, site)
    if site.sign_language.clips is not None:
        lines += mistakes(Clips(site.sign_language.clips))
    if lines:
        raise Mistake(lines)


def unknown_items(path: Path, site: Site) -> list[str]:
    """Return a line for each of the site's items, of their hours and of its favourites that there is not."""
    from kiosk.catalogue.item import items
    from kiosk.catalogue.listed import catalogue

    known = "、".join(items())
    lines = [f"{path}: items: 没有事项 {code} → 可用的有 {known}" for code in site.items if code not in items()]
    lines += [
        f"{path}: hours.items: 这里不办事项 {code} → 改成 items 里的代码，或删掉这一节"
        for code in site.hours.items
        if code not in site.items
    ]
    return lines + [
        f"{path}: favourites: 没有事项 {code} → 对照 kiosk/catalogue/items 改正"
        for code in site.favourites
        if code not in catalogue()
    ]


def _policies(site: Site) -> list[Callable[[], object]]:
    from kiosk.identity.face.policy import face_policy
    from kiosk.policies import visit_policy
    from kiosk.voice.policy import voice_settings

    paths = site.policies
    return [partial(visit_policy, paths.visit), partial(face_policy, paths.face), partial(voice_settings, paths.voice)]
