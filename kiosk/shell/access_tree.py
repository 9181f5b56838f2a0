"""The screen for a screen reader: the stops of stops.py as a tree of numbered nodes, in AccessKit's words but without its types.

What is drawn twice is said once: the letters on a button are its name, not a text inside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import msgspec

from kiosk.shell.marks import Box, Region, Role, Toggles, around
from kiosk.shell.stops import CAPTION, Stop, details, said_words

WINDOW = 0
"""Number of the window's own node."""

_ROLES = {
    Role.HEADING: "HEADING",
    Role.TEXT: "LABEL",
    Role.STATUS: "STATUS",
    Role.IMAGE: "IMAGE",
    Role.BUTTON: "BUTTON",
    Role.CHECKBOX: "CHECK_BOX",
    Role.TEXTBOX: "TEXT_INPUT",
    Role.PROGRESS: "PROGRESS_INDICATOR",
    Role.TIMER: "TIMER",
    Role.LIST_ITEM: "LIST_ITEM",
}
_CONTROLS = (Role.BUTTON, Role.CHECKBOX, Role.TEXTBOX)
_REGIONS = {
    Region.HEADER: "BANNER",
    Region.CONTENT: "MAIN",
    Region.ACTIONS: "GROUP",
    Region.BAR: "NAVIGATION",
}


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """One node: `role` is the name of an `accesskit.Role`. `toggled` is None for what cannot be ticked; `live` is announced
    when it comes or changes; pixels from the window's upper left corner."""

    number: int
    role: str
    name: str = ""
    description: str = ""
    box: Box | None = None
    disabled: bool = False
    toggled: bool | None = None
    live: bool = False
    pressable: bool = False
    focusable: bool = False
    children: tuple[int, ...] = ()


class Numbers:
    """Numbers of nodes. A new screen gets new ones, so that nothing of the old screen is taken for something of the new."""

    def __init__(self) -> None:
        self._fresh = count(WINDOW + 1)
        self._numbers: dict[str, int] = {}

    def forget(self) -> None:
        """A new screen."""
        self._numbers.clear()

    def of(self, key: str) -> int:
        """The number of a stop, a group or a region."""
        return self._numbers.setdefault(key, next(self._fresh))

    def key(self, number: int) -> str | None:
        """What has this number now."""
        return next((key for key, each in self._numbers.items() if each == number), None)


def specs(title: str, stops: Sequence[Stop], ticked: Sequence[str], numbers: Numbers, language: str) -> dict[int, Spec]:
    """All nodes of a screen by number, the window first."""
    off = said_words(language).off
    found: dict[int, Spec] = {}
    regions = []
    for region in Region:
        inside = [stop for stop in stops if stop.region is region]
        if inside:
            number = numbers.of(f"region {region}")
            regions.append(number)
            children = _nodes(
                [_spec(stop, ticked, numbers.of(stop.key), off) for stop in inside], inside, numbers, found
            )
            box = around([stop.node.box for stop in inside])
            found[number] = Spec(number=number, role=_REGIONS[region], box=box, children=children)
    window = Spec(number=WINDOW, role="WINDOW", name=title, children=tuple(regions))
    return {WINDOW: window, **found}


def _nodes(own: Sequence[Spec], stops: Sequence[Stop], numbers: Numbers, found: dict[int, Spec]) -> tuple[int, ...]:
    """Add the nodes of one region, rows of a card within a list. Return the numbers at the top."""
    top: list[int] = []
    lists: dict[str, list[Stop]] = {}
    for spec, stop in zip(own, stops, strict=True):
        found[spec.number] = spec
        if not stop.inside:
            top.append(spec.number)
            continue
        if stop.inside not in lists:
            top.append(numbers.of(stop.inside))
        lists.setdefault(stop.inside, []).append(stop)
    for key, rows in lists.items():
        box = around([row.node.box for row in rows])
        children = tuple(numbers.of(row.key) for row in rows)
        found[numbers.of(key)] = Spec(number=numbers.of(key), role="LIST", box=box, children=children)
    return tuple(top)


def _spec(stop: Stop, ticked: Sequence[str], number: int, off: str) -> Spec:
    node = stop.node
    name, description = node.name, details(node)
    if stop.key == CAPTION:
        name, description = node.value, ""
    if node.role is Role.LIST_ITEM:
        name, description = f"{node.name}：{node.value}" if node.value else node.name, ""
    disabled = node.role in _CONTROLS and (not node.enabled or (node.role is Role.BUTTON and stop.target is None))
    if disabled:  # AccessKit's AT-SPI side calls every button enabled; whoever listens must hear it all the same
        description = "，".join(part for part in (description, off) if part)
    toggles = stop.target is not None and isinstance(stop.target.does, Toggles)
    return Spec(
        number=number,
        role=_ROLES.get(node.role, "GENERIC_CONTAINER"),
        name=name,
        description=description,
        box=node.box,
        disabled=disabled,
        toggled=_id(stop) in ticked if toggles else None,
        live=node.role is Role.STATUS,
        pressable=stop.pressable,
        focusable=True,
    )


def _id(stop: Stop) -> str:
    return stop.target.does.id if stop.target is not None and isinstance(stop.target.does, Toggles) else ""
