"""The key map: every meaning has a key, no key has two, and mistakes name the line."""

from __future__ import annotations

from importlib import resources

import pytest

from kiosk.screens.protocol import Hearing
from kiosk.shell.keys import Held, Key, key_map, read_key_map

SHIPPED = resources.files("kiosk.shell").joinpath("keys.toml").read_text("utf-8")


def test_everything_that_can_be_said_with_a_key_has_one() -> None:
    found = set(key_map().meanings().values())
    assert found == {*Key, *Hearing, *range(10)}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("back = [0x29]", "back = [0x28]", "0x28 is both ok and back"),
        ("back = [0x29]", "bakc = [0x29]", "bakc is no meaning"),
        ("0x26],", "],", "ten keys"),
        ("held_seconds = 0.75", "held_seconds = 'long'", "held_seconds"),
        ("width = 2.2", "breadth = 2.2", "breadth"),
    ],
)
def test_a_mistake_is_named(old: str, new: str, says: str) -> None:
    assert old in SHIPPED
    with pytest.raises(ValueError, match=says):
        read_key_map(SHIPPED.replace(old, new).encode())


def test_the_ring_stays_between_two_things_that_can_be_touched() -> None:
    ring = key_map().ring
    assert ring.away + ring.light + ring.width < 5.0, "millimetres between two targets (the design's floor)"
    assert ring.width >= 1.5, "a thick line"


def test_a_held_key_is_pressed_once_and_one_whose_release_was_lost_works_again_soon() -> None:
    held = Held(0.75)
    assert held.down(40, 0.0)
    assert [held.down(40, at) for at in (0.5, 0.54, 0.58, 0.62)] == [False] * 4
    held.up()
    assert held.down(40, 0.7)
    assert held.down(41, 0.75), "another key is another press"
    assert held.down(41, 1.6), "the pad was unplugged while it was held"
