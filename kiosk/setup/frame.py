"""How the screens of the set-up look: the visitors' template, marked as the staff's, with the steps counted and without a visitor's
tools. There is no help to call yet, and leaving is putting it off: the bar says so."""

from __future__ import annotations

from enum import StrEnum

from kiosk.locales.staff import tell
from kiosk.screens.compose import Composer, Place
from kiosk.screens.parts import Action, Block
from kiosk.screens.screen import Bar, BarButton, Screen, StepMark


class Step(StrEnum):
    """The steps, in the order in which they are counted."""

    PANEL = "panel"
    LANGUAGE = "language"
    PLACE = "place"
    NETWORK = "network"
    DEVICES = "devices"
    ENROL = "enrol"
    STAFF = "staff"
    SUMMARY = "summary"
    TRIAL = "trial"


STEPS = tuple(Step)


def composer() -> Composer:
    """What a visit needs of its composer; the machine has no place yet."""
    return Composer(Place(name=tell("setup.header"), phone="", elsewhere_place="", elsewhere_hours=""))


def page(
    name: str,
    *,
    title: str,
    step: Step | None = None,
    sentence: str = "",
    blocks: tuple[Block, ...] = (),
    actions: tuple[Action, ...] = (),
    back: bool = True,
    leave: bool = True,
) -> Screen:
    """One screen. `back` and `leave` False: shown, and not to be touched now."""
    mark = None
    if step is not None:
        mark = StepMark(index=STEPS.index(step) + 1, total=len(STEPS), label=tell(f"setup.step_{step.value}"))
    return Screen(
        name=f"setup_{name}",
        title=title,
        sentence=sentence,
        header=tell("setup.header"),
        step=mark,
        blocks=blocks,
        actions=actions,
        bar=Bar(
            back=BarButton(label=tell("setup.back"), enabled=back),
            leave=BarButton(label=tell("setup.later"), enabled=leave),
        ),
        staff=True,
    )
