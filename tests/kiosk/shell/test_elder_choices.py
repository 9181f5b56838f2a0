"""长辈模式: one question and at most six choices a page, whatever a list is long; held on the samples and on lists from data."""

from __future__ import annotations

from functools import cache

import pytest

from kiosk.locales import languages
from kiosk.screens.parts import Action, Icon, Tile, Tiles
from kiosk.screens.screen import Bar, BarButton, Look, Mode, Screen
from kiosk.shell import tokens
from kiosk.shell.letters import Letters
from kiosk.shell.marks import Answers, Region, Toggles
from kiosk.shell.samples import samples
from kiosk.shell.studio import lay, letters
from kiosk.shell.template import Laid
from tests.support.elder import MOST, broken

LOOK = Look(mode=Mode.ELDER)


@cache
def fonts() -> Letters:
    return letters()


def answers(laid: Laid) -> list[str]:
    """What can be answered between header and bar."""
    regions = dict(laid.parts)
    parts = [*regions[Region.CONTENT], *regions[Region.ACTIONS]]
    return [part.target.does.id for part in parts if part.target and isinstance(part.target.does, Answers | Toggles)]


@pytest.mark.parametrize("language", languages())
def test_every_sample_asks_one_thing_says_it_aloud_and_lets_somebody_be_called(language: str) -> None:
    found = {screen.name: list(broken(screen)) for screen in samples(Mode.ELDER, language)}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("panel", ["portrait_21", "landscape_21"])
@pytest.mark.parametrize(("things", "actions"), [(5, 1), (6, 1), (7, 0), (13, 2)])
def test_a_list_has_what_the_actions_leave_and_the_rest_is_turned_to(panel: str, things: int, actions: int) -> None:
    tiles = tuple(Tile(id=f"t{i}", title=f"第{i}件事", icon=Icon.DOCUMENT) for i in range(things))
    screen = Screen(
        name="list",
        title="您要办什么事？",
        spoken="请点一件。",
        blocks=(Tiles(tiles=tiles, columns=2),),
        actions=tuple(Action(id=f"a{i}", label="换一件") for i in range(actions)),
        bar=Bar(back=BarButton(label="返回"), help=BarButton(label="叫人帮忙"), leave=BarButton(label="离开")),
    )
    first, _ = lay(screen, LOOK, tokens.panels()[panel], fonts())
    pages = [lay(screen, LOOK, tokens.panels()[panel], fonts(), page=number)[0] for number in range(first.pages)]
    for laid in pages:
        assert len(answers(laid)) <= MOST
    assert [each for laid in pages for each in answers(laid) if each.startswith("t")] == [tile.id for tile in tiles]
