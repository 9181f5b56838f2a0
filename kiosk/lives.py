"""A kiosk that serves, one life after another: until it is told to end, or staff ask for everything anew."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from kiosk.app import NeedsStaff, place_of, running, shell_of
from kiosk.kiosk import Kiosk
from kiosk.locales import Phrasebook
from kiosk.policies import visit_policy
from kiosk.screens.closed import out_of_service
from kiosk.screens.compose import Composer
from kiosk.screens.screen import Look
from kiosk.settings.profile import Profile
from kiosk.settings.site import Site

if TYPE_CHECKING:
    from kiosk.maintenance.replacing.conformity import Conformity

_log = logging.getLogger("kiosk.app")


async def serve(
    site: Site, profile: Profile, *, dock_port: int | None = None, conformity: Conformity | None = None
) -> None:
    """Run a kiosk until it is cancelled; start it anew when staff ask for it."""
    while True:
        try:
            async with running(site, profile, conformity=conformity) as kiosk:
                await served(kiosk, dock_port)
        except NeedsStaff as error:
            _log.error("nothing but the screen can be started (%s): waiting for staff", error)
            await _wait_for_staff(site, profile)


async def served(kiosk: Kiosk, dock_port: int | None = None) -> None:
    """Until staff ask for a restart. Raise what the lobby raises, and what could not be started behind the first screen: a kiosk
    without its devices, that greets whoever comes, is no kiosk, and the start counts as one that did not finish."""
    async with AsyncExitStack() as stack:
        if kiosk.profile.dock:
            from kiosk.dock.server import docked

            _log.info("dock: %s", await stack.enter_async_context(docked(kiosk, port=dock_port or 0)))
        serving = asyncio.create_task(kiosk.lobby.serve(), name="lobby")
        asked = asyncio.create_task(kiosk.restart.wait(), name="restart")
        waits: set[asyncio.Task[Any]] = {serving, asked}
        if kiosk.waking is not None:
            waits.add(kiosk.waking)
        try:
            while not (serving.done() or asked.done()):
                done, waits = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for each in done:
                    each.result()
        finally:
            serving.cancel()
            asked.cancel()
            await asyncio.gather(serving, asked, return_exceptions=True)


async def _wait_for_staff(site: Site, profile: Profile) -> None:
    """Show that nobody is served, where else to go and whom to call, for ever: dying again would only repeat what fails.

    Raise what the window raises: without one there is nothing to wait with.
    """
    window = shell_of(site, profile, visit_policy())
    composer = Composer(place_of(site), site.languages)
    own = composer.languages[0]
    say = Phrasebook(own)
    window.show(out_of_service(say, composer, reason=say("paused.untold")), Look(language=own))
    try:
        await window.start()
        await asyncio.Event().wait()
    finally:
        await window.stop()
