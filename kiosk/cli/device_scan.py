"""`kiosk device scan`: what is plugged in, on every bus, which driver would serve it, and what nobody knows."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING, Any

from kiosk.cli.common import add_json, say, say_json
from kiosk.cli.parser import seconds

if TYPE_CHECKING:
    from drivers.buses.table import BusState, Table
    from drivers.contract.bus import Attached


def add(actions: Any) -> None:
    """Add the subcommand."""
    parser = actions.add_parser("scan", help="看看接上了什么设备，各由哪个驱动来管")
    parser.add_argument("--seconds", type=seconds, default=4.0, metavar="S", help="最多等多久（默认 4 秒）")
    parser.add_argument("--unclaimed", action="store_true", help="只看没有驱动来管的")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask every bus once; tell what hangs on it."""
    table = _asked(arguments.seconds)
    if arguments.json:
        say_json([_as_json(state) for state in table.states])
    elif arguments.unclaimed:
        tell_unclaimed(table)
    else:
        for state in table.states:
            _tell_bus(state)
            _tell_things(state.things)
    return 0


def _asked(wait: float) -> Table:
    """Ask the buses. What the watching process logs is told below in other words, unless it died: then its log says why."""
    from drivers.conformance.bench import captured_stderr
    from drivers.contract.faults import FaultCode

    with captured_stderr() as log:
        table = asyncio.run(_table(wait))
        words = log.read_text("utf-8", "replace")
    if any(state.fault is not None and state.fault.code is FaultCode.HOST_DIED for state in table.states):
        sys.stderr.write(words)
    return table


async def _table(wait: float) -> Table:
    from drivers.buses.client import BusWatch
    from drivers.contract.bus import Bus

    watch = BusWatch(tuple(Bus))
    await watch.start()
    try:
        return await watch.settled(wait)
    finally:
        await watch.stop()


def tell_unclaimed(table: Table) -> None:
    """What no driver serves, by bus; and which buses nobody could ask, where more may be."""
    from drivers.buses.places import unclaimed
    from drivers.buses.table import Answer

    nobodys = unclaimed(table)
    if not nobodys:
        every = all(state.answer is Answer.LISTED for state in table.states)
        say("没有：接上的设备都有驱动来管" if every else "没有：列出的设备都有驱动来管；下面的没有问到，还可能有")
    for state in table.states:
        shown = tuple(thing for thing in state.things if thing in nobodys)
        if shown or state.answer is not Answer.LISTED:
            _tell_bus(state)
        _tell_things(shown)


def _tell_bus(state: BusState) -> None:
    from drivers.contract.faults import catalogue
    from kiosk.locales.marks import chinese_marks

    say(f"{state.bus}：{_ANSWERS[state.answer]}")
    if state.fault is not None:
        entry = catalogue()[state.fault.code]
        detail = f"（{state.fault.detail}）" if state.fault.detail else ""
        say(f"    {chinese_marks(entry.cause)}{detail} → {chinese_marks(entry.cure)}")


def _tell_things(things: tuple[Attached, ...]) -> None:
    for thing in things:
        name = " ".join(filter(None, (thing.maker, thing.model))) or thing.kind
        say(f"    {thing.path}  {thing.node}  {name}")
        say(f"        {_served(thing)}")


_ANSWERS = {"unknown": "还没有答复", "listed": "已列出", "failed": "问不到"}


def _served(thing: Attached) -> str:
    from drivers import registry

    claims = registry.claims(thing)
    return f"可用的驱动：{'、'.join(claim.driver for claim in claims)}" if claims else "没有驱动来管"


def _as_json(state: BusState) -> dict[str, Any]:
    import msgspec

    from drivers import registry

    return {
        "bus": state.bus,
        "answer": state.answer,
        "fault": state.fault.code if state.fault else None,
        "things": [
            {**msgspec.to_builtins(thing), "drivers": [claim.driver for claim in registry.claims(thing)]}
            for thing in state.things
        ],
    }
