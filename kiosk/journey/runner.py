"""Walks a journey's table: (step, outcome) → next step. What left steps gave is forgotten on the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.journey.desk import Desk
from kiosk.journey.identify import Holder
from kiosk.journey.step import Outcome, Step
from kiosk.visit import Backed, Visit

END = "end"
"""The visit is over, done."""

CHOOSE = "choose"
"""Back to the choice of items."""

Table = Mapping[tuple[str, Outcome], str]


class TableError(Exception):
    """The table does not fit its steps; says where."""


@dataclass(frozen=True)
class Route:
    """A journey: its steps, its first step, its table."""

    name: str
    first: str
    steps: Mapping[str, Step]
    table: Table

    def check(self) -> None:
        """Raise TableError unless every outcome has a row, every row a step, and every need is met on every way."""
        for name, step in self.steps.items():
            for outcome in step.outcomes:
                if (name, outcome) not in self.table:
                    raise TableError(f"{self.name}: no row for ({name}, {outcome})")
        for (name, outcome), target in self.table.items():
            if name not in self.steps or outcome not in self.steps[name].outcomes:
                raise TableError(f"{self.name}: the row ({name}, {outcome}) belongs to no step")
            if target not in self.steps and target not in (END, CHOOSE):
                raise TableError(f"{self.name}: the row ({name}, {outcome}) leads to {target!r}, which is no step")
        self._check_needs()

    def _check_needs(self) -> None:
        """Walk every way with the least that is known at each step, until nothing changes."""
        least: dict[str, frozenset[type]] = {self.first: frozenset()}
        waiting = [self.first]
        while waiting:
            name = waiting.pop()
            step, known = self.steps[name], least[name]
            absent = [need.__name__ for need in step.needs if need not in known]
            if absent:
                raise TableError(f"{self.name}: {name} can be reached without {', '.join(absent)}")
            for outcome in step.outcomes:
                target = self.table[name, outcome]
                if target in (END, CHOOSE) or outcome is Outcome.BACK:
                    continue
                after = known | frozenset(step.leaves) | frozenset(step.gives if outcome is Outcome.DONE else ())
                merged = least[target] & after if target in least else after
                if least.get(target) != merged:
                    least[target] = merged
                    waiting.append(target)
        unreached = set(self.steps) - set(least)
        if unreached:
            raise TableError(f"{self.name}: nothing leads to {', '.join(sorted(unreached))}")


async def walk(route: Route, visit: Visit, desk: Desk) -> str:
    """Walk from the first step; return END or CHOOSE. Raise VisitEnds when a guard ends the visit."""
    trail: list[str] = []
    name = route.first
    while name not in (END, CHOOSE):
        step = route.steps[name]
        visit.record("step", visit=visit.token, step=name)
        try:
            outcome = await step.run(visit, desk)
            await _offer_by_age(visit)
        except Backed:
            outcome = Outcome.BACK
        visit.record("outcome", visit=visit.token, step=name, outcome=outcome.value)
        target = route.table[name, outcome]
        if outcome is Outcome.BACK:
            _forget(route, visit, [*trail, name], target)
            trail = trail[: trail.index(target)] if target in trail else []
        else:
            trail.append(name)
        name = target
    return name


async def _offer_by_age(visit: Visit) -> None:
    """Whoever's card says so is asked, right after it was read, whether 大字版 is wanted."""
    holder = visit.known.get(Holder)
    if holder is not None and holder.age >= visit.policy.elder_offer.age:
        await visit.offer_elder()


def _forget(route: Route, visit: Visit, trail: list[str], target: str) -> None:
    """Discard what the steps after `target`, and `target` itself, gave: they will be walked again."""
    start = trail.index(target) if target in trail else 0
    for left in trail[start:]:
        step = route.steps[left]
        for kind in (*step.gives, *step.leaves):
            visit.discard(kind)
