"""The network, and the way to the platform, tried part by part."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.gateways.transport import HttpSettings
from kiosk.locales.staff import tell
from kiosk.screens.parts import Action, Check, Checks, CheckState, Icon, Note, Tile
from kiosk.screens.screen import Screen
from kiosk.setup import network
from kiosk.setup.frame import Step, page
from kiosk.setup.network import Fixed, Interface, NetworkRefuses
from kiosk.setup.reach import Part, Reach, reach
from kiosk.setup.sitting import ADDRESS, NUMBERS, Sitting, next_action, other, row
from kiosk.setup.work import Work
from kiosk.sticks import files_on
from kiosk.visit import Backed

_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")
"""A name or an address, with a port or without: nobody means a space in it."""

_CERTIFICATES = ("*.pem", "*.crt", "*.cer")


async def run(sitting: Sitting, work: Work) -> None:
    """Connect the machine, then find the platform. Raise Backed, VisitEnds."""
    while True:
        await _connected(sitting)
        try:
            await _platform(sitting, work)
            return
        except Backed:
            continue


# --- the machine's own network


async def _connected(sitting: Sitting) -> None:
    while True:
        cards = network.interfaces()
        managed = network.manager() is not None
        note = () if managed else (Note(text=tell("setup.network_unmanaged")),)
        chosen = await sitting.choose(
            "network",
            Step.NETWORK,
            tell("setup.network_title"),
            tiles(cards, managed=managed),
            sentence=tell("setup.network_sentence" if cards else "setup.network_none"),
            before=note,
            actions=(next_action(), other("again", tell("setup.look_again"))),
        )
        if chosen == "next":
            return
        if chosen == "again":
            continue
        card = next(each for each in cards if each.name == chosen)
        try:
            if card.wireless:
                await _join(sitting)
            else:
                await _address(sitting, card)
        except Backed:
            continue
        except NetworkRefuses as error:
            await _refused(sitting, error)


def tiles(cards: tuple[Interface, ...], *, managed: bool) -> tuple[Tile, ...]:
    """The network cards; touched where something can be done about them here."""
    found = []
    for card in cards:
        kind = tell("setup.network_wireless" if card.wireless else "setup.network_wired", name=card.name)
        words = "、".join(card.addresses) or tell("setup.network_no_address" if card.up else "setup.network_no_cable")
        found.append(row(card.name, kind, words, Icon.CHECK if card.addresses else Icon.ATTENTION, enabled=managed))
    return tuple(found)


async def _join(sitting: Sitting) -> None:
    heard = await sitting.while_done(
        "network_looking", Step.NETWORK, tell("setup.wireless_looking"), network.wireless_networks()
    )
    shown = tuple(row(each.name, each.name, tell("setup.wireless_signal", percent=each.signal)) for each in heard)
    chosen = await sitting.choose(
        "wireless",
        Step.NETWORK,
        tell("setup.wireless_title"),
        shown,
        sentence="" if shown else tell("setup.wireless_none"),
        actions=() if shown else (next_action(tell("setup.again")),),
    )
    found = next((each for each in heard if each.name == chosen), None)
    if found is None:
        return
    password = None
    if found.locked:
        password = await sitting.write_secret(
            "password",
            Step.NETWORK,
            tell("setup.wireless_password", name=found.name),
            label=tell("setup.wireless_password_label"),
            ways=ADDRESS,
            most=63,
        )
    await sitting.while_done(
        "network_joining", Step.NETWORK, tell("setup.network_working"), network.join(found.name, password)
    )


async def _address(sitting: Sitting, card: Interface) -> None:
    rows = (
        row("dhcp", tell("setup.address_dhcp"), tell("setup.address_dhcp_note"), Icon.CHECK),
        row("fixed", tell("setup.address_fixed"), tell("setup.address_fixed_note"), Icon.KEY),
    )
    chosen = await sitting.choose("address", Step.NETWORK, tell("setup.address_title", name=card.name), rows)
    if chosen == "dhcp":
        await sitting.while_done(
            "network_joining", Step.NETWORK, tell("setup.network_working"), network.use_dhcp(card.name)
        )
        return

    async def typed(key: str, *, network_too: bool = False) -> str:
        usable = network.is_address if network_too else network.is_host
        return await sitting.write(
            key,
            Step.NETWORK,
            tell(f"setup.address_{key}"),
            label=tell(f"setup.address_{key}"),
            ways=NUMBERS,
            most=18,
            hint="192.0.2.7/24" if network_too else "192.0.2.1",
            check=lambda text: "" if usable(text) else tell(f"setup.address_{key}_wrong"),
        )

    fixed = Fixed(address=await typed("own", network_too=True), gateway=await typed("gateway"), dns=await typed("dns"))
    await sitting.while_done(
        "network_joining", Step.NETWORK, tell("setup.network_working"), network.use_fixed(card.name, fixed)
    )


async def _refused(sitting: Sitting, error: NetworkRefuses) -> None:
    try:
        await sitting.told(
            "network_refused",
            Step.NETWORK,
            tell("setup.network_refused"),
            tell("setup.network_refused_words", words=error),
        )
    except Backed:
        return


# --- the platform


async def _platform(sitting: Sitting, work: Work) -> None:
    """Raise Backed, VisitEnds."""
    url = work.answers.platform.url if work.answers.platform is not None else ""
    authority = work.authority
    asks = not url
    while True:
        if asks:
            url = await _url(sitting, url)
        asks = False
        found = await sitting.while_done("reach", Step.NETWORK, tell("setup.reach_looking"), reach(url, authority))
        roots = files_on(work.machine.sticks(), *_CERTIFICATES) if found.failed is Part.CERTIFICATE else ()
        chosen = (await sitting.ask(reached(found, roots))).action
        if chosen == "next" and found.ok:
            work.answer(platform=work.with_authority(url, authority))
            return
        if chosen == "address":
            asks = True
        elif chosen == "authority":
            authority = await _authority(sitting, work, url, roots) or authority


async def _url(sitting: Sitting, before: str) -> str:
    def wrong(text: str) -> str:
        try:
            HttpSettings(address=_whole(text))
        except ValueError:
            return tell("setup.platform_wrong")
        return "" if _HOST.fullmatch(urlsplit(_whole(text)).netloc) else tell("setup.platform_wrong")

    return _whole(
        await sitting.write(
            "platform",
            Step.NETWORK,
            tell("setup.platform_title"),
            label=tell("setup.platform_label"),
            ways=ADDRESS,
            most=200,
            text=before.removeprefix("https://"),
            hint="platform.example",
            sentence=tell("setup.platform_sentence"),
            check=wrong,
        )
    )


def _whole(text: str) -> str:
    """https is what an address without a scheme means."""
    return text if text.startswith(("https://", "http://")) else f"https://{text}"


async def _authority(sitting: Sitting, work: Work, url: str, roots: tuple[Path, ...]) -> Path | None:
    shown = tuple(row(str(each), each.name, str(each.parent), Icon.DOCUMENT) for each in roots)
    try:
        chosen = await sitting.choose(
            "authority",
            Step.NETWORK,
            tell("setup.authority_title"),
            shown,
            sentence=tell("setup.authority_sentence"),
        )
    except Backed:
        return None
    return work.with_authority(url, Path(chosen)).authority_file


def reached(found: Reach, roots: tuple[Path, ...]) -> Screen:
    """The parts of the way, and what to do about the one that is not well."""
    rows = []
    for part in Part:
        finding = next((each for each in found.findings if each.part is part), None)
        if finding is None:
            continue
        rows.append(
            Check(
                label=tell(f"setup.reach_{part.value}"),
                state=CheckState.OK if finding.ok else CheckState.MISSING,
                word=tell("setup.good") if finding.ok else tell("setup.bad"),
                note=finding.words if finding.ok else tell(f"setup.reach_{part.value}_bad", words=finding.words),
            )
        )
    address = other("address", tell("setup.platform_other"))
    actions = (next_action(), address)
    if not found.ok:
        stick = (other("authority", tell("setup.authority_use")),) if roots else ()
        actions = (Action(id="again", label=tell("setup.again")), *stick, address)
    return page(
        "reached",
        step=Step.NETWORK,
        title=tell("setup.reached_title" if found.ok else "setup.reach_failed_title"),
        sentence=found.hello.name if found.ok and found.hello is not None else "",
        blocks=(Checks(rows=tuple(rows)),),
        actions=actions,
    )
