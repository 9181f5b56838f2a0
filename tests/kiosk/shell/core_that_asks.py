"""A core that asks for a name and forgets it: `python -m tests.kiosk.shell.core_that_asks`, in a process of its own.

Told `tree` it says where what stands on the glass, told `next` it waits for the answer, wipes it and asks something else.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from drivers.contract.secret import wipe_all
from drivers.link.memory import be_frugal, give_back
from kiosk.policies import visit_policy
from kiosk.screens.compose import Composer, Place
from kiosk.screens.parts import Way
from kiosk.screens.protocol import Panel
from kiosk.screens.screen import Screen, Written
from kiosk.visit import Visit
from kiosk.window import ShellWindow
from tests.kiosk.shell.touching import TWO, Node
from tests.kiosk.shell.typed_by_touch import question

PANEL = Panel(px=(1080, 1920), mm=(268.0, 476.0))


def say(**told: Any) -> None:
    print(json.dumps(told), flush=True)


def boxes(nodes: list[Node]) -> dict[str, Any]:
    found = {}
    for node in nodes:
        found |= {node["name"]: node["bounds_px"]} if node["role"] in ("button", "image") else {}
        found |= boxes([child for child in node["children"] if child])
    return found


def touchable(window: ShellWindow) -> list[Node]:
    """The tree of what is drawn; nothing before: a finger does not touch what nobody sees yet."""
    if window.tree is None or window.showing is None or window.drawn_number < window.showing.number:
        return []
    return window.tree.tree


def looked_for(written: Written) -> Screen | None:
    """As the search does: it reads what is typed, and keeps nothing."""
    assert written.reveal() is not None
    return None


async def main() -> None:
    be_frugal()
    window = ShellWindow(PANEL, {}, visit_policy().supervision)
    await window.start()
    place = Place(name="某地", phone="", elsewhere_place="", elsewhere_hours="")
    visit = Visit(window, visit_policy(), Composer(place), lambda event, **payload: None)
    asking = asyncio.ensure_future(visit.ask(question(Way.PINYIN, Way.HANDWRITING, Way.LATIN), suggest=looked_for))
    say(shell=window.pid)
    while (await asyncio.to_thread(sys.stdin.readline)).strip() == "tree":
        say(**boxes(touchable(window)))
    answer = await asking
    wipe_all(answer)
    del answer, asking
    visit.wipe()
    window.show(TWO, visit.look)
    while window.tree is None:
        await asyncio.sleep(0.05)
    give_back()
    say(wiped=True)
    await asyncio.to_thread(sys.stdin.readline)
    await window.stop()


if __name__ == "__main__":
    asyncio.run(main())
