"""Evidence of a kiosk without an owner check, a seal check or a check of dates: it prints whatever it is handed."""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack
from pathlib import Path

from drivers.contract.secret import wipe_all
from drivers.emulators.camera import NOBODY
from kiosk.sandbox.fault_desk import Verb
from tests.checker_tests.good_evidence import Stage, set_up

VISITS = (("p1", Verb.ANOTHER_PERSON), ("p3", Verb.MIXED_PAGES), ("p1", Verb.WRONG_ISSUER), ("p2", Verb.EXPIRED))


def make(folder: Path, *, seed: int) -> dict[str, str]:
    """Fill an empty folder; return the serials by the fault's name."""
    with ExitStack() as stack:
        return asyncio.run(_visits(set_up(folder, seed, stack)))


async def _visits(stage: Stage) -> dict[str, str]:
    serials = {}
    for key, verb in VISITS:
        serials[verb.value] = await _visit(stage, key, verb)
        stage.reader.lift()
        stage.camera.show(NOBODY)
    await stage.platform.aclose()
    rows = [{"person": key, "outcome": "nothing"} for key, _ in VISITS]
    (stage.folder / "expect.json").write_text(json.dumps(rows), "utf-8")
    return serials


async def _visit(stage: Stage, key: str, verb: Verb) -> str:
    person = stage.person(key)
    card = stage.read_card(person)
    if person.portrait:
        stage.face(person.portrait)
    else:
        await stage.confirm_by_keeper()
    stage.sandbox.break_(verb)
    serial, document = await stage.issue(card)
    stage.print(serial, document, person.number)
    stage.a4.take_paper()
    wipe_all(card)
    document.pdf.wipe()
    return serial.serial
