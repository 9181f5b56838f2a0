"""Everything at a glance before the files are written; what is touched is changed."""

from __future__ import annotations

from kiosk.locales import own_name
from kiosk.locales.staff import tell
from kiosk.screens.parts import Icon, Tile
from kiosk.setup import written
from kiosk.setup.frame import Step
from kiosk.setup.sitting import Sitting, next_action, row
from kiosk.setup.steps.devices import class_words
from kiosk.setup.work import Work

_GO_TO = "step."
"""Begins the answers of the tiles: `language` alone is the visitors' word for another language."""


class Change(Exception):
    """Back to a certain step, to change what was said there."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.value)
        self.step = step


async def run(sitting: Sitting, work: Work) -> None:
    """Show it; write the files. Raise Change, Backed, VisitEnds, OSError."""
    assert work.enrolled is not None
    chosen = await sitting.choose(
        "summary",
        Step.SUMMARY,
        tell("setup.summary_title"),
        tiles(work),
        sentence=tell("setup.summary_sentence"),
        columns=2,
        actions=(next_action(tell("setup.summary_write")),),
    )
    if chosen != "next":
        raise Change(Step(chosen.removeprefix(_GO_TO)))
    written.write_all(work.folder, work.answers, work.enrolled)


def tiles(work: Work) -> tuple[Tile, ...]:
    """A tile for each step that can be changed."""
    answers, enrolled = work.answers, work.enrolled
    devices = "、".join(class_words(each.device_class) for each in (answers.devices or {}).values())
    return (
        row(_GO_TO + Step.PANEL.value, tell("setup.step_panel"), written.title_of(answers), Icon.DOCUMENT),
        row(
            _GO_TO + Step.LANGUAGE.value,
            tell("setup.step_language"),
            "、".join(own_name(each) for each in answers.languages or ()),
            Icon.LANGUAGE,
        ),
        row(
            _GO_TO + Step.PLACE.value,
            tell("setup.step_place"),
            f"{answers.place.name} · {answers.place.place}",
            Icon.HOME,
        ),
        row(
            _GO_TO + Step.NETWORK.value,
            tell("setup.step_network"),
            answers.platform.url if answers.platform else "",
            Icon.PLACE,
        ),
        row(_GO_TO + Step.DEVICES.value, tell("setup.step_devices"), devices or tell("setup.devices_none"), Icon.LIST),
        row(_GO_TO + Step.ENROL.value, tell("setup.step_enrol"), enrolled.kiosk_id if enrolled else "", Icon.KEY),
    )
