"""The network, row by row from this machine to the platform's own word: what was found, and where it stops, what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from kiosk.gateways.fault import GatewayFault
from kiosk.gateways.line import Far, LineBroken, address_of, certificate, connected, interfaces, timed
from kiosk.locales.staff import tell
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.tasks.limits import limits
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Action, Check, Checks, CheckState
from kiosk.screens.screen import Screen

ROWS = ("interface", "dns", "tcp", "tls", "platform")
"""In the order in which one stands on the other."""


@dataclass(frozen=True)
class Row:
    """One layer: what was found, or what is wrong (`cure` then says what to do). `why` is for the record."""

    layer: str
    well: bool
    found: str
    cure: str = ""
    why: str = ""


async def run(shift: Shift, tools: Toolbox) -> None:
    """Look at everything, tell it, look again when wanted."""
    while True:
        rows = await shift.ask_while(partial(network_screen, shift, ()), _all(shift, tools))
        if not isinstance(rows, tuple):
            continue
        broken = next((row for row in rows if not row.well), None)
        shift.act("network.checked", broken=broken.layer if broken else "", why=broken.why if broken else "")
        answer = await shift.ask(partial(network_screen, shift, rows))
        if answer.action != "again":
            return


async def _all(shift: Shift, tools: Toolbox) -> tuple[Row, ...]:
    """Look at one layer after the other, each shown as soon as it is known."""
    rows: list[Row] = []
    async for row in look(tools):
        rows.append(row)
        shift.show(partial(network_screen, shift, tuple(rows)))
    return tuple(rows)


async def look(tools: Toolbox) -> AsyncIterator[Row]:
    """Yield the layers; after one that does not hold there is nothing more to look at."""
    far, patience = Far.of(tools.site.platform.url), limits().network.patience
    layer = ROWS[0]
    try:
        try:
            names = "、".join(f"{name} {address}" for name, address in interfaces()[:2])
        except LineBroken:
            if not far.loopback:
                raise
            names = tell("network.loopback")
        yield Row(layer, True, names)
        layer = "dns"
        address = await address_of(far, patience)
        yield Row(layer, True, f"{far.host} → {address}")
        layer = "tcp"
        took = await connected(far, address, patience)
        yield Row(layer, True, tell("network.tcp_found", port=far.port, ms=round(took * 1000)))
        layer = "tls"
        yield await _tls(tools, far, address)
    except LineBroken as broken:
        yield Row(layer, False, tell("network.broken"), tell(f"network.{broken.why.value}"), broken.why.value)
        return
    except (OSError, ValueError) as error:
        yield Row(layer, False, tell("network.broken"), tell("network.authority_file"), type(error).__name__)
        return
    yield await _platform(tools)


async def _tls(tools: Toolbox, far: Far, address: str) -> Row:
    if not far.tls:
        return Row("tls", True, tell("network.tls_none"))
    found = await certificate(far, address, tools.site.platform.authority_file, limits().network.patience)
    days = (found.ends - datetime.now(UTC)).days
    told = tell("network.tls_found", name=found.name, until=f"{found.ends.astimezone(tools.site.zone):%Y-%m-%d}")
    if days < limits().network.certificate_days:
        return Row("tls", False, told, tell("network.ends_soon", days=days), "ends_soon")
    return Row("tls", True, told)


async def _platform(tools: Toolbox) -> Row:
    """A signed question: a wrong secret or clock shows here and nowhere before."""
    try:
        health, took = await timed(tools.platform.health)
    except GatewayFault as fault:
        return Row("platform", False, fault.entry.cause, fault.entry.cure, fault.code.value)
    if not health.up:
        return Row("platform", False, tell("network.down"), tell("network.down_how"), "maintenance")
    if took * 1000 > limits().network.slow_ms:
        slow = tell("network.platform_found", ms=round(took * 1000))
        return Row("platform", False, slow, tell("network.slow_how"), "slow")
    return Row("platform", True, tell("network.platform_found", ms=round(took * 1000)))


def network_screen(shift: Shift, rows: tuple[Row, ...]) -> Screen:
    """The rows that are known, and those that are not yet, or cannot be any more."""
    stopped = bool(rows) and not rows[-1].well
    over = stopped or len(rows) == len(ROWS)
    known = {row.layer: row for row in rows}
    checks = tuple(_check(layer, known.get(layer), stopped=stopped) for layer in ROWS)
    title = tell("network.looking") if not over else tell("network.bad") if stopped else tell("network.well")
    return shift.composer.screen(
        shift.say,
        "network",
        title=title,
        blocks=(Checks(rows=checks),),
        actions=(Action(id="again", label=tell("network.again")),) if over else (),
        home=True,
    )


def _check(layer: str, row: Row | None, *, stopped: bool) -> Check:
    label = tell(f"network.{layer}")
    if row is None:
        word = tell("network.not_reached" if stopped else "network.waits")
        return Check(label=label, state=CheckState.WAITING, word=word)
    if row.well:
        return Check(label=label, state=CheckState.OK, word=tell("network.ok"), note=row.found)
    note = tell("network.note", found=row.found, cure=row.cure)
    return Check(label=label, state=CheckState.MISSING, word=tell("network.wrong"), note=note)
