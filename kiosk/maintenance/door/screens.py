"""How the door asks. What was wrong of two things is never told, nor whether a code or a card is known here."""

from __future__ import annotations

import math
from datetime import datetime

from kiosk.locales.staff import tell
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.shift import Shift
from kiosk.screens.parts import (
    Action,
    Block,
    Countdown,
    Drawing,
    Fact,
    Facts,
    Icon,
    Note,
    NoteKind,
    Pad,
    PadField,
    Picture,
    Tile,
    Tiles,
)
from kiosk.screens.screen import Screen


def how_screen(shift: Shift, *, cards: bool, codes: bool, time_codes: bool, note: str = "") -> Screen:
    """The ways in. `note`: what a card that was laid did not do, a text."""
    tiles = []
    if codes:
        tiles.append(Tile(id="code", title=tell("door.way_code"), note=tell("door.way_code_note"), icon=Icon.KEY))
    if time_codes:
        tiles.append(Tile(id="time", title=tell("door.way_time"), note=tell("door.way_time_note"), icon=Icon.PHONE))
    blocks: list[Block] = [Picture(drawing=Drawing.PLACE_CARD, name=tell("door.how_picture"))] if cards else []
    if note:
        blocks.append(Note(text=note, kind=NoteKind.ATTENTION))
    return shift.composer.screen(
        shift.say,
        "door",
        title=tell("door.how_title"),
        sentence=tell("door.how_sentence_card") if cards else tell("door.how_sentence"),
        blocks=(*blocks, Tiles(tiles=tuple(tiles))),
        back=False,
    )


def pin_screen(shift: Shift, *, short: bool = False) -> Screen:
    """After the card."""
    return shift.composer.screen(
        shift.say,
        "door_pin",
        title=tell("door.pin_title"),
        sentence=tell("door.code_short") if short else tell("door.pin_sentence"),
        blocks=(Pad(fields=(_pin(),)),),
        actions=(Action(id="enter", label=tell("door.enter")),),
    )


def code_screen(shift: Shift, *, short: bool = False) -> Screen:
    """Both things typed."""
    digits = rules().pin.code_digits
    return shift.composer.screen(
        shift.say,
        "door_code",
        title=tell("door.code_title"),
        sentence=tell("door.code_short") if short else tell("door.code_sentence"),
        blocks=(Pad(fields=(PadField(id="code", label=tell("door.code"), digits=digits), _pin())),),
        actions=(Action(id="enter", label=tell("door.enter")),),
    )


def time_screen(shift: Shift, kiosk: str, now: datetime, *, short: bool = False) -> Screen:
    """A code by telephone. Machine and hour stand there to be read out: a wrong clock is found in this talk."""
    number = PadField(id="number", label=tell("door.time_number"), digits=rules().pin.code_digits)
    code = PadField(id="code", label=tell("door.time_code"), digits=rules().time_code.digits)
    return shift.composer.screen(
        shift.say,
        "door_time",
        title=tell("door.time_title"),
        sentence=tell("door.code_short") if short else tell("door.time_sentence", kiosk=kiosk, now=hour(now)),
        blocks=(Pad(fields=(number, code)),),
        actions=(Action(id="enter", label=tell("door.enter")),),
    )


def wrong_screen(shift: Shift, tries: int, *, time_code: bool = False) -> Screen:
    """It was wrong; how often one may still try."""
    told = tell("door.wrong_time_sentence", tries=tries) if time_code else tell("door.wrong_sentence", tries=tries)
    return _notice(shift, "door_wrong", tell("door.wrong_title"), told, tell("door.wrong_again"))


def sign_screen(shift: Shift, what: str, *, short: bool = False) -> Screen:
    """Whoever is here signs for something: the PIN once more."""
    return _signing(shift, "door_sign", what, tell("door.sign_title"), tell("door.sign_sentence"), _pin(), short=short)


