"""The composition root: a site and a profile become a running kiosk. Only this module knows everybody.

The window comes first, so that somebody who touches the screen after a power cut is answered within seconds; the heavy
parts (documents, seals) are loaded while it opens.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.buses.messages import Sources
from drivers.contract.common import DeviceClass
from drivers.link.memory import be_frugal, give_back
from kiosk import fonts
from kiosk.devices import Devices
from kiosk.gateways.fault import GatewayCode
from kiosk.journal.sole import sole_user
from kiosk.journal.store import Journal
from kiosk.kiosk import Kiosk
from kiosk.locales import Phrasebook
from kiosk.logbook.events import listening
from kiosk.logbook.fault_log import FaultLog
from kiosk.logbook.store import Logbook
from kiosk.opening.pauses import FILE as PAUSES_FILE
from kiosk.opening.pauses import Pauses
from kiosk.opening.serving import serving
from kiosk.opening.start import Start, Way, begin, limits
from kiosk.policies import VisitPolicy, visit_policy
from kiosk.screens.compose import Composer, Place
from kiosk.screens.screen import Look
from kiosk.settings.profile import Profile, SignsShown
from kiosk.settings.reading import Mistake
from kiosk.settings.site import Site
from kiosk.sign_language.clips import Clips
from kiosk.sign_language.settings import sign_settings
from kiosk.sign_language.signs import Signs
from kiosk.voice.ears import Ears
from kiosk.voice.policy import voice_settings
from kiosk.voice.voice import Voice
from kiosk.window import ShellWindow, Window

if TYPE_CHECKING:
    from kiosk.bindings.in_force import InForce
    from kiosk.identity.face.match import FaceWorker
    from kiosk.journey.desk import Desk
    from kiosk.lobby import Lobby
    from kiosk.maintenance.replacing.conformity import Conformity
    from kiosk.maintenance.service import Service
    from kiosk.operations.printing import Printing

_log = logging.getLogger("kiosk.app")


def screen_fonts() -> dict[str, str]:
    """The fonts that the shell is told to use."""
    return {
        "regular": str(fonts.screen_regular().path),
        "bold": str(fonts.screen_bold().path),
        "rare_a": str(fonts.rare()[0].path),
        "rare_b": str(fonts.rare()[1].path),
    }


def _signs(site: Site, profile: Profile, window: ShellWindow) -> Signs:
    """Sign language of this place on this model. Clips that cannot be read are `kiosk check`'s business: there are none then."""
    here = site.sign_language
    if profile.sign_language is SignsShown.NEVER:
        return Signs(sign_settings(), window)
    clips: Clips | None = None
    if here.clips is not None:
        try:
            clips = Clips(here.clips)
        except Mistake as mistake:
            _log.error("no sign language clips: %s", "; ".join(mistake.lines))
    return Signs(sign_settings(), window, clips=clips, interpreter=here.interpreter, kiosk=site.kiosk_id)


class NeedsStaff(Exception):
    """A start that was held because others before it did not finish could not even stand still: see kiosk.lives."""


@asynccontextmanager
async def running(
    site: Site,
    profile: Profile,
    *,
    window: Window | None = None,
    now: Callable[[], datetime] | None = None,
    sources: Sources | None = None,
    conformity: Conformity | None = None,
) -> AsyncIterator[Kiosk]:
    """Start everything; yield the kiosk; stop everything. `window` replaces the shell (tests without a screen), `sources` the
    machine's own buses (a stage). `conformity` tests devices; without it none can be replaced at the screen.

    Raise NeedsStaff when this start was held (kiosk.opening.start), and fails all the same.
    """
    be_frugal()
    async with AsyncExitStack() as stack:
        stack.enter_context(sole_user(site.state_folder))
        start = begin(site.state_folder)
        stack.push(start.left)
        try:
            kiosk = await _started(site, profile, stack, start, window, now or _utc_now, sources, conformity)
        except Exception as error:
            if start.way is Way.HELD:
                raise NeedsStaff(f"{type(error).__name__}: {error}") from error
            raise
        give_back()
        yield kiosk


