"""The independent checker over everything that the far ends captured so far, as its own program."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import time
from pathlib import Path

import msgspec

from tests.soak.guest import Card
from tests.soak.log import Checked
from tests.support.house import House

_CHECKER = Path(__file__).parents[1] / "checker"

_OWN = ("tmp", "home", "log")
"""What the kiosk may have written beside its state folder."""


async def check(house: House, cards: list[tuple[int, Card]], leg: int, upto: int) -> Checked:
    """Judge the stage; the kiosk stands idle meanwhile. `cards`: the number of its visit and the card, in the order of laying."""
    began = time.monotonic()
    stage = house.stage
    (stage / "expect.json").write_bytes(msgspec.json.encode([card for _, card in cards]))
    _copy_own_files(house)
    told = stage.parent / "verdict.json"
    told.unlink(missing_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(_CHECKER), str(stage), "--json", str(told), stdout=asyncio.subprocess.DEVNULL
    )
    code = await process.wait()
    if not told.exists():
        return Checked(leg, upto, 0, time.monotonic() - began, [f"the checker ended with {code} and no verdict"])
    verdict = json.loads(told.read_text("utf-8"))
    findings = [f"{each['code']}: {_where(each, cards)}: {each['sentence']}" for each in verdict["findings"]]
    if code and not findings:
        findings = [f"the checker ended with {code}"]
    seconds = time.monotonic() - began
    print(f"  checker: {len(verdict['papers'])} papers, {len(findings)} findings, {seconds:.0f} s", flush=True)
    return Checked(leg, upto, len(verdict["papers"]), round(seconds, 2), findings)


def _where(finding: dict[str, str], cards: list[tuple[int, Card]]) -> str:
    """The checker counts the cards that it expects; a reader of the log looks for the visit."""
    word, _, number = finding["where"].partition(" ")
    if finding["code"] == "expectation" and word == "visit" and number.isdigit():
        return f"card {number}, visit {cards[int(number) - 1][0]}"
    return finding["where"]


def _copy_own_files(house: House) -> None:
    target = house.stage / "kiosk-files"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(house.stage / "state", target / "state")
    for name in _OWN:
        there = house.root / name
        if there.is_dir():
            shutil.copytree(there, target / name)
        else:
            shutil.copy(there, target / name)
