"""This machine: which it is, where it stands, what runs on it. What somebody on the telephone asks first."""

from __future__ import annotations

import platform
import time
from functools import partial

import psutil

from kiosk import __version__
from kiosk.locales.staff import tell
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Fact, Facts
from kiosk.screens.screen import Screen
from kiosk.settings.profile import Profile
from kiosk.settings.site import Site


async def run(shift: Shift, tools: Toolbox) -> None:
    """Show it until 返回."""
    while True:
        await shift.ask(partial(about_screen, shift, tools.site, tools.profile))


def about_screen(shift: Shift, site: Site, profile: Profile) -> Screen:
    """Kiosk, place, model, versions, how long it runs."""
    days, rest = divmod(time.time() - psutil.boot_time(), 86_400)
    return shift.composer.screen(
        shift.say,
        "about",
        title=tell("about.title"),
        sentence=tell("about.sentence"),
        blocks=(
            Facts(
                rows=(
                    Fact(label=tell("about.kiosk"), value=site.kiosk_id),
                    Fact(label=tell("about.place"), value=site.place),
                    Fact(label=tell("about.model"), value=profile.title),
                    Fact(label=tell("about.runtime"), value=__version__),
                    Fact(label=tell("about.python"), value=platform.python_version()),
                    Fact(label=tell("about.phone"), value=site.elsewhere.phone),
                    Fact(label=tell("about.up"), value=tell("about.days", days=int(days), hours=int(rest // 3600))),
                )
            ),
        ),
        home=True,
    )
