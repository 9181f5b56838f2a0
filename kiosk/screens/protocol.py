"""What core and shell say to each other (encoded by `drivers.link.wire`). The shell may be restarted at any time: the core
then sends Setup and the current Show again."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from kiosk.screens.screen import Answer, Look, Screen, Written


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """The touch panel: pixels, and the size of its lit area in millimetres. `reach_mm` is the band above the lower edge
    of the panel that a seated person reaches (low-reach layout)."""

    px: tuple[int, int]
    mm: tuple[float, float]
    reach_mm: float = 250.0


class Setup(msgspec.Struct, frozen=True, kw_only=True, tag="setup"):
    """First message to the shell, once. `fonts` may name other files for "regular" and "bold" (with their .coverage beside
    them); the prepared ones are the default. `cursor` shows the mouse pointer: at a desk, not on a touch panel."""

    panel: Panel
    fonts: dict[str, str] = {}
    cursor: bool = False


class Show(msgspec.Struct, frozen=True, kw_only=True, tag="show"):
    """Draw this screen. `number` comes back with every answer; an answer to an older number is ignored by the core.

    Memfds of page pictures come with it, in the order of the Pages block. `draft` are the boxes ticked before a restart,
    `written` what stood in the Typing field before a restart or before another screen (help, the idle warning) covered it.
    """

    number: int
    screen: Screen
    look: Look
    draft: tuple[str, ...] | None = None
    written: Written | None = None


class Amend(msgspec.Struct, frozen=True, kw_only=True, tag="amend"):
    """Screen `number` has other blocks now: suggestions for what is being typed. What the visitor did on it stays: text,
    letters, boxes. Its Typing and Pages blocks are those of the Show; content that is turned begins at its first page again.

    The shell draws it when no finger is down, so that nothing moves away from under one; after an answer, never.
    """

    number: int
    screen: Screen


class LiveFrame(msgspec.Struct, frozen=True, kw_only=True, tag="live_frame"):
    """A picture for the Live block, its memfd with it: width × height × 3, RGB, top row first."""

    width: int
    height: int


class LiveHint(msgspec.Struct, frozen=True, kw_only=True, tag="live_hint"):
    """A new hint for the Live block."""

    text: str


class SignPicture(msgspec.Struct, frozen=True, kw_only=True, tag="sign_picture"):
    """A picture for the place of sign language on Show `number`, its memfd with it: width × height × 3, RGB, top row first."""

    number: int
    width: int
    height: int


class SignNote(msgspec.Struct, frozen=True, kw_only=True, tag="sign_note"):
    """What stands in the place of sign language on Show `number` while no picture is there: an interpreter is being called."""

    number: int
    text: str


class Moved(msgspec.Struct, frozen=True, kw_only=True, tag="moved"):
    """New numbers for the Progress block, without a new screen."""

    done: int
    total: int
    label: str = ""


class Quit(msgspec.Struct, frozen=True, tag="quit"):
    """Close the window and end."""


ToShell = Setup | Show | Amend | LiveFrame | LiveHint | SignPicture | SignNote | Moved | Quit


class Started(msgspec.Struct, frozen=True, kw_only=True, tag="started"):
    """The window is there and waits for a Show."""

    gl: str


class Drawn(msgspec.Struct, frozen=True, kw_only=True, tag="drawn"):
    """Show `number` is on the glass. Milliseconds: from the Show's arrival, and from the touch that led to it (-1: none)."""

    number: int
    since_show_ms: float
    since_touch_ms: float = -1.0
    pressed_ms: float = -1.0


class Touched(msgspec.Struct, frozen=True, kw_only=True, tag="touched"):
    """The visitor answered Show `number`."""

    number: int
    answer: Answer


class Stirred(msgspec.Struct, frozen=True, kw_only=True, tag="stirred"):
    """The visitor touched something that is no answer (a box, a digit, empty space): somebody is there. `ticked` is the draft.
    `missed`: there was nothing to touch at that place."""

    number: int
    ticked: tuple[str, ...] | None = None
    missed: bool = False


class TypingIs(msgspec.Struct, frozen=True, kw_only=True, tag="typing"):
    """What stands in the Typing field of Show `number` has changed to this. The core may answer with Amend, and keeps it for
    a shell that must be started again."""

    number: int
    written: Written


class Focused(msgspec.Struct, frozen=True, kw_only=True, tag="focused"):
    """The key pad's focus is on this thing of Show `number` now, or somebody wants to hear it again; empty: nobody uses keys any
    more. `said` is the whole of it, for an earphone; `aloud` leaves out what was typed, for a loudspeaker in a hall."""

    number: int
    said: str = ""
    aloud: str = ""


class Hearing(StrEnum):
    """Keys of the key pad that are about hearing, which is the core's business."""

    EARPHONE_IN = "earphone_in"
    EARPHONE_OUT = "earphone_out"
    LOUDER = "louder"
    QUIETER = "quieter"
    FASTER = "faster"
    SLOWER = "slower"


class Keyed(msgspec.Struct, frozen=True, kw_only=True, tag="keyed"):
    """Such a key was pressed, or the earphone put in or pulled out."""

    key: Hearing


class SayAgain(msgspec.Struct, frozen=True, kw_only=True, tag="say_again"):
    """The visitor touched the caption of Show `number`: it is to be spoken once more."""

    number: int


class Tick(msgspec.Struct, frozen=True, tag="tick"):
    """A frame's time has passed in the window's own loop: the shell lives. Sent at least every 0.25 s."""


class TreeIs(msgspec.Struct, frozen=True, kw_only=True, tag="tree"):
    """The accessibility tree of Show `number` as laid out now; the nodes' shape is docs/screen-tree.md."""

    number: int
    tree: list[dict[str, Any]]


FromShell = Started | Drawn | Touched | Stirred | TypingIs | Focused | Keyed | SayAgain | Tick | TreeIs
