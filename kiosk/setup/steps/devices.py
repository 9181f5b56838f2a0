"""The devices: what is plugged in is found, tried by its real drivers, and proposed; accepted, changed, or left out."""

from __future__ import annotations

from functools import partial

from drivers import registry
from drivers.buses.table import Table
from drivers.contract.common import DeviceClass
from drivers.contract.faults import catalogue
from kiosk.locales.marks import chinese_marks
from kiosk.locales.staff import tell
from kiosk.maintenance.devices.words import port_text
from kiosk.screens.parts import Action, Drawing, Fact, Facts, Icon, Note, NoteKind, Picture, Progress, Tile
from kiosk.screens.screen import Screen
from kiosk.settings.profile import DeviceSettings
from kiosk.setup import detection
from kiosk.setup.detection import Buses, Candidate, Tried
from kiosk.setup.frame import Step, page
from kiosk.setup.network import is_host
from kiosk.setup.sitting import ADDRESS, Sitting, next_action, other, row
from kiosk.setup.work import Work
from kiosk.visit import Backed

_PRINTERS = frozenset({DeviceClass.A4_PRINTER})
"""Classes of which one may stand somewhere on the network and not say so."""

_MORE = "more"


async def run(sitting: Sitting, work: Work) -> None:
    """Look, show, let it be changed, until it is accepted. Raise Backed, VisitEnds."""
    buses = Buses(work.machine.sources)
    await buses.start()
    try:
        await _asked(sitting, work, buses)
    finally:
        await buses.stop()


async def _asked(sitting: Sitting, work: Work, buses: Buses) -> None:
    chosen = dict(work.answers.devices or {})
    if work.answers.devices is None:
        chosen = await _found(sitting, work, buses)
    while True:
        answer = await sitting.choose(
            "devices",
            Step.DEVICES,
            tell("setup.devices_title"),
            tiles(work, chosen),
            sentence=tell("setup.devices_sentence"),
            before=_notes(buses.table(), chosen),
            actions=(next_action(tell("setup.devices_right")), other("again", tell("setup.devices_again"))),
        )
        if answer == "next":
            if chosen or await _without_any(sitting):
                work.answer(devices=chosen)
                return
            continue
        if answer == "again":
            chosen = await _found(sitting, work, buses)
            continue
        try:
            one = DeviceClass(await _which(sitting, chosen)) if answer == _MORE else DeviceClass(answer)
            await _one(sitting, work, buses, one, chosen)
        except Backed:
            continue


async def _found(sitting: Sitting, work: Work, buses: Buses) -> dict[str, DeviceSettings]:
    """Find and try everything; the screen says what is tried now."""

    async def looking() -> list[Tried]:
        table = await buses.looked()

        def tell_how_far(done: int, total: int, one: DeviceClass) -> None:
            sitting.show(trying(done, total, one))

        try_ = partial(_try, work, table)
        return await detection.detect(table, try_, tell_how_far)

    found = await sitting.while_done(
        "devices_looking", Step.DEVICES, tell("setup.devices_looking"), looking(), sentence=tell("setup.devices_plug")
    )
    work.tried = {detection.name_of(each.device.device_class): each for each in found}
    return {name: each.device for name, each in work.tried.items()}


async def _try(work: Work, table: Table, name: str, device: DeviceSettings) -> Tried:
    return await detection.try_device(name, device, table, production=work.answers.machine.production)


def trying(done: int, total: int, one: DeviceClass) -> Screen:
    """What is tried now."""
    title = tell("setup.devices_trying", what=class_words(one))
    return page(
        "devices_looking",
        step=Step.DEVICES,
        title=title,
        sentence=tell("setup.devices_plug"),
        blocks=(
            Picture(drawing=Drawing.WAITING, name=title),
            Progress(done=done, total=total, label=tell("setup.devices_of", now=done + 1, total=total)),
        ),
    )


def class_words(one: DeviceClass) -> str:
    """What a class is called at the machine."""
    return tell(f"kinds.{one.value}")


def tiles(work: Work, chosen: dict[str, DeviceSettings]) -> tuple[Tile, ...]:
    """What is there, and what an item would want and is not; then the way to any other."""
    required, used = detection.needed_classes()
    there = {each.device_class: name for name, each in chosen.items()}
    found = []
    for one in (*used, *(each for each in DeviceClass if each not in used and each in there)):
        if one in there:
            found.append(row(one.value, class_words(one), _words(work, there[one], chosen[there[one]]), Icon.CHECK))
        else:
            words = tell("setup.device_missing_required" if one in required else "setup.device_missing")
            found.append(row(one.value, class_words(one), words, Icon.ATTENTION))
    return (*found, row(_MORE, tell("setup.devices_more"), icon=Icon.SEARCH))


def _words(work: Work, name: str, device: DeviceSettings) -> str:
    tried = work.tried.get(name)
    parts = [tried.identity if tried is not None else "", _driver(device.driver), where(device)]
    return " · ".join(filter(None, parts))


def where(device: DeviceSettings) -> str:
    """Where a device is plugged in, or its address."""
    if device.place is not None:
        return port_text(device.place.path)
    return str(device.settings.get("uri") or device.settings.get("host") or "")


