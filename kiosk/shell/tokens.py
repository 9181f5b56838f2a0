"""Sizes and colours of a look, from themes/*.toml. Sizes are millimetres there and pixels here."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

import themes
from kiosk.screens.protocol import Panel
from kiosk.screens.screen import Layout, Mode, Theme

Unit = TypeVar("Unit", float, int)


class Inks(msgspec.Struct, Generic[Unit], frozen=True, forbid_unknown_fields=True):
    """Heights of the ink of 国."""

    hero: Unit
    title: Unit
    heading: Unit
    big_tile: Unit
    tile: Unit
    tile_row: Unit
    action: Unit
    bar: Unit
    body: Unit
    small: Unit
    header: Unit
    key: Unit
    count: Unit


class Lengths(msgspec.Struct, Generic[Unit], frozen=True, forbid_unknown_fields=True):
    """Everything that has a length; what each is stands in themes/sizes/standard.toml."""

    target: Unit
    margin: Unit
    gap: Unit
    gap_close: Unit
    space: Unit
    padding: Unit
    radius: Unit
    line: Unit
    edge: Unit
    edge_strong: Unit
    header: Unit
    logo: Unit
    step: Unit
    bar: Unit
    bar_button: Unit
    action: Unit
    tile_row: Unit
    tile: Unit
    big_tile: Unit
    icon: Unit
    icon_tile: Unit
    icon_big: Unit
    box: Unit
    check_row: Unit
    progress: Unit
    key: Unit
    key_least: Unit
    digit: Unit
    face: Unit
    rating: Unit
    ring: Unit
    picture_least: Unit
    picture_most: Unit
    signs: Unit
    signs_high: Unit


class Sizes(msgspec.Struct, Generic[Unit], frozen=True, forbid_unknown_fields=True):
    """All sizes of one mode on one shape of panel."""

    most_choices: int
    side_by_side: bool
    words_share: float
    more_columns: int
    ink: Inks[Unit]
    length: Lengths[Unit]


class Colours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All colours of one look, `#rrggbb` or `#rrggbbaa`; what each is for stands in themes/colours/light.toml."""

    ink: str
    muted: str
    surface: str
    card: str
    header: str
    line: str
    edge: str
    outline: str
    primary: str
    on_primary: str
    speech: str
    speech_ink: str
    good: str
    good_soft: str
    attention: str
    attention_soft: str
    leave: str
    disabled: str
    disabled_card: str
    track: str
    shade: str
    pencil: str
    hero_top: str
    hero_bottom: str
    on_hero: str
    chip: str
    pressed: str
    pressed_dark: str


def folder() -> Path:
    """Where the themes lie."""
    return Path(themes.__file__).parent


def _table(path: Path) -> dict[str, Any]:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: not TOML: {error}") from error


def _typed(path: Path, table: dict[str, Any], kind: Any) -> Any:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{path}: {error}; compare it with the other files beside it") from error


@cache
def millimetres(mode: Mode, panel: Panel, layout: Layout = Layout.NORMAL) -> Sizes[float]:
    """Return the sizes of a mode on a panel of this shape: the file's own, then what is different in the low layout, on a
    narrow panel, on one that lies. Raise ValueError naming file and key."""
    path = folder() / "sizes" / f"{mode}.toml"
    table = _table(path)
    low, narrow, landscape = (table.pop(name, {}) for name in ("low_reach", "narrow", "landscape"))
    if layout is Layout.LOW_REACH:
        _put(table, low)
    if min(panel.mm) < narrow.pop("below", 0.0):
        _put(table, narrow)
    if panel.mm[0] > panel.mm[1]:
        _put(table, landscape)
    sizes: Sizes[float] = _typed(path, table, Sizes[float])
    return sizes


def _put(table: dict[str, Any], changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        if isinstance(value, dict) and isinstance(table.get(name), dict):
            _put(table[name], value)
        else:
            table[name] = value


@cache
def colours(theme: Theme, mode: Mode) -> Colours:
    """Return the colours of a theme in a mode. Raise ValueError naming file and key."""
    path = folder() / "colours" / f"{theme}.toml"
    table = _table(path)
    changes = table.pop("elder", {})
    found: Colours = _typed(path, {**table, **(changes if mode is Mode.ELDER else {})}, Colours)
    for name, value in msgspec.structs.asdict(found).items():
        if not (
            value.startswith("#") and len(value) in (7, 9) and all(c in "0123456789abcdefABCDEF" for c in value[1:])
        ):
            raise ValueError(f"{path}: {name} = {value!r} is not a colour; write #rrggbb or #rrggbbaa")
    return found


@cache
def panels() -> dict[str, Panel]:
    """The panels that the themes are made for, by name. Raise ValueError naming file and key."""
    path = folder() / "panels.toml"
    found: dict[str, Panel] = _typed(path, _table(path), dict[str, Panel])
    return found


def all_sizes(mode: Mode) -> list[Sizes[float]]:
    """Return the sizes of a mode on every panel of `panels`, in every layout. Raise ValueError naming file and key."""
    return [millimetres(mode, panel, layout) for panel in panels().values() for layout in Layout]


def pixels_per_mm(panel: Panel) -> float:
    """The finer of the two axes, so that rounding never makes a thing smaller than its millimetres."""
    return max(panel.px[0] / panel.mm[0], panel.px[1] / panel.mm[1])


def pixels(mode: Mode, panel: Panel, layout: Layout = Layout.NORMAL) -> Sizes[int]:
    """Return the sizes of a mode in pixels of this panel, rounded up."""
    scale = pixels_per_mm(panel)
    sizes = millimetres(mode, panel, layout)
    return Sizes(
        most_choices=sizes.most_choices,
        side_by_side=sizes.side_by_side,
        words_share=sizes.words_share,
        more_columns=sizes.more_columns,
        ink=Inks(**_scaled(sizes.ink, scale)),
        length=Lengths(**_scaled(sizes.length, scale)),
    )


def _scaled(group: msgspec.Struct, scale: float) -> dict[str, int]:
    return {name: math.ceil(value * scale) for name, value in msgspec.structs.asdict(group).items()}
