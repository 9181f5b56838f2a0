"""Writes the pages of docs/ that are drawn from the code: `python docs/generate.py`. A test holds that they are up to date.

faults.md     from the three catalogues (drivers/contract, kiosk/gateways, kiosk/licences)
journeys.md   from the journeys' tables and the states of a print
platform.md   from the interface's text and message types (platform_page.py)
driver-list.md  from the manifests, the settings and the conformance reports (drivers_page.py)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import drivers_page
import platform_page

from drivers.contract.faults import catalogue as device_faults
from kiosk.gateways.fault import catalogue as platform_faults
from kiosk.journal.states import MOVES, PrintState
from kiosk.journey.runner import CHOOSE, END, Route
from kiosk.journey.step import Outcome
from kiosk.licences.refusal import catalogue as refusals
from kiosk.lobby import ROUTES

HERE = Path(__file__).parent
NOTICE = "<!-- Drawn from the code by docs/generate.py; changes here are lost. -->\n"

# --- faults


def faults() -> str:
    """Every fault and refusal: who must act, what a keeper or technician does, and what the visitor reads."""
    text = f"""# What can go wrong

{NOTICE}
Every code has a cause and a cure, for the keeper or technician, and one sentence for the visitor that says what to do
next. Who must act: the visitor, the keeper (who fills paper), a technician, the back office, or nobody (it heals itself).

## Devices

Reported by a driver, its host or its client (`drivers/contract/faults.toml`).

| code | lies in | who acts | cause | cure | the visitor reads |
|---|---|---|---|---|---|
"""
    for code, entry in device_faults().items():
        text += _row(f"`{code}`", entry.domain, _who(entry.action), entry.cause, entry.cure, entry.visitor)
    text += """
## The platform

Between kiosk and platform (`kiosk/gateways/faults.toml`; the interface is in [platform.md](platform.md)).

| code | who acts | cause | cure | the visitor reads |
|---|---|---|---|---|
"""
    for gateway_code, about in platform_faults().items():
        text += _row(f"`{gateway_code}`", _who(about.action), about.cause, about.cure, about.visitor)
    text += """
## Licences

Why a fetched file is not used, and nothing is printed (`kiosk/licences/refusals.toml`).

| code | who acts | cause | cure | the visitor reads |
|---|---|---|---|---|
"""
    for reason, refusal in refusals().items():
        text += _row(f"`{reason}`", _who(refusal.action), refusal.cause, refusal.cure, refusal.visitor)
    return text


def _who(action: str) -> str:
    return action.replace("_", " ")


def _row(*cells: str) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


# --- journeys


def journeys() -> str:
    """The state diagram of each journey, its steps, and the states of a print."""
    text = f"""# Journeys

{NOTICE}
A journey is a table `(step, outcome) → step`. Every outcome that a step declares has a row, and everything that a step
needs was given by the steps before it on every way there: `Route.check` holds both, at each start and in `kiosk check`.
Guards stand around every question, so that no step can forget them: help, leave, 返回, silence
(warning, then the end), hesitation (大字版 is offered, once), and the change between standard and elder mode on the same screen.
Going back to a step forgets and wipes what it, and every step after it, gave.
"""
    for route in ROUTES.values():
        text += f"\n## {route.name}\n\n" + _diagram(route) + "\n" + _steps(route)
    return text + "\n## A print\n\n" + _print_states()


def _diagram(route: Route) -> str:
    lines = [f"    [*] --> {route.first}"]
    joined: dict[tuple[str, str], list[str]] = {}
    for (name, outcome), target in route.table.items():
        if outcome is not Outcome.BACK:
            joined.setdefault((name, target), []).append(_who(outcome))
    for (name, target), outcomes in joined.items():
        lines.append(f"    {name} --> {'[*]' if target == END else target}: {', '.join(outcomes)}")
    return (
        "```mermaid\nstateDiagram-v2\n" + "\n".join(lines) + "\n```\n\n"
        f"`{CHOOSE}` is the choice of items. Ways back are left out of the picture; they stand below.\n"
    )


def _steps(route: Route) -> str:
    text = "| step | what it does | needs | gives | back leads to |\n|---|---|---|---|---|\n"
    for name, step in route.steps.items():
        does = _first_sentence(step.run) + (" **No way back from here.**" if step.point_of_no_return else "")
        back = route.table.get((name, Outcome.BACK), "")
        text += _row(f"`{name}`", does, _types(step.needs), _types((*step.gives, *step.leaves)), back and f"`{back}`")
    return text


def _first_sentence(function: Callable[..., object]) -> str:
    first, _, _ = (function.__doc__ or "").strip().partition("\n")
    return first


def _types(kinds: Iterable[type]) -> str:
    return ", ".join(kind.__name__ for kind in kinds)


def _print_states() -> str:
    return (
        "A state claims no more than was sensed ([decision 003](decisions/003-print-evidence.md)).\n\n"
        "```mermaid\nstateDiagram-v2\n    [*] --> intent\n" + "\n".join(_moves(MOVES)) + "\n```\n"
    )


def _moves(moves: Mapping[PrintState, Iterable[PrintState]]) -> list[str]:
    order = list(PrintState)
    lines = []
    for state in order:
        following = sorted(moves[state], key=order.index)
        lines += [f"    {state} --> {after}" for after in following] or [f"    {state} --> [*]"]
    return lines


PAGES: Mapping[str, Callable[[], str]] = {
    "faults.md": faults,
    "journeys.md": journeys,
    "platform.md": lambda: platform_page.page(NOTICE),
    "driver-list.md": lambda: drivers_page.page(NOTICE),
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
