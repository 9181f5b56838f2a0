"""`kiosk device scan`: what is plugged in, on every bus, which driver would serve it, and what nobody knows."""

from __future__ import annotations

import argparse
import asyncio
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
    from drivers.buses.places import unclaimed

    table = asyncio.run(_table(arguments.seconds))
    if arguments.json:
        say_json([_as_json(state) for state in table.states])
        return 0
    nobodys = set(unclaimed(table))
    for state in table.states:
        shown = [thing for thing in state.things if not arguments.unclaimed or thing in nobodys]
        _tell(state, shown, whole=not arguments.unclaimed)
    return 0


async def _table(wait: float) -> Table:
    from drivers.buses.client import BusWatch
    from drivers.contract.bus import Bus

    watch = BusWatch(tuple(Bus))
    await watch.start()
    try:
        return await watch.settled(wait)
    finally:
        await watch.stop()


def _tell(state: BusState, shown: list[Attached], *, whole: bool) -> None:
    from drivers.contract.faults import catalogue
    from kiosk.locales.marks import chinese_marks

    if whole or shown:
        say(f"{state.bus}：{_ANSWERS[state.answer]}")
    if whole and state.fault is not None:
        entry = catalogue()[state.fault.code]
        say(f"    {chinese_marks(entry.cause)} → {chinese_marks(entry.cure)}")
    for thing in shown:
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
