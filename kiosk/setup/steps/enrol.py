"""The code: 8 groups of three digits, typed or scanned, make this machine a kiosk of its platform."""

from __future__ import annotations

from drivers.client import DeviceClient
from drivers.contract.code_scanner import ReadCode
from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault
from drivers.contract.secret import SecretText, wipe_all
from kiosk.binding import settings_of
from kiosk.catalogue.listed import catalogue
from kiosk.gateways import enrolment
from kiosk.gateways.enrolment import Enrolled
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.locales.marks import chinese_marks
from kiosk.locales.staff import tell
from kiosk.screens.parts import Action, Drawing, Fact, Facts, Pad, PadField, Picture
from kiosk.screens.screen import Answer, Screen
from kiosk.settings.profile import DeviceSettings
from kiosk.setup.detection import Buses
from kiosk.setup.enrolling import BadAnswer, BadCode
from kiosk.setup.frame import Step, page
from kiosk.setup.sitting import Sitting, next_action, other
from kiosk.setup.work import Work
from kiosk.visit import Backed

_PAIR = 2 * enrolment.GROUP
_PAIRS = ((1, 2), (3, 4))
"""Two groups a field, two fields a screen: more would leave no room for the keys on a small panel."""
_SCAN_SECONDS = 60.0


async def run(sitting: Sitting, work: Work) -> None:
    """Until the platform has taken this machine. Raise Backed, VisitEnds."""
    if work.enrolled is not None:
        await sitting.ask(enrolled_screen(work.enrolled.kiosk_id, work.enrolled.items))
        return
    problem = ""
    while True:
        code = work.once.code or await _asked(sitting, work, problem)
        work.once.code = None
        answered = await _claimed(sitting, work, code)
        code.wipe()
        if isinstance(answered, Enrolled):
            work.enrol(answered)
            await sitting.ask(enrolled_screen(answered.kiosk_id, answered.items))
            return
        problem = answered


async def _asked(sitting: Sitting, work: Work, problem: str) -> SecretText:
    """The code, in two halves. Raise Backed, VisitEnds."""
    scanner = scanner_of(work.answers.devices or {})
    while True:
        answer = await sitting.ask(code_screen(0, problem, scan=scanner is not None))
        if answer.action == "scan" and scanner is not None:
            scanned = await _scanned(sitting, work, scanner)
            if scanned is not None:
                return scanned
            problem = tell("setup.code_not_scanned")
            continue
        try:
            rest = await sitting.ask(code_screen(1, ""))
        except Backed:
            continue
        else:
            return _joined({**answer.typed, **rest.typed})
        finally:
            wipe_all(answer)


def _joined(typed: dict[str, SecretText]) -> SecretText:
    """The whole code; its parts are wiped."""
    parts = [typed.get(f"pair{number}") for half in _PAIRS for number in half]
    code = SecretText.from_raw(b"".join(part.raw() for part in parts if part is not None))
    wipe_all(typed)
    return code


def code_screen(half: int, problem: str, *, scan: bool = False) -> Screen:
    """Where half of the code is typed."""
    fields = tuple(
        PadField(
            id=f"pair{number}", label=tell("setup.code_groups", first=2 * number - 1, second=2 * number), digits=_PAIR
        )
        for number in _PAIRS[half]
    )
    actions = (next_action(tell("setup.code_send") if half else ""),)
    return page(
        "code" if half == 0 else "code_rest",
        step=Step.ENROL,
        title=tell("setup.code_title" if half == 0 else "setup.code_rest_title"),
        sentence=problem or tell("setup.code_sentence"),
        blocks=(Pad(fields=fields),),
        actions=(*actions, *((other("scan", tell("setup.code_scan")),) if scan else ())),
    )


def scanner_of(devices: dict[str, DeviceSettings]) -> DeviceSettings | None:
    """What a code can be held before: a scanner, or the camera with a scanner's eye."""
    for device in devices.values():
        if device.device_class is DeviceClass.CODE_SCANNER:
            return device
    camera = next((each for each in devices.values() if each.device_class is DeviceClass.CAMERA), None)
    if camera is None or camera.driver != "v4l2":
        return None
    return camera.model_copy(
        update={"device_class": DeviceClass.CODE_SCANNER, "driver": "camera_codes", "settings": {}}
    )