async def _started(
    site: Site,
    profile: Profile,
    stack: AsyncExitStack,
    start: Start,
    window: Window | None,
    now: Callable[[], datetime],
    sources: Sources | None,
    conformity: Conformity | None,
) -> Kiosk:
    policy = visit_policy(site.policies.visit)
    serves = serving(Pauses(site.state_folder / PAUSES_FILE), start, profile, site.zone)
    journal = Journal(site.state_folder / "journal.sqlite")
    stack.callback(journal.close)
    logbook = Logbook.begin(site.state_folder / "logbook.sqlite")
    stack.callback(logbook.close)
    heard = listening(logbook, {*profile.devices, *(each.driver for each in profile.devices.values()), *GatewayCode})
    stack.push(heard.ended)
    history = FaultLog(logbook)
    opening: asyncio.Task[None] | None = None
    voice: Voice | None = None
    signs: Signs | None = None
    if window is None:
        shell = shell_of(site, profile, policy)
        if start.way is Way.FULL:
            voice = Voice(
                voice_settings(site.policies.voice),
                clock=lambda: datetime.now(site.zone),
                speaker=profile.sound.speaker,
                earphone=profile.sound.earphone,
            )
            shell.overhears = Ears(voice)
            signs = _signs(site, profile, shell)
            shell.prepares = signs.prepares
            stack.push_async_callback(signs.stop)
            stack.push_async_callback(voice.stop)
        opening = asyncio.create_task(shell.start())
        stack.push_async_callback(shell.stop)
        window = shell
        await asyncio.sleep(0)
    parts = await asyncio.to_thread(_load)
    bound = await asyncio.to_thread(parts.in_force, site, profile)
    profile = bound.profile
    devices = Devices(profile, history.saw, sources=sources, left_out=serves.left_out, rests=serves.rests)
    composer = Composer(place_of(site), site.languages, signs=signs is not None and signs.offered)
    settles = bool(journal.open_operations()) and start.way is not Way.HELD
    if settles:
        own = composer.languages[0]
        window.show(composer.recovering(Phrasebook(own)), Look(language=own))
    desk, printing, face = await parts.assemble(site, devices, journal, policy, stack, now, serves)
    signing = composer.signs and profile.sign_language is SignsShown.ALWAYS
    restart = asyncio.Event()
    service = parts.service_of(
        desk, bound, journal, logbook, history, restart.set, window, policy, composer, stack, conformity, voice
    )
    lobby = parts.Lobby(window, desk, policy, composer, journal.record, service, signs=signing)
    journal.record("start", kiosk=site.kiosk_id, profile=profile.id, production=profile.production)
    for refused in bound.refused:
        journal.record("binding_refused", device=refused.name, why=refused.why.value)
    if start.way is not Way.FULL:
        journal.record("reduced_start", **start.facts(), left_out=sorted(serves.left_out))
    if opening is not None:
        await opening

    async def wake() -> None:
        """Start what a visitor needs some touches later: the idle screen is not kept waiting for it."""
        await parts.apply_kept(site.state_folder)
        await devices.start()
        await face.start()
        if voice is not None:
            await voice.start()

    stack.push_async_callback(face.stop)
    stack.push_async_callback(devices.stop)
    parts.keep_ready(service.tools, journal, lobby, stack)
    parts.beside(stack, history.run(), "fault-history")
    parts.beside(stack, heard.run(), "event-log")
    settled = 0
    waking: asyncio.Task[None] | None = None
    if settles:
        await wake()
        settled = await parts.settle_open(journal, desk.outbox, devices.of(DeviceClass.A4_PRINTER), policy)
        waking = parts.beside(stack, _stands(start), "stands")
    elif start.way is not Way.HELD:
        waking = parts.beside(stack, _after_first_screen(window, wake, start), "wake")
    return Kiosk(
        site,
        profile,
        journal,
        devices,
        window,
        lobby,
        face,
        printing,
        settled,
        logbook,
        history,
        restart,
        voice,
        waking,
    )


def shell_of(site: Site, profile: Profile, policy: VisitPolicy) -> ShellWindow:
    """The window of this model, not started."""
    return ShellWindow(
        profile.panel.value(), screen_fonts(), policy.supervision, timezone=site.timezone, cursor=profile.dock
    )


async def _after_first_screen(window: Window, wake: Callable[[], Awaitable[None]], start: Start) -> None:
    if isinstance(window, ShellWindow):
        for _ in range(round(FIRST_SCREEN_SECONDS / _LOOK_SECONDS)):
            if window.drawn_number:
                break
            await asyncio.sleep(_LOOK_SECONDS)
    await wake()
    await _stands(start)


async def _stands(start: Start) -> None:
    """Everything was started; what dies right after it did not finish its start."""
    await asyncio.sleep(limits().calm_seconds)
    start.finished()


FIRST_SCREEN_SECONDS = 2.0
"""Devices wait so long for the first screen at most; a window that does not come must not keep them from starting."""

_LOOK_SECONDS = 0.02


def place_of(site: Site) -> Place:
    """What every screen says of this place."""
    there = site.elsewhere
    texts = {"name": (site, "name"), "elsewhere_place": (there, "place"), "elsewhere_hours": (there, "hours")}
    return Place(
        name=site.name,
        phone=there.phone,
        elsewhere_place=there.place,
        elsewhere_hours=there.hours,
        translations={
            field: {language: about.within(name, language)[0] for language in site.languages}
            for field, (about, name) in texts.items()
        },
    )


@dataclass(frozen=True)
class _Parts:
    in_force: Callable[[Site, Profile], InForce]
    assemble: Callable[..., Awaitable[tuple[Desk, Printing | None, FaceWorker]]]
    service_of: Callable[..., Service]
    Lobby: Callable[..., Lobby]
    keep_ready: Callable[..., None]
    settle_open: Callable[..., Awaitable[int]]
    apply_kept: Callable[[Path], Awaitable[int]]
    beside: Callable[[AsyncExitStack, Coroutine[None, None, None], str], asyncio.Task[None]]


def _load() -> _Parts:
    """Import what takes long to import; called in a thread while the window opens."""
    from kiosk import assembly

    return _Parts(
        assembly.in_force,
        assembly.assemble,
        assembly.service_of,
        assembly.Lobby,
        assembly.keep_ready,
        assembly.settle_open,
        assembly.apply_kept,
        assembly.beside,
    )


def _utc_now() -> datetime:
    return datetime.now(UTC)
