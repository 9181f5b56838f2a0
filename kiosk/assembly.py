"""Puts the parts behind the screen together: platform, outbox, printing, face worker, desk. Loaded while the window opens."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from functools import partial

from drivers.contract.common import DeviceClass
from kiosk.bindings.in_force import InForce, in_force
from kiosk.devices import Devices
from kiosk.documents.signer import KeyFile
from kiosk.gateways.http import HttpPlatform
from kiosk.gateways.signing import read_secret
from kiosk.gateways.transport import HttpSettings
from kiosk.identity.face.match import FaceWorker
from kiosk.identity.face.policy import face_policy
from kiosk.journal.store import Journal
from kiosk.journey.desk import Desk
from kiosk.licences.sealed import read_roots
from kiosk.lobby import ROUTES, Lobby
from kiosk.logbook.events import BROKE
from kiosk.logbook.fault_log import FaultLog
from kiosk.logbook.store import Logbook
from kiosk.maintenance import comfort
from kiosk.maintenance.door.enter import door_of
from kiosk.maintenance.door.key import ServiceKey
from kiosk.maintenance.door.signing import sign
from kiosk.maintenance.pointing import apply_kept
from kiosk.maintenance.readiness.night import Night
from kiosk.maintenance.replacing.conformity import Conformity
from kiosk.maintenance.replacing.first_service import FirstService
from kiosk.maintenance.service import Handshake, Service
from kiosk.maintenance.toolbox import Toolbox
from kiosk.opening.serving import Serving
from kiosk.operations.device_watch import DeviceWatch
from kiosk.operations.outbox import Outbox
from kiosk.operations.printing import Printing
from kiosk.operations.settlement import settle_open
from kiosk.operations.supply_watch import SupplyWatch
from kiosk.policies import VisitPolicy
from kiosk.policies.maintenance import maintenance_policy
from kiosk.screens.compose import Composer
from kiosk.settings.site import Site
from kiosk.voice.voice import Voice
from kiosk.window import Window

_log = logging.getLogger("kiosk.app")

__all__ = [
    "Lobby",
    "apply_kept",
    "assemble",
    "beside",
    "in_force",
    "keep_ready",
    "platform_of",
    "service_of",
    "settle_open",
]


def platform_of(site: Site) -> HttpPlatform:
    """Return the adapter that speaks to this site's platform. Raise OSError or ValueError naming file and cure."""
    return HttpPlatform(
        HttpSettings(
            address=site.platform.url,
            kiosk=site.kiosk_id,
            secret=read_secret(site.platform.secret_file),
            authority_file=site.platform.authority_file,
            patience_s=site.platform.answer_seconds,
        )
    )


async def assemble(
    site: Site,
    devices: Devices,
    journal: Journal,
    policy: VisitPolicy,
    stack: AsyncExitStack,
    now: Callable[[], datetime],
    serving: Serving,
) -> tuple[Desk, Printing | None, FaceWorker]:
    """Build everything behind the screen; `stack` ends it in the reverse order. Devices and face worker are started by the app."""
    for route in ROUTES.values():
        route.check()
    platform = platform_of(site)
    stack.push_async_callback(platform.aclose)
    outbox = Outbox(journal, platform, policy.outbox)
    outbox.start()
    stack.push_async_callback(outbox.stop)
    signer = KeyFile(site.keys.kiosk_key, site.keys.kiosk_certificate)
    devices.engaged = lambda name: any(operation.device == name for operation in journal.open_operations())
    printer = devices.of(DeviceClass.A4_PRINTER)
    printing = None
    if printer is not None:
        printing = Printing(journal, outbox, platform, printer, signer, policy)
        stack.push_async_callback(printing.stop)
    face = FaceWorker(face_policy(site.policies.face))
    desk = Desk(
        site=site,
        devices=devices,
        platform=platform,
        printing=printing,
        outbox=outbox,
        face=face,
        signer=signer,
        issuer_roots=read_roots(site.platform.issuer_roots),
        now=now,
        serving=serving,
        room=journal.has_room,
    )
    return desk, printing, face


def service_of(
    desk: Desk,
    bound: InForce,
    journal: Journal,
    logbook: Logbook,
    history: FaultLog,
    restart: Callable[[], None],
    window: Window,
    policy: VisitPolicy,
    composer: Composer,
    stack: AsyncExitStack,
    conformity: Conformity | None = None,
    voice: Voice | None = None,
) -> Service:
    """Return the staff's side of the machine; `stack` ends the watches on the service key and on faults that need somebody."""
    tools = Toolbox(
        site=desk.site,
        profile=bound.profile,
        bindings=bound,
        conformity=conformity,
        first_service=FirstService(logbook, desk.devices, bound),
        devices=desk.devices,
        platform=desk.platform,
        outbox=desk.outbox,
        logbook=logbook,
        records=journal,
        signer=desk.signer,
        policy=maintenance_policy(desk.site.policies.maintenance),
        now=desk.now,
        serving=desk.serving,
        history=history,
        restart=restart,
        prove=desk.printing.proof if desk.printing is not None else None,
        voice=voice,
    )
    comfort.apply(comfort.kept(logbook), voice)
    door = door_of(desk.site)
    if door is not None:
        door.tell_alarm(desk.outbox, desk.site.kiosk_id)
        tools = replace(tools, signs=partial(sign, door, tools))
    service = Service(window, policy, composer, tools, journal.record, door=door)
    beside(stack, ServiceKey(service).run(desk.devices), "service-key")
    watch = DeviceWatch(desk.outbox, desk.site.kiosk_id)
    beside(stack, watch.run(desk.devices, lambda: service.state is Handshake.ACTIVE), "device-watch")
    return service


def keep_ready(tools: Toolbox, journal: Journal, lobby: Lobby, stack: AsyncExitStack) -> None:
    """From now on paper and toner are watched, and the machine tests itself each night; `stack` ends both."""
    site = tools.site
    supplies = SupplyWatch(tools.logbook, journal, tools.outbox, kiosk=site.kiosk_id, zone=site.zone, hours=site.hours)
    night = Night(tools, partial(lobby.alone, tools.policy.selftest.quiet_seconds))
    beside(stack, supplies.run(tools.devices), "supply-watch")
    beside(stack, tools.first_service.run(), "first-service")
    beside(stack, night.run(), "night")


def beside(stack: AsyncExitStack, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
    """Do something beside the lobby until `stack` ends it. What ends by a defect says so: nobody awaits it."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_told)
    stack.callback(task.cancel)
    return task


def _told(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:  # its text could quote a value: types and places only
        places = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-4:]]
        kind, way = type(error).__name__, " > ".join(places)
        _log.error("%s has ended: %s at %s", task.get_name(), kind, way, extra={BROKE: error})
