"""The table is checked before anybody walks it, and walking it keeps what is known in step with where the visitor stands."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract.secret import SecretText
from kiosk.journey.certificate import CERTIFICATE
from kiosk.journey.runner import CHOOSE, END, Route, TableError, walk
from kiosk.journey.step import Outcome, Step
from kiosk.policies import visit_policy
from kiosk.screens.compose import Composer, Place
from kiosk.visit import Backed, Visit
from tests.support.scripted import ScriptedWindow

O = Outcome  # noqa: E741  as in the table itself


def visit() -> Visit:
    place = Place(name="", phone="", elsewhere_place="", elsewhere_hours="")
    return Visit(ScriptedWindow({}), visit_policy(), Composer(place), lambda event, **payload: None)


# --- the check


def test_the_certificates_table_fits_its_steps() -> None:
    CERTIFICATE.check()


@pytest.mark.parametrize("row", sorted(CERTIFICATE.table))
def test_a_missing_row_is_named(row: tuple[str, Outcome]) -> None:
    table = {key: target for key, target in CERTIFICATE.table.items() if key != row}
    with pytest.raises(TableError, match=rf"certificate: no row for \({row[0]}, {row[1]}\)"):
        replace(CERTIFICATE, table=table).check()


@pytest.mark.parametrize("row", sorted(CERTIFICATE.table))
def test_a_row_to_nowhere_is_named(row: tuple[str, Outcome]) -> None:
    with pytest.raises(TableError, match=rf"\({row[0]}, {row[1]}\) leads to 'nowhere'"):
        replace(CERTIFICATE, table={**CERTIFICATE.table, row: "nowhere"}).check()


@pytest.mark.parametrize("row", [("nobody", O.DONE), ("rate", O.BACK), ("print", O.BACK)])
def test_a_row_of_no_step_is_named(row: tuple[str, Outcome]) -> None:
    with pytest.raises(TableError, match=rf"\({row[0]}, {row[1]}\) belongs to no step"):
        replace(CERTIFICATE, table={**CERTIFICATE.table, row: END}).check()


@pytest.mark.parametrize(
    ("row", "target", "complaint"),
    [
        (("identify", O.OTHER_WAY), "licence_consent", "licence_consent can be reached without Holder"),
        (("face_consent", O.OTHER_WAY), "face", "face can be reached without FaceConsent"),
        (("other_way", O.REFUSED), "fetch", "fetch can be reached without Confirmed"),
        (("keeper", O.FAILED), "fetch", "fetch can be reached without Confirmed, LicenceConsent"),
        (("licence_consent", O.REFUSED), "review", "review can be reached without SealedLicence, IssuedDocument"),
        (("review", O.REFUSED), "take", "take can be reached without Printed"),
    ],
)
def test_a_short_cut_past_a_need_is_named(row: tuple[str, Outcome], target: str, complaint: str) -> None:
    """No row can lead to a fetch without a confirmed holder, nor to a print without a checked document."""
    with pytest.raises(TableError, match=f"certificate: {complaint}"):
        replace(CERTIFICATE, table={**CERTIFICATE.table, row: target}).check()


@pytest.mark.parametrize(
    ("rows", "unreached"),
    [
        ({("review", O.REFUSED): END, **{(name, O.REFUSED): END for name in ("other_way", "fetch")}}, None),
        ({("print", O.FAILED): END, ("take", O.FAILED): END}, "print_failed"),
        ({("take", O.DONE): END}, "rate"),
        (
            {("face_consent", O.OTHER_WAY): END, ("face", O.OTHER_WAY): END, ("face", O.FAILED): END},
            "keeper, other_way",
        ),
    ],
)
def test_a_step_that_nothing_leads_to_is_named(rows: Mapping[tuple[str, Outcome], str], unreached: str | None) -> None:
    route = replace(CERTIFICATE, table={**CERTIFICATE.table, **rows})
    if unreached is None:
        route.check()
        return
    with pytest.raises(TableError, match=f"nothing leads to {unreached}"):
        route.check()


def test_past_the_point_of_no_return_there_is_no_way_back() -> None:
    """From the print on: no row goes back, and no row that follows leads to a step before it."""
    waiting = [name for name, step in CERTIFICATE.steps.items() if step.point_of_no_return]
    assert waiting == ["print"]
    after: set[str] = set()
    while waiting:
        name = waiting.pop()
        after.add(name)
        assert O.BACK not in CERTIFICATE.steps[name].outcomes, name
        targets = {CERTIFICATE.table[name, outcome] for outcome in CERTIFICATE.steps[name].outcomes}
        waiting += targets - after - {END}
    assert after == {"print", "print_failed", "take", "rate"}


# --- the walk, on dummy steps over random tables


@dataclass
class Gift:
    """What a dummy step gives: a secret, so that forgetting without wiping shows."""

    secret: SecretText

    def wipe(self) -> None:
        self.secret.wipe()


KINDS = [type(f"Gift{index}", (Gift,), {}) for index in range(6)]
"""One type a step."""


class Dice:
    """Decides how each step ends; notes what was given."""

    def __init__(self, rolls: Iterator[Outcome | None]) -> None:
        self.rolls = rolls
        self.given: list[Gift] = []

    def step(self, index: int, *, leaves: bool) -> Step:
        kind = KINDS[index]

        async def run(visit: Visit, desk: Any) -> Outcome:
            roll = next(self.rolls, O.DONE)
            if roll is None:
                raise Backed  # as `visit.ask` does
            if roll is O.BACK:
                return O.BACK
            if roll is O.DONE or leaves:
                gift = kind(SecretText("某某"))
                self.given.append(gift)
                visit.give(gift)
            return roll

        return Step(
            name=str(index),
            run=run,
            outcomes=frozenset({O.DONE, O.BACK, O.AGAIN}),
            gives=() if leaves else (kind,),
            leaves=(kind,) if leaves else (),
        )


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_on_every_walk_what_is_known_is_what_the_steps_behind_gave(data: st.DataObject) -> None:
    """Back to a step forgets what that step and all after it gave; back past the beginning forgets all. Nothing else forgets."""
    count = len(KINDS)
    leaving = data.draw(st.sets(st.integers(0, count - 1)), label="steps that leave something with any outcome")
    back = [
        data.draw(st.sampled_from([CHOOSE, *map(str, range(index))]), label=f"back of {index}")
        for index in range(count)
    ]
    rolls = data.draw(st.lists(st.sampled_from([O.DONE, O.DONE, O.BACK, None, O.AGAIN]), max_size=25), label="rolls")
    dice = Dice(iter(rolls))
    steps = {str(index): dice.step(index, leaves=index in leaving) for index in range(count)}
    table: dict[tuple[str, Outcome], str] = {}
    for index in range(count):
        table[str(index), O.DONE] = str(index + 1) if index + 1 < count else END
        table[str(index), O.AGAIN] = str(index)
        table[str(index), O.BACK] = back[index]
    route = Route(name="dice", first="0", steps=steps, table=table)
    route.check()
    stay, wanted, last = visit(), set[type](), [""]

    def compare() -> None:
        assert set(stay.known) == wanted
        for gift in dice.given:
            assert gift.secret.wiped == (stay.known.get(type(gift)) is not gift), "forgotten means wiped"

    def record(event: str, *, step: str, outcome: str = "", **_: str) -> None:
        if event == "step":
            compare()
            return
        last[0] = outcome
        index = int(step)
        if outcome == "back":
            target = back[index]
            wanted.difference_update(KINDS if target == CHOOSE else KINDS[int(target) :])
        elif outcome == "done" or index in leaving:
            wanted.add(KINDS[index])

    stay.record = record
    ended = asyncio.run(walk(route, stay, None))  # type: ignore[arg-type]  # dummy steps use no desk
    compare()
    assert ended == (CHOOSE if last[0] == "back" else END)


@pytest.mark.parametrize("other", sorted(set(Outcome) - {O.DONE, O.BACK}))
def test_what_only_one_of_two_ways_gives_is_not_given(other: Outcome) -> None:
    async def run(visit: Visit, desk: Any) -> Outcome:
        return O.DONE

    first = Step(name="first", run=run, outcomes=frozenset({O.DONE, other}), gives=(KINDS[0],))
    second = Step(name="second", run=run, outcomes=frozenset({O.DONE}), needs=(KINDS[0],))
    table = {("first", O.DONE): "second", ("first", other): "second", ("second", O.DONE): END}
    route = Route(name="two", first="first", steps={"first": first, "second": second}, table=table)
    with pytest.raises(TableError, match="two: second can be reached without Gift0"):
        route.check()
    replace(route, table={**table, ("first", other): END}).check()


def test_a_step_that_ends_as_it_never_said_is_a_defect_and_not_a_way_on() -> None:
    async def run(visit: Visit, desk: Any) -> Outcome:
        return O.FAILED

    route = Route(
        name="x",
        first="a",
        steps={"a": Step(name="a", run=run, outcomes=frozenset({O.DONE}))},
        table={("a", O.DONE): END},
    )
    with pytest.raises(KeyError):
        asyncio.run(walk(route, visit(), None))  # type: ignore[arg-type]
