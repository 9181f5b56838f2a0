"""A screen, how it should look, and what was answered."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from drivers.contract.secret import SecretText
from kiosk.screens.parts import Action, Block, Ticks

BACK = "back"
HELP = "help"
LEAVE = "leave"


class Mode(StrEnum):
    """标准 or 长辈模式."""

    STANDARD = "standard"
    ELDER = "elder"


class Theme(StrEnum):
    """Colours."""

    LIGHT = "light"
    HIGH_CONTRAST = "high_contrast"
    NIGHT = "night"


class Layout(StrEnum):
    """Where the controls stand."""

    NORMAL = "normal"
    LOW_REACH = "low_reach"


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """The three axes and the language (BCP 47)."""

    mode: Mode = Mode.STANDARD
    theme: Theme = Theme.LIGHT
    layout: Layout = Layout.NORMAL
    language: str = "zh-Hans"


class BarButton(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three places at the bottom; disabled while a point of no return is passed."""

    label: str
    enabled: bool = True


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """The same three places at the bottom of every screen: back, help, leave. None leaves the place empty (idle: no back)."""

    back: BarButton | None = None
    help: BarButton | None = None
    leave: BarButton | None = None


class StepMark(msgspec.Struct, frozen=True, kw_only=True):
    """Where in the visit: step `index` (from 1) of `total`."""

    index: int
    total: int
    label: str


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is shown. `header` names the place (left) and nothing personal; `spoken` is said and captioned."""

    name: str
    title: str
    sentence: str = ""
    spoken: str = ""
    header: str = ""
    step: StepMark | None = None
    blocks: tuple[Block, ...] = ()
    actions: tuple[Action, ...] = ()
    bar: Bar = Bar()


def with_ticked(screen: Screen, ticked: tuple[str, ...]) -> Screen:
    """Return the screen with exactly these boxes ticked."""

    def block(each: Block) -> Block:
        if not isinstance(each, Ticks):
            return each
        rows = tuple(msgspec.structs.replace(row, ticked=row.id in ticked) for row in each.rows)
        return msgspec.structs.replace(each, rows=rows)

    return msgspec.structs.replace(screen, blocks=tuple(block(each) for each in screen.blocks))


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was touched: an action's, tile's or bar button's id, with the boxes that were ticked and the digits typed."""

    action: str
    ticked: tuple[str, ...] = ()
    typed: dict[str, SecretText] = {}
