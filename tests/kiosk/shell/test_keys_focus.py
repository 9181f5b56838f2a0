"""Where the key pad leads: reading order, from the title, round the screen and round a region; nothing is left out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.screens.parts import Action, Fact, Facts, Pad, PadField, Tick, Ticks, Tile, Tiles
from kiosk.screens.screen import Bar, BarButton, Look, Mode, Screen
from kiosk.shell import studio
from kiosk.shell.bench import DEMO_PANEL
from kiosk.shell.focus import Focus
from kiosk.shell.keys import Key
from kiosk.shell.letters import Letters
from kiosk.shell.samples import samples
from kiosk.shell.stops import Stop, said, said_aloud, stops
from kiosk.shell.template import Laid

BAR = Bar(back=BarButton(label="返回"), help=BarButton(label="叫人帮忙"), leave=BarButton(label="离开", enabled=False))
ASK = Screen(
    name="ask",
    title="同意吗？",
    sentence="只用这一次。",
    spoken="请选择。",
    header="某某中心",
    blocks=(
        Facts(rows=(Fact(label="事项", value="证明"), Fact(label="份数", value="1"))),
        Ticks(rows=(Tick(id="a", title="姓名", lines=("只看一次",)), Tick(id="b", title="照片", ticked=False))),
    ),
    actions=(Action(id="yes", label="同意"), Action(id="no", label="换个办法")),
    bar=BAR,
)


@pytest.fixture(scope="module")
def letters() -> Letters:
    return studio.letters()


def laid(screen: Screen, letters: Letters, mode: Mode = Mode.STANDARD, page: int = 0) -> Laid:
    return studio.lay(screen, Look(mode=mode), DEMO_PANEL, letters, page=page)[0]


def names(found: tuple[Stop, ...]) -> list[str]:
    return [stop.node.name for stop in found]


def test_the_order_is_the_reading_order_and_the_place_comes_last(letters: Letters) -> None:
    found = stops(laid(ASK, letters))
    wanted = ["同意吗？", "只用这一次。", "事项", "份数", "姓名", "照片"]
    assert names(found)[: len(wanted)] == wanted
    rest = names(found)[len(wanted) :]
    assert (
        rest.index("同意") < rest.index("返回") < rest.index("叫人帮忙") < rest.index("离开") < rest.index("某某中心")
    )


@pytest.mark.parametrize("mode", Mode)
def test_keys_reach_everything_that_a_finger_reaches_on_every_page_of_every_sample(
    letters: Letters, mode: Mode
) -> None:
    for screen in samples(mode):
        for page in range(laid(screen, letters, mode).pages):
            whole = laid(screen, letters, mode, page)
            focus = Focus()
            found = stops(whole)
            focus.begin(found)
            reached = []
            for _ in range(len(found)):
                focus.move(Key.NEXT)
                assert focus.stop is not None
                reached.append(focus.stop)
            assert reached[0].node.role == "heading", screen.name
            assert not reached[0].pressable, "a new screen never begins on something that can be pressed"
            wanted = {part.key for part in whole.all() if part.target is not None}
            assert {stop.key for stop in reached if stop.target is not None} == wanted, (screen.name, page)
            texts = {part.node.name for part in whole.all() if part.node.name and part.node.role != "group"}
            assert texts <= {stop.node.name for stop in reached}, (screen.name, page)


@pytest.mark.parametrize("mode", Mode)
def test_the_focus_goes_as_the_eye_reads(letters: Letters, mode: Mode) -> None:
    """Within a region never back up to something that stands wholly above, nor, in one row, to the left."""
    for screen in samples(mode):
        found = stops(laid(screen, letters, mode))
        for before, after in pairwise(found):
            if before.region is not after.region:
                continue
            a, b = before.node.box, after.node.box
            assert b.bottom > a.y, (screen.name, before.node.name, after.node.name)
            if min(a.bottom, b.bottom) - max(a.y, b.y) > min(a.h, b.h) / 2:
                assert b.right > a.x, (screen.name, before.node.name, after.node.name)


def test_the_first_key_only_shows_where_the_focus_is(letters: Letters) -> None:
    for key in Key:
        focus = Focus()
        focus.begin(stops(laid(ASK, letters)))
        assert focus.stop is None
        focus.move(key)
        assert focus.stop is not None
        assert focus.stop.node.name == "同意吗？"


@pytest.fixture(scope="module")
def asked(letters: Letters) -> tuple[Stop, ...]:
    return stops(laid(ASK, letters))


@settings(deadline=None)
@given(keys=st.lists(st.sampled_from([Key.NEXT, Key.PREVIOUS, Key.RIGHT, Key.LEFT]), max_size=40))
def test_left_and_right_stay_in_their_region_and_every_step_has_a_way_back(
    asked: tuple[Stop, ...], keys: list[Key]
) -> None:
    focus = Focus()
    focus.begin(asked)
    focus.move(Key.NEXT)
    back = {Key.NEXT: Key.PREVIOUS, Key.PREVIOUS: Key.NEXT, Key.RIGHT: Key.LEFT, Key.LEFT: Key.RIGHT}
    for key in keys:
        before = focus.stop
        focus.move(key)
        after = focus.stop
        assert before is not None
        assert after is not None
        if key in (Key.RIGHT, Key.LEFT):
            assert after.region is before.region
        focus.move(back[key])
        assert focus.stop == before
        focus.move(key)


def test_a_turned_page_is_read_from_its_first_new_thing(letters: Letters) -> None:
    many = Screen(
        name="many", title="选一样", blocks=(Tiles(tiles=tuple(Tile(id=f"t{i}", title=f"事项{i}") for i in range(30))),)
    )
    first = stops(laid(many, letters))
    focus = Focus()
    focus.begin(first)
    turner = next(stop for stop in first if stop.node.name == "下一页")
    focus.go(turner.key)
    second = stops(laid(many, letters, page=1))
    focus.renew(second)
    assert focus.stop is not None
    shown_before = set(names(first))
    assert focus.stop.node.name == next(
        name for name in names(second) if name.startswith("事项") and name not in shown_before
    )


def test_what_is_gone_hands_the_focus_to_its_place(letters: Letters) -> None:
    whole = stops(laid(ASK, letters))
    focus = Focus()
    focus.begin(whole)
    focus.go(whole[3].key)
    focus.renew((*whole[:3], *whole[4:]))
    assert focus.stop == whole[4]


def test_what_is_said_has_name_state_and_what_a_key_does_and_a_hall_hears_no_digit(letters: Letters) -> None:
    found = {stop.node.name: stop for stop in stops(laid(ASK, letters))}
    assert said(found["同意"], (), "zh-Hans") == "同意，按钮"
    assert said(found["离开"], (), "zh-Hans") == "离开，现在不能按"
    assert said(found["姓名"], ("a",), "zh-Hans") == "姓名，只看一次，已选，按确定键取消"
    assert said(found["照片"], ("a",), "zh-Hans") == "照片，未选，按确定键选上"
    assert said(found["事项"], (), "zh-Hans") == "事项，证明"
    assert said(found["同意"], (), "en") == "同意, button"

    pad = Screen(name="pad", title="号码", blocks=(Pad(fields=(PadField(id="n", label="身份号码", digits=18),)),))
    field = next(stop for stop in stops(laid(pad, letters)) if stop.node.role == "textbox")
    import msgspec

    typed = msgspec.structs.replace(field, node=msgspec.structs.replace(field.node, value="36042119"))
    assert said(field, (), "zh-Hans") == "身份号码，还没有输入"
    assert "36042119" in said(typed, (), "zh-Hans")
    assert not any(sign.isdigit() for sign in said_aloud(typed, (), "zh-Hans"))