async def _scanned(sitting: Sitting, work: Work, device: DeviceSettings) -> SecretText | None:
    """Wait for a code; None when none came. Raise Backed, VisitEnds."""

    async def reading() -> SecretText | None:
        buses = Buses(work.machine.sources)
        await buses.start()
        try:
            settings = settings_of(device, await buses.looked())
            production = work.answers.machine.production
            client = DeviceClient("scanner", device.device_class, device.driver, settings, production=production)
            await client.start()
            try:
                await client.settled(_SCAN_SECONDS)
                code = await client.call(ReadCode(), seconds=_SCAN_SECONDS)
                scanned = SecretText(code.data.reveal().decode("utf-8", "replace"))
                wipe_all(code)
                return scanned
            finally:
                await client.stop()
        except DeviceFault:
            return None
        finally:
            await buses.stop()

    title = tell("setup.code_hold")
    picture = Picture(drawing=Drawing.WAITING, name=title)
    screen = page(
        "code_scan", step=Step.ENROL, title=title, sentence=tell("setup.code_hold_sentence"), blocks=(picture,)
    )
    found = await sitting.ask_while(screen, reading())
    if isinstance(found, Answer):
        raise Backed
    return found


async def _claimed(sitting: Sitting, work: Work, code: SecretText) -> Enrolled | str:
    """Send it; return the answer, or what is wrong ("" when that was told on a screen of its own). Raise Backed, VisitEnds."""
    try:
        return await sitting.while_done("enrolling", Step.ENROL, tell("setup.enrolling"), work.claim(code))
    except BadCode as error:
        return tell(f"setup.code_{error.why}")
    except BadAnswer as error:
        await _told(sitting, tell(f"setup.answer_{error.why}"))
        return ""
    except GatewayFault as fault:
        if fault.code is GatewayCode.CODE_UNKNOWN:
            return tell("setup.code_unknown")
        again = await _told(sitting, words_of(fault))
        work.once.code = SecretText(code.reveal()) if again and fault.code not in _NEW_CODE else None
        return ""


_NEW_CODE = frozenset({GatewayCode.CODE_USED, GatewayCode.CODE_EXPIRED})
"""After these the same code is not sent again."""


def words_of(fault: GatewayFault) -> str:
    """What is wrong with the way to the platform, and what to do."""
    entry = fault.entry
    lost = tell("setup.enrol_unsettled") if fault.unsettled else ""
    return f"{chinese_marks(entry.cause)}。{chinese_marks(entry.cure)}。{lost}"


async def _told(sitting: Sitting, sentence: str) -> bool:
    """Tell it; whether the same is to be tried again. Raise Backed, VisitEnds."""
    chosen = await sitting.told(
        "enrol_failed",
        Step.ENROL,
        tell("setup.enrol_failed"),
        sentence,
        Action(id="again", label=tell("setup.again")),
        other("code", tell("setup.code_other")),
    )
    return chosen == "again"


def enrolled_screen(kiosk: str, items: tuple[str, ...]) -> Screen:
    """It is a kiosk now."""
    rows = (
        Fact(label=tell("setup.enrolled_kiosk"), value=kiosk),
        Fact(label=tell("setup.enrolled_items"), value="、".join(item_words(each) for each in items)),
    )
    return page(
        "enrolled",
        step=Step.ENROL,
        title=tell("setup.enrolled_title"),
        sentence=tell("setup.enrolled_sentence"),
        blocks=(Picture(drawing=Drawing.DONE, name=tell("setup.enrolled_title")), Facts(rows=rows)),
        actions=(next_action(),),
    )


def item_words(code: str) -> str:
    """What an item is called; its code where this version of the runtime does not know it."""
    found = catalogue().get(code)
    return found.name if found is not None else code
