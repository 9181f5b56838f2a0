"""The parts that a screen is made of: a closed set, so that the shell needs few widgets and every mode can draw every screen.

All texts are final: in the visitor's language and mode, personal values already masked.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Icon(StrEnum):
    """The drawings that the shell knows (kiosk/shell/icons/<name>.svg)."""

    NONE = "none"
    HOME = "home"
    SPEAKER = "speaker"
    LANGUAGE = "language"
    ID_CARD = "id_card"
    FACE = "face"
    DOCUMENT = "document"
    HEART = "heart"
    HOUSE = "house"
    PEOPLE = "people"
    RECEIPT = "receipt"
    CAR = "car"
    SHOP = "shop"
    MESSAGE = "message"
    SEARCH = "search"
    CLOCK = "clock"
    CALENDAR = "calendar"
    MONEY = "money"
    LIST = "list"
    CHECK = "check"
    CROSS = "cross"
    ATTENTION = "attention"
    INFO = "info"
    HELP = "help"
    BACK = "back"
    LEAVE = "leave"
    PHONE = "phone"
    KEY = "key"
    PLACE = "place"
    SMILE_5 = "smile_5"
    SMILE_4 = "smile_4"
    SMILE_3 = "smile_3"
    SMILE_2 = "smile_2"
    SMILE_1 = "smile_1"
    PRINTER = "printer"
    ROLL = "roll"
    CLEAN = "clean"
    CAMERA = "camera"
    BRIGHTNESS = "brightness"
    NETWORK = "network"
    TOUCH = "touch"
    WRENCH = "wrench"


class Hero(msgspec.Struct, frozen=True, kw_only=True, tag="hero"):
    """The large coloured field of the idle screen."""

    lines: tuple[str, ...]
    sentence: str
    chips: tuple[tuple[Icon, str], ...] = ()


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to choose; `id` is the answer. A disabled tile says why in `note`. In a grid it takes `span` columns where the mode
    has several: elder mode never does."""

    id: str
    title: str
    note: str = ""
    icon: Icon = Icon.NONE
    enabled: bool = True
    emphasis: bool = False
    span: int = 1


class Tiles(msgspec.Struct, frozen=True, kw_only=True, tag="tiles"):
    """Things to choose from, in `columns` columns (elder mode may use fewer). `heading` may be empty."""

    tiles: tuple[Tile, ...]
    columns: int = 1
    heading: str = ""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled value."""

    label: str
    value: str
    icon: Icon = Icon.NONE


class Facts(msgspec.Struct, frozen=True, kw_only=True, tag="facts"):
    """A card of labelled values."""

    rows: tuple[Fact, ...]
    heading: str = ""


class CheckState(StrEnum):
    """Shown by icon and word, never by colour alone."""

    OK = "ok"
    MISSING = "missing"
    WAITING = "waiting"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was checked: its name, the state in a word, and what to do about it."""

    label: str
    state: CheckState
    word: str
    note: str = ""


class Checks(msgspec.Struct, frozen=True, kw_only=True, tag="checks"):
    """A list of things checked."""

    rows: tuple[Check, ...]


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to allow; `id` becomes a key of Answer.ticked."""

    id: str
    title: str
    lines: tuple[str, ...] = ()
    ticked: bool = True


class Ticks(msgspec.Struct, frozen=True, kw_only=True, tag="ticks"):
    """Boxes that a touch ticks or clears."""

    rows: tuple[Tick, ...]


class Drawing(StrEnum):
    """The large drawings, animated by the shell where motion helps."""

    PLACE_CARD = "place_card"
    READING_CARD = "reading_card"
    TAKE_CARD = "take_card"
    FETCHING = "fetching"
    PRINTING = "printing"
    TAKE_PAPER = "take_paper"
    DONE = "done"
    ATTENTION = "attention"
    HELP = "help"
    WAITING = "waiting"
    LARGE_PRINT = "large_print"
    OUT_OF_SERVICE = "out_of_service"
    OPEN_COVER = "open_cover"
    LAY_ROLL = "lay_roll"
    CLOSE_COVER = "close_cover"
    PULL_TRAY = "pull_tray"
    LOAD_TRAY = "load_tray"
    PUSH_TRAY = "push_tray"
    CLEAR_JAM = "clear_jam"
    CHANGE_TONER = "change_toner"
    CHECK_CABLE = "check_cable"
    UNPLUG_CABLE = "unplug_cable"
    TEST_STRIP = "test_strip"
    WIPE_SCREEN = "wipe_screen"
    WIPE_READER = "wipe_reader"
    WIPE_SCANNER = "wipe_scanner"
    WIPE_LENS = "wipe_lens"


class Picture(msgspec.Struct, frozen=True, kw_only=True, tag="picture"):
    """A drawing; `name` is what a screen reader says of it."""

    drawing: Drawing
    name: str


class Live(msgspec.Struct, frozen=True, kw_only=True, tag="live"):
    """The camera's picture, mirrored, with an oval to put the face in. `hint` changes as the face is found.

    `marks`: lines over the whole picture instead, to aim the camera by: its middle, its thirds, the place of a face."""

    hint: str
    marks: bool = False


class Pages(msgspec.Struct, frozen=True, kw_only=True, tag="pages"):
    """Pictures of a document's pages; their pixels come as memfds with the Show message, in this order (RGB, top row first)."""

    sizes: tuple[tuple[int, int], ...]
    name: str