def _driver(name: str) -> str:
    """What a driver is called; the bare name of one that is not installed."""
    manifest = registry.manifests().get(name)
    return chinese_marks(manifest.title) if manifest is not None else name


def _notes(table: Table, chosen: dict[str, DeviceSettings]) -> tuple[Note, ...]:
    """What nobody knows what to do with."""
    nobodys = detection.strangers(table)
    if not nobodys:
        return ()
    names = "、".join(" ".join(filter(None, (each.maker, each.model))) or port_text(each.path) for each in nobodys)
    return (Note(text=tell("setup.devices_strangers", what=names), kind=NoteKind.INFO),)


async def _which(sitting: Sitting, chosen: dict[str, DeviceSettings]) -> str:
    there = {each.device_class for each in chosen.values()}
    shown = tuple(row(each.value, class_words(each)) for each in DeviceClass if each not in there)
    return await sitting.choose("device_class", Step.DEVICES, tell("setup.device_class_title"), shown, columns=2)


async def _without_any(sitting: Sitting) -> bool:
    chosen = await sitting.told(
        "devices_none",
        Step.DEVICES,
        tell("setup.devices_none"),
        tell("setup.devices_none_words"),
        Action(id="again", label=tell("setup.devices_again")),
        other("next", tell("setup.devices_none_next")),
    )
    return chosen == "next"


# --- one device


async def _one(sitting: Sitting, work: Work, buses: Buses, one: DeviceClass, chosen: dict[str, DeviceSettings]) -> None:
    """Change, try or leave out the device of a class. Raise Backed, VisitEnds."""
    name = detection.name_of(one)
    while True:
        several = detection.candidates(buses.table(), one)
        device = chosen.get(name)
        actions = (other("leave_out", tell("setup.device_leave_out")),) if device is not None else ()
        answer = await sitting.choose(
            "device",
            Step.DEVICES,
            class_words(one),
            candidate_tiles(several, device, by_address=one in _PRINTERS),
            sentence=tell("setup.device_choose" if several else "setup.device_no_candidate"),
            before=_about(work, name, device),
            actions=(*actions, other("again", tell("setup.look_again"))),
        )
        if answer == "leave_out":
            chosen.pop(name, None)
            return
        if answer == "again":
            await buses.looked()
            continue
        wanted = await _by_address(sitting) if answer == "address" else several[int(answer)].device()
        if await _accepted(sitting, work, buses.table(), name, wanted):
            chosen[name] = wanted
            return


def candidate_tiles(several: list[Candidate], device: DeviceSettings | None, *, by_address: bool) -> tuple[Tile, ...]:
    """The drivers at the things that could serve."""
    found = []
    for number, each in enumerate(several):
        now = device is not None and device.driver == each.driver and where(device) == port_text(each.thing.path)
        thing = " ".join(filter(None, (each.thing.maker, each.thing.model))) or each.thing.kind
        title = _driver(each.driver)
        found.append(
            row(str(number), title, f"{thing} · {port_text(each.thing.path)}", Icon.CHECK if now else Icon.NONE)
        )
    if by_address:
        found.append(row("address", tell("setup.device_address"), tell("setup.device_address_note"), Icon.KEY))
    return tuple(found)


def _about(work: Work, name: str, device: DeviceSettings | None) -> tuple[Facts, ...]:
    if device is None:
        return ()
    tried = work.tried.get(name)
    rows = [
        Fact(
            label=tell("setup.device_driver"), value=f"{_driver(device.driver)} · {work.machine.level(device.driver)}"
        ),
        Fact(label=tell("setup.device_place"), value=where(device)),
    ]
    if tried is not None and tried.identity:
        rows.insert(0, Fact(label=tell("setup.device_identity"), value=tried.identity))
    return (Facts(rows=tuple(rows)),)


async def _by_address(sitting: Sitting) -> DeviceSettings:
    text = await sitting.write(
        "printer",
        Step.DEVICES,
        tell("setup.device_address"),
        label=tell("setup.device_address_label"),
        ways=ADDRESS,
        most=120,
        hint="192.0.2.7",
        sentence=tell("setup.device_address_sentence"),
    )
    uri = text if text.startswith(("ipp://", "ipps://")) else f"ipp://{text}/ipp/print"
    if is_host(text):
        uri = f"ipp://{text}:631/ipp/print"
    return DeviceSettings.model_validate({"class": DeviceClass.A4_PRINTER, "driver": "ipp", "settings": {"uri": uri}})


async def _accepted(sitting: Sitting, work: Work, table: Table, name: str, device: DeviceSettings) -> bool:
    """Try it; what does not open may still be wanted (it comes tomorrow)."""
    title = tell("setup.devices_trying", what=class_words(device.device_class))
    tried = await sitting.while_done("devices_looking", Step.DEVICES, title, _try(work, table, name, device))
    work.tried[name] = tried
    if tried.fault is None:
        return True
    entry = catalogue()[tried.fault.code]
    answer = await sitting.told(
        "device_silent",
        Step.DEVICES,
        tell("setup.device_silent", what=class_words(device.device_class)),
        f"{chinese_marks(entry.cause)}。{chinese_marks(entry.cure)}。",
        Action(id="other", label=tell("setup.device_other")),
        other("keep", tell("setup.device_keep")),
    )
    return answer == "keep"
