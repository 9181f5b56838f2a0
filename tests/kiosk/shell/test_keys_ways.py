"""What a key leads to, without a window: what is pressed, what is told and when."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.screens.parts import Action, Tick, Ticks
from kiosk.screens.protocol import Focused, Hearing, Keyed, Show
from kiosk.screens.screen import HELP, Bar, BarButton, Look, Mode, Screen, Theme
from kiosk.shell import studio, tokens
from kiosk.shell.bench import DEMO_PANEL
from kiosk.shell.keys import Key, key_map
from kiosk.shell.marks import Answers, Target, Toggles
from kiosk.shell.ways import Ways

ASK = Screen(
    name="ask",
    title="同意吗？",
    blocks=(Ticks(rows=(Tick(id="a", title="姓名"),)),),
    actions=(Action(id="yes", label="同意"),),
    bar=Bar(help=BarButton(label="叫人帮忙"), leave=BarButton(label="离开", enabled=False)),
)
CODES = {name: codes[0] for name, codes in key_map().keys.items()}


class Desk:
    """A shell without a window."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.pressed: list[Target] = []
        self.ways = Ways(DEMO_PANEL, self.told.append, self.pressed.append)
        self.number = 0

    def show(self, screen: Screen) -> None:
        self.number += 1
        laid = studio.lay(screen, Look(), DEMO_PANEL, studio.letters())[0]
        colours = tokens.colours(Theme.LIGHT, Mode.STANDARD)
        self.ways.laid(laid, Show(number=self.number, screen=screen, look=Look()), ("a",), colours)

    def key(self, *names: str) -> list[bool]:
        found = []
        for name in names:
            found.append(self.ways.key(CODES[name]))
            self.ways.key_up()
        return found

    def news(self) -> list[Any]:
        self.told.clear()
        self.ways.turn()
        return list(self.told)


@pytest.fixture
def desk() -> Desk:
    found = Desk()
    found.show(ASK)
    return found


def test_what_has_the_focus_is_told_in_the_next_turn_after_the_key_itself(desk: Desk) -> None:
    assert desk.news() == []
    assert desk.key(Key.NEXT) == [True]
    assert desk.told == [], "whoever speaks falls silent at the key, and must not fall silent after it"
    assert desk.news() == [Focused(number=1, said="同意吗？", aloud="同意吗？")]
    assert desk.news() == []
    desk.key(Key.REPEAT)
    assert [message.said for message in desk.news()] == ["同意吗？"]
    desk.key(Hearing.LOUDER)
    assert desk.news() == [Keyed(key=Hearing.LOUDER)]


def test_a_press_tells_of_itself_and_only_what_can_be_pressed_is(desk: Desk) -> None:
    assert desk.key(Key.OK, Key.OK) == [True, True], "the title is read, not pressed"
    assert desk.pressed == []
    assert desk.key(Key.NEXT, Key.OK) == [True, False]
    assert desk.pressed[-1].does == Toggles("a")
    assert desk.key(Key.HELP) == [False]
    assert desk.pressed[-1].does == Answers(HELP)
    assert desk.key(Key.BACK) == [True], "there is no way back on this screen"
    assert len(desk.pressed) == 2


def test_a_new_screen_is_read_from_its_title_and_a_finger_ends_it(desk: Desk) -> None:
    desk.key(Key.NEXT, Key.NEXT)
    desk.news()
    desk.show(Screen(name="next", title="好了"))
    assert desk.news() == [Focused(number=2, said="好了", aloud="好了")]
    assert desk.ways.ring
    desk.ways.touched()
    assert desk.news() == [Focused(number=2)]
    assert desk.ways.ring == ()
    desk.show(ASK)
    assert desk.news() == [], "nobody uses keys"