class Progress(msgspec.Struct, frozen=True, kw_only=True, tag="progress"):
    """How far: `done` of `total`; total 0 means unknown (a moving bar)."""

    done: int
    total: int
    label: str = ""


class Pad(msgspec.Struct, frozen=True, kw_only=True, tag="pad"):
    """A pad of digits with one field per entry of `fields`; `hidden` fields show dots. Typed values come back as secrets."""

    fields: tuple[PadField, ...]


class PadField(msgspec.Struct, frozen=True, kw_only=True):
    """One field to type digits into."""

    id: str
    label: str
    digits: int
    hidden: bool = False


class Way(StrEnum):
    """How something is typed; each has a keyboard of its own."""

    PINYIN = "pinyin"
    HANDWRITING = "handwriting"
    LATIN = "latin"
    DIGITS = "digits"
    MARKS = "marks"
    """Punctuation: of network addresses, telephone numbers, opening hours."""
    ID_NUMBER = "id_number"
    """18 places of GB 11643-1999, with a word about what is wrong while it is typed. Always the only way of its field."""


class Typing(msgspec.Struct, frozen=True, kw_only=True, tag="typing"):
    """One field that is typed into, at most one a screen. The first of `ways` is open at first (elder mode: handwriting, where
    it is allowed); the visitor changes between them. `hint` stands in the field while it is empty, `most` is how many
    characters it takes.

    What is typed is told to the core as it changes (`protocol.TypingIs`) and comes back in `Answer.typed[id]`.
    """

    id: str
    label: str
    ways: tuple[Way, ...]
    hint: str = ""
    most: int = 60


class Ruler(msgspec.Struct, frozen=True, kw_only=True, tag="ruler"):
    """A bar of `mm` millimetres, if the panel is as large as the shell was told; to be measured with a ruler. `name` says what."""

    mm: float
    name: str


class Rating(msgspec.Struct, frozen=True, kw_only=True, tag="rating"):
    """Five faces in a row, none chosen beforehand; the answer is the tile's id. `heading` asks the question."""

    tiles: tuple[Tile, ...]
    heading: str = ""


class NoteKind(StrEnum):
    """What a note is about; shown by icon too."""

    INFO = "info"
    ATTENTION = "attention"
    GOOD = "good"


class Note(msgspec.Struct, frozen=True, kw_only=True, tag="note"):
    """A short paragraph that must be read."""

    text: str
    kind: NoteKind = NoteKind.INFO
    title: str = ""


class Countdown(msgspec.Struct, frozen=True, kw_only=True, tag="countdown"):
    """Seconds left, counted down by the shell; the core alone decides when it is over."""

    seconds: int
    label: str


class Whole(msgspec.Struct, frozen=True, kw_only=True, tag="whole"):
    """The whole panel to its last pixel, without header and bar, always the only block.

    One colour (red, green, blue), or a cross to aim at (in shares of width and height). A touch anywhere answers `id`, with the
    place in `Answer.at`. `name` says what it is.
    """

    id: str
    name: str
    colour: tuple[int, int, int] | None = None
    cross: tuple[float, float] | None = None


Block = (
    Hero
    | Tiles
    | Facts
    | Checks
    | Ticks
    | Picture
    | Live
    | Pages
    | Progress
    | Pad
    | Typing
    | Ruler
    | Rating
    | Note
    | Countdown
    | Whole
)


class ActionKind(StrEnum):
    """PRIMARY and SECONDARY are of equal size; a way out is never smaller than the way on."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """A large button below the content; `id` is the answer."""

    id: str
    label: str
    kind: ActionKind = ActionKind.PRIMARY
    icon: Icon = Icon.NONE
