"""Who comes next and what befalls them: drawn from the seed and the visit's number alone, so that a stopped run goes on alike."""

from __future__ import annotations

import random
from enum import StrEnum

import msgspec

from kiosk.gateways import interface as at
from kiosk.sandbox.fault_desk import ANY, Verb
from kiosk.screens.screen import Mode


class Ending(StrEnum):
    """What a visit is set up to be."""

    WHOLE = "whole"
    LEAVES = "leaves in the middle"
    SILENCE = "walks away without a word"
    NO_FACE_LEAVES = "no face, leaves"
    OTHER_FACE = "another's face, referral slip"
    NO_FACE_KEEPER = "no face, keeper confirms"
    CARD_EARLY = "card taken early, laid again"
    CARD_GARBLED = "card misread, laid again"
    PERMIT = "card of a kind that does not do"
    NO_RECORD = "nobody's record"
    JAM = "printer jams"
    EMPTY_BEFORE = "printer empty before"
    EMPTY_DURING = "printer empty, filled, printed again"
    PRINTER_DIES = "printer loses power in the job"
    PLATFORM = "platform fault"
    SHELL_KILLED = "shell killed"
    SHELL_STOPPED = "shell hangs"
    HOST_KILLED = "device host killed"
    FACE_KILLED = "face worker killed"


WEIGHTS = dict.fromkeys(Ending, 1) | {
    Ending.WHOLE: 8,
    Ending.LEAVES: 5,
    Ending.PLATFORM: 5,
    Ending.HOST_KILLED: 3,
    Ending.SHELL_KILLED: 2,
}
"""How often each comes. Most visits of a real day end well; here the rest is what wears a program out."""

WITH_FACE = ("p1", "p2")
"""Seeded people with a portrait (kiosk/sandbox/people.py)."""

BY_KEEPER = ("p3", "p4", "p5", "p8", "p9")
"""Seeded people without one: a keeper confirms them. A paper of three pages and rare characters are among them."""

PERMIT_HOLDER, WITHOUT_RECORD = "p6", "p7"

FACE_SHARE = 0.7
"""So many of those who may come with either come with a face."""

LEAVES_AT = ("choose", "guide", "card", "face_consent", "face", "licence_consent", "review")
SILENT_AT = ("choose", "guide", "licence_consent", "review")
SHELL_FALLS_AT = ("guide", "card", "face_consent", "face", "licence_consent", "review", "take_paper", "rate")
HOST_FALLS_AT = {"id_reader": "card", "camera": "face", "a4_printer": "printing", "receipt_printer": "slip_question"}
"""The screen on which the host of a device is killed: the one that needs it."""

_ASKED = (at.LICENCE_GRANT.path, at.LICENCE_FETCH.path, at.LICENCE_STATUS.path, at.SERIAL_ISSUE.path)
"""Endpoints that a visit asks for once the visitor has agreed."""

_ANYWHERE = (Verb.SLOW, Verb.HTTP500, Verb.TORN, Verb.HUGE, Verb.GARBLED, Verb.CUT_BEFORE, Verb.CUT_AFTER)
"""Verbs that can befall any endpoint; the others have their own."""


class Plan(msgspec.Struct, frozen=True):
    """One visit. `at`: the screen, verb or device that the ending is about; `endpoint`: where a platform fault strikes."""

    number: int
    ending: Ending
    mode: Mode
    person: str
    by: str
    at: str = ""
    endpoint: str = ANY
    page: int = 1
    slip: bool = False
    rating: str = "skip"


def plan(seed: int, number: int) -> Plan:
    """Draw visit `number` of this seed. The first visits are a tour of all endings: what is met later has been met before."""
    draw = random.Random(f"{seed}/{number}")
    tour = random.Random(seed).sample(list(Ending), len(Ending))
    drawn = draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    ending = tour[number - 1] if number <= len(tour) else drawn
    person = _person(draw, ending)
    strikes, endpoint = _strikes(draw, ending)
    return Plan(
        number=number,
        ending=ending,
        mode=draw.choice(list(Mode)),
        person=person,
        by="face" if person in WITH_FACE else "keeper",
        at=strikes,
        endpoint=endpoint,
        page=draw.choice((1, 2)),
        slip=draw.random() < 0.5,
        rating=draw.choice(("skip", "level_1", "level_3", "level_5")),
    )


_NEEDS_FACE = {Ending.NO_FACE_LEAVES, Ending.OTHER_FACE, Ending.NO_FACE_KEEPER, Ending.FACE_KILLED}


def _person(draw: random.Random, ending: Ending) -> str:
    if ending is Ending.PERMIT:
        return PERMIT_HOLDER
    if ending is Ending.NO_RECORD:
        return WITHOUT_RECORD
    face = draw.random() < FACE_SHARE or ending in _NEEDS_FACE
    return draw.choice(WITH_FACE if face else BY_KEEPER)


def _strikes(draw: random.Random, ending: Ending) -> tuple[str, str]:
    match ending:
        case Ending.LEAVES:
            return draw.choice(LEAVES_AT), ANY
        case Ending.SILENCE:
            return draw.choice(SILENT_AT), ANY
        case Ending.SHELL_KILLED | Ending.SHELL_STOPPED:
            return draw.choice(SHELL_FALLS_AT), ANY
        case Ending.HOST_KILLED:
            return draw.choice(list(HOST_FALLS_AT)), ANY
        case Ending.PLATFORM:
            verb = draw.choice(list(Verb))
            return verb.value, draw.choice(_ASKED) if verb in _ANYWHERE else ANY
    return "", ANY
