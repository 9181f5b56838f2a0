"""The first administrator: a code that the machine gives, and a PIN typed twice. Everybody else is added at the machine later."""

from __future__ import annotations

import asyncio

from drivers.contract.secret import SecretText, wipe_all
from kiosk.locales.staff import tell
from kiosk.maintenance.door import verifier
from kiosk.maintenance.door.roster import Member, Roster, load_roster, save_roster, weak
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.rights import Role
from kiosk.screens.parts import Drawing, Fact, Facts, Pad, PadField, Picture
from kiosk.screens.screen import Screen
from kiosk.setup.folder import SetupFolder
from kiosk.setup.frame import Step, page
from kiosk.setup.sitting import Sitting, next_action
from kiosk.setup.work import Work


async def run(sitting: Sitting, work: Work) -> None:
    """Until there is an administrator. Raise Backed, VisitEnds."""
    problem = ""
    while not work.folder.staff.exists():
        answer = await sitting.ask(pins(problem))
        first, second = (answer.typed.get(name, SecretText("")) for name in ("pin", "again"))
        try:
            problem = wrong(first, second)
            if not problem:
                # A copy of its own: the thread goes on when the sitting is ended, and must not write a PIN that was wiped.
                await asyncio.to_thread(appoint, work.folder, SecretText(first.reveal()))
        finally:
            wipe_all(answer)
    await sitting.ask(appointed(administrator(work.folder)))


def wrong(first: SecretText, second: SecretText) -> str:
    """What is wrong with a PIN that was typed twice."""
    if first != second:
        return tell("setup.pin_differs")
    return tell("setup.pin_weak", digits=rules().pin.digits) if weak(first.reveal()) else ""


def appoint(folder: SetupFolder, pin: SecretText) -> None:
    """Write the roster with its first administrator. Raise OSError; takes a moment (scrypt)."""
    code = Roster().free_code(Role.ADMINISTRATOR)
    member = Member(code=code, role=Role.ADMINISTRATOR, pin=verifier.make(pin, rules().pin.scrypt))
    pin.wipe()
    save_roster(folder.staff, Roster(member=(member,)))


def administrator(folder: SetupFolder) -> str:
    """The code of the first administrator. Raise Mistake for a roster that somebody has spoiled."""
    return next((each.code for each in load_roster(folder.staff).administrators()), "")


def pins(problem: str = "") -> Screen:
    """The PIN, twice."""
    fields = tuple(
        PadField(id=name, label=tell(f"setup.pin_{name}"), digits=rules().pin.digits, hidden=True)
        for name in ("pin", "again")
    )
    return page(
        "pin",
        step=Step.STAFF,
        title=tell("setup.pin_title"),
        sentence=problem or tell("setup.pin_sentence"),
        blocks=(Pad(fields=fields),),
        actions=(next_action(),),
    )


def appointed(code: str) -> Screen:
    """The code, to be written down."""
    return page(
        "staff",
        step=Step.STAFF,
        title=tell("setup.staff_title"),
        sentence=tell("setup.staff_sentence"),
        blocks=(
            Picture(drawing=Drawing.DONE, name=tell("setup.staff_title")),
            Facts(rows=(Fact(label=tell("setup.staff_code"), value=code),)),
        ),
        actions=(next_action(tell("setup.staff_noted")),),
    )
