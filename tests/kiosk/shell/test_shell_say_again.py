"""The caption is touched to hear it again: a large enough target on every screen that has one, and no answer to the screen."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kiosk.screens.protocol import SayAgain, Touched
from kiosk.screens.screen import Look, Mode
from kiosk.shell.bench import Bench
from tests.kiosk.shell.touching import TWO, find, middle, quiet

pytestmark = pytest.mark.screen

SPOKEN = msgspec.structs.replace(TWO, spoken="可以吗？")


@pytest.mark.parametrize("mode", Mode)
def test_a_touch_on_the_caption_asks_for_it_once_more_and_answers_nothing(at: Bench, run: Any, mode: Mode) -> None:
    async def play() -> None:
        tree = await at.show(SPOKEN, Look(mode=mode))
        caption = find(tree.tree, "语音提示", "status")
        assert caption["actions"] == ["press"]
        await at.touch(*middle(caption))
        asked = await at.hear_of(SayAgain)
        assert asked.number == tree.number
        said = await quiet(at, 0.4)
        assert not [each for each in said if isinstance(each, Touched)]
        await at.touch(*middle(caption))
        assert (await at.hear_of(SayAgain)).number == tree.number

    run(play())
