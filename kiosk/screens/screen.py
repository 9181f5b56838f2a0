"""A screen, how it should look, and what was answered."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from drivers.contract.secret import SecretText
from kiosk.screens.parts import Action, Block, Ticks, Typing, Whole

BACK = "back"
HELP = "help"
LEAVE = "leave"
MODE = "mode"
"""The answer of the tool that changes between standard and elder mode."""
LANGUAGE = "language"
SIGNS = "signs"
"""The answer of the tool that shows sign language, or no more."""
SERVICE = "service"
"""The answer of the hidden gesture by which staff ask for the machine."""


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
    """The three axes, the language (BCP 47), and whether sign language is wanted too."""

    mode: Mode = Mode.STANDARD
    theme: Theme = Theme.LIGHT
    layout: Layout = Layout.NORMAL
    language: str = "zh-Hans"
    signs: bool = False


class BarButton(msgspec.Struct, frozen=True, kw_only=True):
    """One of the three places at the bottom; disabled while a point of no return is passed."""

    label: str
    enabled: bool = True


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """The same three places at the bottom of every screen: back, help, leave. None leaves the place empty (idle: no back)."""

    back: BarButton | None = None
    help: BarButton | None = None
    leave: BarButton | None = None


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A small button in the header, in the same place on every screen: how the screen is shown, nothing of what it asks."""

    id: str
    label: str


class StepMark(msgspec.Struct, frozen=True, kw_only=True):
    """Where in the visit: step `index` (from 1) of `total`."""

    index: int
    total: int
    label: str


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is shown. `header` names the place (left) and nothing personal; `spoken` is said and captioned.

    A screen that stands `over` a question (help, the idle warning, the languages) leaves it standing: what was chosen and typed
    there is still so when the question comes back, in whatever language. A screen with `signs` keeps a place for sign language:
    the window sets it where there is something to be shown there. A screen of the `staff` is marked, so that nobody takes it for
    the visitors' kiosk. On one with `gesture` the staff's hidden gesture is understood, and answers SERVICE.
    """

    name: str
    title: str
    sentence: str = ""
    spoken: str = ""
    header: str = ""
    tools: tuple[Tool, ...] = ()
    step: StepMark | None = None
    blocks: tuple[Block, ...] = ()
    actions: tuple[Action, ...] = ()
    bar: Bar = Bar()
    over: bool = False
    signs: bool = False
    staff: bool = False
    gesture: bool = False


def with_ticked(screen: Screen, ticked: tuple[str, ...]) -> Screen:
    """Return the screen with exactly these boxes ticked."""

    def block(each: Block) -> Block:
        if not isinstance(each, Ticks):
            return each
        rows = tuple(msgspec.structs.replace(row, ticked=row.id in ticked) for row in each.rows)
        return msgspec.structs.replace(each, rows=rows)

    return msgspec.structs.replace(screen, blocks=tuple(block(each) for each in screen.blocks))


def whole_of(screen: Screen) -> Whole | None:
    """Return what takes the whole panel, if something does."""
    return next((block for block in screen.blocks if isinstance(block, Whole)), None)


def typing_of(screen: Screen) -> Typing | None:
    """Return the field of the screen that is typed into, if it has one."""
    return next((block for block in screen.blocks if isinstance(block, Typing)), None)


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a Typing field by now: the characters, and behind them the letters of pinyin that are not characters yet."""

    field: str
    text: SecretText
    letters: SecretText

    def reveal(self) -> str:
        """Return both, as somebody who searches while it is being typed wants them. Raise ValueError after a wipe."""
        return self.text.reveal() + self.letters.reveal()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was touched: an action's, tile's or bar button's id, with the boxes that were ticked and what was typed.

    `at`: where the finger came down, in pixels of the panel from its upper left corner; on a `Whole` block only."""

    action: str
    ticked: tuple[str, ...] = ()
    typed: dict[str, SecretText] = {}
    at: tuple[float, float] | None = None
