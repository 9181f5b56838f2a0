"""`kiosk run --site SITE --profile PROFILE`: serve visitors."""

from __future__ import annotations

import argparse
import asyncio
import logging
from pathlib import Path
from typing import Any

from kiosk.cli.common import add_set, fail, file_assignments, until_told


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("run", help="serve visitors")
    parser.add_argument("--site", type=Path, required=True, help="the site's TOML file")
    parser.add_argument("--profile", type=Path, required=True, help="the device profile's TOML file")
    parser.add_argument("--dock-port", type=int, default=0, help="demo and test profiles: the dock's port (0: any)")
    add_set(parser, "profile.devices.camera.driver=v4l2")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT."""
    from kiosk.app import serve
    from kiosk.cli.check import unknown_items
    from kiosk.journal.store import JournalError
    from kiosk.settings.profile import load_profile
    from kiosk.settings.reading import Mistake
    from kiosk.settings.site import load_site

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    try:
        for_site, for_profile = file_assignments(arguments)
        site = load_site(arguments.site, for_site)
        profile = load_profile(arguments.profile, for_profile)
        if lines := unknown_items(arguments.site, site):
            raise Mistake(lines)
    except Mistake as error:
        return fail(str(error))
    try:
        asyncio.run(until_told(serve(site, profile, dock_port=arguments.dock_port)))
    except Mistake as error:
        return fail(str(error))
    except (JournalError, OSError, ValueError) as error:
        return fail(f"{type(error).__name__}: {error}", 1)
    return 0