def sign_time_screen(shift: Shift, what: str, kiosk: str, number: str, now: datetime, *, short: bool = False) -> Screen:
    """The same for somebody who came in by telephone: another code, which the operator reads out."""
    told = tell("door.sign_time_sentence", kiosk=kiosk, number=number, now=hour(now))
    code = PadField(id="code", label=tell("door.time_code"), digits=rules().time_code.digits)
    return _signing(shift, "door_sign_time", what, tell("door.sign_time_title"), told, code, short=short)


def _signing(shift: Shift, name: str, what: str, title: str, told: str, field: PadField, *, short: bool) -> Screen:
    return shift.composer.screen(
        shift.say,
        name,
        title=title,
        sentence=tell("door.code_short") if short else told,
        blocks=(
            Facts(
                rows=(
                    Fact(label=tell("door.sign_for"), value=what),
                    Fact(label=tell("door.sign_by"), value=shift.who.code),
                )
            ),
            Pad(fields=(field,)),
        ),
        actions=(Action(id="sign", label=tell("door.sign_ok"), icon=Icon.CHECK),),
    )


def sign_wrong_screen(shift: Shift, tries: int, *, time_code: bool = False) -> Screen:
    """It was wrong; how often one may still try, and what happens then."""
    why = tell("door.sign_wrong_time") if time_code else tell("door.sign_wrong_pin")
    told = f"{why}{tell('door.sign_wrong_sentence', tries=tries)}"
    return _notice(shift, "door_sign_wrong", tell("door.wrong_title"), told, tell("door.wrong_again"))


def sign_cannot_screen(shift: Shift, why: str) -> Screen:
    """Nobody can sign now, and why."""
    return _notice(shift, "door_sign_cannot", tell("door.sign_cannot_title"), why, tell("door.ok"))


def expired_screen(shift: Shift) -> Screen:
    """Both things were right, and count no more."""
    return _notice(shift, "door_expired", tell("door.expired_title"), tell("door.expired_sentence"), tell("door.ok"))


def clock_screen(shift: Shift, now: datetime) -> Screen:
    """No time code counts by a clock that was set back."""
    told = tell("door.clock_sentence", now=hour(now))
    return _notice(shift, "door_clock", tell("door.clock_title"), told, tell("door.ok"))


def strange_screen(shift: Shift) -> Screen:
    """A card by which nobody could be known again."""
    return _notice(shift, "door_strange", tell("door.strange_title"), tell("door.strange_sentence"), tell("door.ok"))


def shut_screen(shift: Shift, seconds: float) -> Screen:
    """Nobody may try for so long."""
    return shift.composer.screen(
        shift.say,
        "door_shut",
        title=tell("door.shut_title"),
        sentence=tell("door.shut_sentence"),
        blocks=(Countdown(seconds=math.ceil(seconds), label=tell("door.shut_seconds")),),
        back=False,
    )


def shut_to_screen(shift: Shift, seconds: float) -> Screen:
    """This one code or card has been tried too often; everybody else may come in."""
    return shift.composer.screen(
        shift.say,
        "door_shut_to",
        title=tell("door.shut_to_title"),
        sentence=tell("door.shut_to_sentence"),
        blocks=(Countdown(seconds=math.ceil(seconds), label=tell("door.shut_seconds")),),
        actions=(Action(id="ok", label=tell("door.shut_to_other")),),
    )


def unwritten_screen(shift: Shift) -> Screen:
    """A time code was right, and cannot be used up: it would count again tomorrow."""
    told = tell("door.unwritten_sentence")
    return _notice(shift, "door_unwritten", tell("door.unwritten_title"), told, tell("door.ok"))


def _notice(shift: Shift, name: str, title: str, sentence: str, label: str) -> Screen:
    drawn = shift.composer.screen(
        shift.say,
        name,
        title=title,
        sentence=sentence,
        blocks=(Picture(drawing=Drawing.ATTENTION, name=title),),
        actions=(Action(id="ok", label=label),),
    )
    return drawn


def _pin() -> PadField:
    return PadField(id="pin", label=tell("door.pin"), digits=rules().pin.digits, hidden=True)


def hour(now: datetime) -> str:
    """As it is read out."""
    return f"{now:%Y-%m-%d %H:%M}"
