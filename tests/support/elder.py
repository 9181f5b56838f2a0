"""What every screen of 长辈模式 must hold, whoever made it: one question, few choices, a voice, somebody to call, a way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

import themes
from kiosk.screens.parts import Pad, Rating, Ticks, Tiles, Typing
from kiosk.screens.screen import MODE, Screen

ASKS = (Tiles, Ticks, Pad, Rating, Typing)
WITHOUT_A_QUESTION_BELOW = {"idle", "out_of_service", "recovering"}
MOST = msgspec.toml.decode((Path(themes.__file__).parent / "gates.toml").read_bytes())["elder"]["choices"]


def choices(screen: Screen) -> int:
    """What can be answered: things, boxes, faces and actions. The bar, the header's tools, keys and page turners are where they
    always are and answer nothing that is asked. A list of more things than there may be is turned (tests/kiosk/shell)."""
    listed = sum(len(block.tiles) for block in screen.blocks if isinstance(block, Tiles))
    faces = [len(block.tiles) for block in screen.blocks if isinstance(block, Rating)]
    boxes = [len(block.rows) for block in screen.blocks if isinstance(block, Ticks)]
    return len(screen.actions) + min(listed, MOST - len(screen.actions)) + sum(faces) + sum(boxes)


def broken(screen: Screen) -> Iterator[str]:
    """Say what is wrong with an elder screen."""
    asking = [block for block in screen.blocks if isinstance(block, ASKS)]
    lists = [block for block in asking if isinstance(block, Tiles)]
    asking = [block for block in asking if block not in lists[1:]]  # one list under several headings
    if any(isinstance(block, Typing) for block in asking):
        asking = [block for block in asking if not isinstance(block, Tiles)]  # what was found answers what is typed
    if len(asking) > 1 or any(len(block.fields) > 1 for block in asking if isinstance(block, Pad)):
        yield "more than one question"
    if any(isinstance(block, Ticks) for block in asking):
        yield "boxes to tick instead of a yes and a no"
    if choices(screen) > MOST:
        yield f"{choices(screen)} choices"
    if not screen.spoken:
        yield "nothing is spoken"
    if screen.name in WITHOUT_A_QUESTION_BELOW:
        return
    if not screen.name.startswith("help") and (screen.bar.help is None or not screen.bar.help.enabled):
        yield "nobody can be called"
    if screen.name not in ("elder_offer", "languages") and not any(tool.id == MODE for tool in screen.tools):
        yield "no way into the other mode"
