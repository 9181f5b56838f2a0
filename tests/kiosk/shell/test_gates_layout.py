"""The gates that need no pixels, over the matrix of screens, looks, languages and panels; and what does not fit."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

import pytest

from kiosk.locales import languages, pilot_languages
from kiosk.screens.parts import (
    Action,
    Check,
    Checks,
    CheckState,
    Fact,
    Facts,
    Icon,
    Note,
    Tick,
    Ticks,
    Tile,
    Tiles,
)
from kiosk.screens.screen import Bar, BarButton, Layout, Look, Mode, Screen, typing_of
from kiosk.shell import matrix, tokens
from kiosk.shell.letters import Letters
from kiosk.shell.studio import lay, letters
from tests.kiosk.shell.gates import Page, defects, shown, told

SAMPLE = matrix.pairwise()


@cache
def fonts() -> Letters:
    return letters()


def pages(screen: Screen, look: Look, panel: str) -> list[Page]:
    """All pages of a screen."""
    found: list[Page] = []
    shape = tokens.panels()[panel]
    while not found or len(found) < found[0].laid.pages:
        laid, kit = lay(screen, look, shape, fonts(), page=len(found))
        found.append(Page(screen, laid, kit, shape))
    return found


def wrong(screen: Screen, look: Look, panel: str) -> list[str]:
    """Defects of every page, and texts that are on none."""
    found = pages(screen, look, panel)
    seen = shown(found)
    # While somebody types, the board has the room: the best of what was found is shown, and typing on finds the rest.
    lost = (
        []
        if typing_of(screen)
        else [text for text in told(screen) if not any(text.replace("\n", " ") in each for each in seen)]
    )
    return [defect for page in found for defect in defects(page)] + [f"not shown: {text}" for text in lost]


@pytest.mark.parametrize("case", SAMPLE, ids=[case.name for case in SAMPLE])
def test_every_screen_passes_the_gates(case: matrix.Case) -> None:
    bad = wrong(case.sample(), case.look(), case.panel)
    assert not bad


@pytest.mark.slow
@pytest.mark.parametrize("panel", tokens.panels())
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("mode", Mode)
def test_the_whole_matrix_passes_the_gates(mode: Mode, language: str, panel: str) -> None:
    cases = matrix.whole(mode=[str(mode)], language=[language], panel=[panel])
    found = {case.name: bad for case in cases if (bad := wrong(case.sample(), case.look(), panel))}
    assert not found


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("language", pilot_languages())
def test_the_pilot_languages_pass_the_gates(language: str, mode: Mode) -> None:
    """Mirrored, with letters that reach further, and mixed with Chinese: every screen, in a layout and on a panel that its place
    in the list deals it."""
    panels, layouts = list(tokens.panels()), list(Layout)
    found = {}
    for number, screen in enumerate(matrix.samples(mode, language)):
        panel, layout = panels[number % 3], layouts[number % 2]
        if bad := wrong(screen, Look(mode=mode, language=language, layout=layout), panel):
            found[f"{screen.name}-{layout}-{panel}"] = bad
    assert not found


def is_list(screen: Screen) -> bool:
    facts = sum(len(block.rows) for block in screen.blocks if isinstance(block, Facts))
    return facts > A_FEW or any(isinstance(block, (Tiles, Checks)) for block in screen.blocks)


A_FEW = 4


@pytest.mark.parametrize("panel", tokens.panels())
@pytest.mark.parametrize("mode", Mode)
def test_in_the_usual_look_only_lists_are_turned(mode: Mode, panel: str) -> None:
    """A question stands on one page, with its answers; a list of things to choose from, of other ways out, of what a department
    asks for, may go on."""
    turned = {
        screen.name
        for screen in matrix.samples(mode, "zh-Hans")
        if len(pages(screen, Look(mode=mode), panel)) > 1 and not is_list(screen)
    }
    assert not turned


# --- long strings


def entries(table: Any, kind: str = "") -> Iterator[tuple[str, str]]:
    """Each string of a locale with the last word of its key that is no mode."""
    for key, value in table.items():
        name = kind if key in tuple(Mode) else key
        if isinstance(value, dict):
            yield from entries(value, name)
        elif isinstance(value, str):
            yield name, value


KINDS = ("title", "sentence", "spoken", "note", "text", "hint", "picture")


@cache
def longest(language: str) -> dict[str, list[str]]:
    """The longest strings of a language by what they are, longest first; labels and other short things under ""."""
    name = language.replace("-", "_").lower()
    text = resources.files("kiosk.locales").joinpath(f"{name}.toml").read_text("utf-8")
    found: dict[str, list[str]] = {kind: [] for kind in (*KINDS, "label")}
    for key, value in entries(tomllib.loads(text)):
        kind = next((kind for kind in KINDS if kind in key), "label")
        found[kind].append(value)
    sentences = {text for text in found["label"] if any(mark in text for mark in "。，,.？?")}
    found["label"] = [text for text in found["label"] if text not in sentences]
    return {kind: sorted(set(values), key=len, reverse=True)[:12] for kind, values in found.items()}


RARE = "欧阳𠅤𬭎㛃䶮"
"""A name of rare characters (GB 18030-2022 level 3)."""
OFFICE = "中华人民共和国某某省某某市某某区人力资源和社会保障局社会保险经办服务中心"
BAR = Bar(back=BarButton(label="返回"), help=BarButton(label="叫人帮忙"), leave=BarButton(label="离开"))


def stretched(language: str) -> list[Screen]:
    """Screens of the longest that a language has to say."""
    long = longest(language)
    labels, titles, notes = long["label"], long["title"], long["note"]
    frame: dict[str, Any] = {"spoken": long["spoken"][0], "header": OFFICE, "bar": BAR}
    actions = (Action(id="yes", label=labels[0]), Action(id="no", label=labels[1]))
    rows = tuple(
        Fact(label=labels[-1 - i], value=text, icon=Icon.INFO) for i, text in enumerate((RARE, OFFICE, notes[0]))
    )
    tiles = tuple(
        Tile(id=f"t{i}", title=f"{text}{i}", note=notes[i % 4], icon=Icon.HOME)
        for i, text in enumerate([*labels[:5], OFFICE] * 3)
    )
    checks = tuple(
        Check(label=text, state=state, word=labels[-1], note=notes[0])
        for text, state in zip(labels, CheckState, strict=False)
    )
    ticks = tuple(Tick(id=f"t{i}", title=text, lines=(notes[-1 - i],)) for i, text in enumerate(labels[:3]))
    return [
        Screen(
            name="facts",
            title=titles[0],
            sentence=long["sentence"][0],
            blocks=(Facts(heading=labels[0], rows=rows),),
            actions=actions,
            **frame,
        ),
        Screen(name="tiles", title=titles[1], blocks=(Tiles(columns=2, heading=labels[0], tiles=tiles),), **frame),
        Screen(
            name="checks",
            title=RARE,
            blocks=(Checks(rows=checks), Note(title=titles[0], text=long["sentence"][0] * 2)),
            **frame,
        ),
        Screen(
            name="ticks",
            title=titles[2],
            sentence=long["sentence"][1],
            blocks=(Ticks(rows=ticks),),
            actions=actions,
            **frame,
        ),
        Screen(name="nothing", title="", spoken="。"),
    ]


def cut(screen: Screen, look: Look, panel: str) -> list[str]:
    return [defect for defect in wrong(screen, look, panel) if not defect.startswith("reach:")]


@pytest.mark.parametrize("panel", tokens.panels())
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("language", languages())
def test_what_does_not_fit_is_turned_to_and_never_cut(language: str, mode: Mode, panel: str) -> None:
    """In the low layout what is too long for the band that is in reach may stand higher; it still lies on nothing else."""
    layouts = (Layout.NORMAL, Layout.LOW_REACH)
    found = {
        f"{screen.name}-{layout}": bad
        for number, screen in enumerate(stretched(language))
        for layout in (layouts[number % 2],)
        if (bad := cut(screen, Look(mode=mode, language=language, layout=layout), panel))
    }
    assert not found
