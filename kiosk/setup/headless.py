"""The same without a screen, from a file of answers: for provinces that set up machines by the hundred. What comes out is the
same."""

from __future__ import annotations

from collections.abc import Callable

from drivers.contract.common import DeviceClass
from kiosk.settings.profile import DeviceSettings
from kiosk.setup import checking, detection, written
from kiosk.setup.checking import Outcome
from kiosk.setup.detection import Buses, Tried
from kiosk.setup.frame import Step
from kiosk.setup.reach import Reach, reach
from kiosk.setup.steps import staff
from kiosk.setup.work import Work

Tell = Callable[[Step, str], None]


class Lacks(Exception):
    """The file does not answer this, or not so that it can be used: section.key."""


class CannotReach(Exception):
    """The platform cannot be reached; `found` says which part of the way is not well."""

    def __init__(self, found: Reach) -> None:
        super().__init__(str(found.failed))
        self.found = found


async def set_up_from_answers(work: Work, tell: Tell) -> tuple[Outcome, ...]:
    """Do everything, from where it was left; return what the last check found. `tell` hears of each step that is done.

    Raise Lacks, CannotReach, BadCode, BadAnswer, GatewayFault, Mistake, OSError.
    """
    require_whole(work)
    assert work.answers.platform is not None
    platform = work.answers.platform
    found = await reach(platform.url, platform.authority_file)
    if not found.ok:
        raise CannotReach(found)
    tell(Step.NETWORK, found.hello.name if found.hello is not None else "")
    if work.answers.devices is None:
        await _detect(work)
    tell(Step.DEVICES, "、".join(work.answers.devices or {}))
    if work.enrolled is None:
        assert work.once.code is not None
        work.enrol(await work.claim(work.once.code))
    assert work.enrolled is not None
    tell(Step.ENROL, work.enrolled.kiosk_id)
    if not work.folder.staff.exists():
        assert work.once.pin is not None
        staff.appoint(work.folder, work.once.pin)
    tell(Step.STAFF, staff.administrator(work.folder))
    if work.answers.lacking():
        raise Lacks(work.answers.lacking()[0])
    written.write_all(work.folder, work.answers, work.enrolled)
    tell(Step.SUMMARY, str(work.folder.root))
    return await checking.check_machine(work.folder, work.machine.sources)


def require_whole(work: Work) -> None:
    """Raise Lacks for what nobody can be asked for. Texts of the place may come from the platform."""
    answers, once = work.answers, work.once
    appointed = work.folder.staff.exists()
    usable = once.pin is not None and not staff.wrong(once.pin, once.pin)
    needed = {
        "languages": answers.languages is not None,
        "panel": answers.panel is not None,
        "place.keeper_on_site": answers.place.keeper_on_site is not None,
        "platform": answers.platform is not None,
        "once.code": once.code is not None or work.enrolled is not None,
        "once.pin": usable or appointed,
    }
    for key, there in needed.items():
        if not there:
            raise Lacks(key)


async def _detect(work: Work) -> None:
    buses = Buses(work.machine.sources)
    await buses.start()
    try:
        table = await buses.looked()

        async def try_(name: str, device: DeviceSettings) -> Tried:
            return await detection.try_device(name, device, table, production=work.answers.machine.production)

        found = await detection.detect(table, try_, _silently)
    finally:
        await buses.stop()
    work.answer(devices={detection.name_of(each.device.device_class): each.device for each in found})


def _silently(done: int, total: int, one: DeviceClass) -> None:
    """Nobody looks on."""
