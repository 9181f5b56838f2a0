"""`kiosk check`: validate items, licence types, themes, and any site or profile; every mistake with file, key and cure."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.cli.common import add_json, add_set, file_assignments, say, say_json

if TYPE_CHECKING:
    from kiosk.settings.site import Site


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("check", help="validate site, profile, themes and items")
    parser.add_argument("--site", type=Path, action="append", default=[], help="a site's TOML file; may be repeated")
    parser.add_argument(
        "--profile",
        type=Path,
        action="append",
        default=[],
        help="a device profile; without one, those that are bundled",
    )
    add_json(parser)
    add_set(parser, "site.platform.url=https://platform.example")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check everything; exit 1 when there is a mistake."""
    lines = mistakes(arguments.site, arguments.profile, *file_assignments(arguments))
    if arguments.json:
        say_json({"ok": not lines, "mistakes": lines})
    else:
        say("\n".join(lines) if lines else "没有发现问题")
    return 1 if lines else 0


def mistakes(
    sites: list[Path], profiles: list[Path], for_site: dict[str, Any], for_profile: dict[str, Any]
) -> list[str]:
    """Return every mistake, one line each. Without a profile all bundled ones are checked."""
    from kiosk.catalogue.item import items
    from kiosk.documents.policy import paper_policy
    from kiosk.identity.face.policy import face_policy
    from kiosk.licences.types import licence_types
    from kiosk.lobby import ROUTES
    from kiosk.policies import visit_policy
    from kiosk.screens.screen import Mode, Theme
    from kiosk.shell import tokens

    checks: list[Callable[[], object]] = [items, licence_types, visit_policy, paper_policy, face_policy]
    checks += [partial(tokens.millimetres, mode) for mode in Mode]
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
        return [f"{type(error).__name__}: {error}"]
    return []


def _check_profile(path: Path, values: dict[str, Any]) -> None:
    """Also convert every device's settings as its driver will (a wrong key is told here, not at 02:00)."""
    from drivers import registry
    from drivers.contract.faults import DeviceFault
    from kiosk.settings.profile import load_profile
    from kiosk.settings.reading import Mistake

    profile = load_profile(path, values)
    lines = []
    for name, device in profile.devices.items():
        try:
            registry.make(device.driver, device.settings, production=profile.production)
        except DeviceFault as error:
            lines.append(f"{path}: devices.{name}.settings: {error.fault.detail} → 按驱动说明改正")
    if lines:
        raise Mistake(lines)


def _check_site(path: Path, values: dict[str, Any]) -> None:
    from kiosk.settings.reading import Mistake
    from kiosk.settings.site import load_site

    site = load_site(path, values)
    lines = [line for policy in _policies(site) for line in _lines_of(policy)]
    lines += unknown_items(path, site)
    for key, file in (
        ("platform.secret_file", site.platform.secret_file),
        ("platform.issuer_roots", site.platform.issuer_roots),
        ("keys.kiosk_key", site.keys.kiosk_key),
        ("keys.kiosk_certificate", site.keys.kiosk_certificate),
        ("keys.operator_roots", site.keys.operator_roots),
    ):
        if not file.is_file():
            lines.append(f"{path}: {key}: 文件 {file} 不存在 → 放好文件或改正路径")
    if lines:
        raise Mistake(lines)


def unknown_items(path: Path, site: Site) -> list[str]:
    """Return a line for each of the site's items that the catalogue does not have."""
    from kiosk.catalogue.item import items

    known = "、".join(items())
    return [f"{path}: items: 没有事项 {code} → 可用的有 {known}" for code in site.items if code not in items()]


def _policies(site: Site) -> list[Callable[[], object]]:
    from kiosk.identity.face.policy import face_policy
    from kiosk.policies import visit_policy

    return [partial(visit_policy, site.policies.visit), partial(face_policy, site.policies.face)]
