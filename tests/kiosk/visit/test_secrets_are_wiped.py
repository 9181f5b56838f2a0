"""Every secret of a visit is wiped by name, however the visit ends: none is left to be overwritten by chance."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path
from typing import Any

from drivers.contract import secret
from kiosk.sandbox.fault_desk import Verb
from tests.support.bench import Run, on_stage
from tests.support.scripted import doing, typing
from tests.support.scripts import base_script

LEAST = 4
"""Name, birth, address and number: what is on any card."""


async def dropped_in(run: Run, ending: str, **script: Any) -> int:
    """How many secrets one visit only dropped."""
    run.window.shown.clear()
    run.window._number = 0
    run.window.script = base_script(run) | script
    gc.collect()
    before = secret.counts()
    assert await run.visit() == ending, run.window.names
    gc.collect()
    after = secret.counts()
    assert after["wiped"] >= before["wiped"] + LEAST, "there were secrets to wipe"
    return after["dropped"] - before["dropped"]


def test_no_ending_of_a_visit_leaves_a_secret_to_chance(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            keeper = run.bench.sandbox.keepers()[0]
            who = next(each.portrait for each in run.bench.sandbox.people() if each.id == "p1")
            await run.bench.do("visitor", "face", {"who": who})
            found = {
                "keeper": await dropped_in(run, "done"),
                "face": await dropped_in(run, "done", face_consent="agree", face=None, slip_question="slip"),
                "typed and left": await dropped_in(
                    run, "left", keeper=typing("leave", keeper=keeper.code, pin="000000")
                ),
                "left at the review": await dropped_in(run, "left", review="leave"),
            }
            found["a card of another kind"] = await dropped_in(
                run, "done", card=doing(lambda: run.bench.place("p6")), card_trouble="other_way", referral="done"
            )
            for verb in (Verb.ANOTHER_PERSON, Verb.MIXED_PAGES, Verb.EXPIRED, Verb.BROKEN_SEAL, Verb.FULL_PAGE):
                run.bench.sandbox.break_(verb)
                found[verb.value] = await dropped_in(run, "done", referral="done")
                run.bench.sandbox.mend()
            assert set(found.values()) == {0}, found

    asyncio.run(go())
