"""This machine: which it is, where it stands, what runs on it. What somebody on the telephone asks first."""

from __future__ import annotations

import platform
import time

import msgspec
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
        await shift.ask(lambda: about_screen(shift, tools.site, tools.profile, running()))


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """What runs here; `up` is how long the machine has been on, in seconds."""

    runtime: str
    python: str
    up: float


def running() -> Running:
    """As it is now."""
    return Running(runtime=__version__, python=platform.python_version(), up=time.time() - psutil.boot_time())


def about_screen(shift: Shift, site: Site, profile: Profile, now: Running) -> Screen:
    """Kiosk, place, model, versions, how long it runs."""
    days, rest = divmod(now.up, 86_400)
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
                    Fact(label=tell("about.runtime"), value=now.runtime),
                    Fact(label=tell("about.python"), value=now.python),
                    Fact(label=tell("about.phone"), value=site.elsewhere.phone),
                    Fact(label=tell("about.up"), value=tell("about.days", days=int(days), hours=int(rest // 3600))),
                )
            ),
        ),
        home=True,
    )
