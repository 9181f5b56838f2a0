"""What is listened to: whole sentences of the pack, every kind of sentence that is joined, and kinds of values by themselves."""

from __future__ import annotations

from typing import NamedTuple

from kiosk.locales import Phrasebook
from kiosk.screens.screen import Mode
from kiosk.voice.grammar import slots_in
from kiosk.voice.inventory import templates

WHOLE = "whole sentence"


class Caption(NamedTuple):
    """A text, what kind of joint is in it, and whether a value stands there by itself (no sentence of today has such a one)."""

    text: str
    kind: str = WHOLE
    alone: str = ""


SAY, ELDER = Phrasebook(), Phrasebook(mode=Mode.ELDER)
COUNTS = (1, 2, 3, 5, 6, 10, 12, 19, 26, 47, 100, 105, 110, 126, 312, 1005)
NUMBERS = ("13800138000", "0792-8581234", "12345", "400-620-1188")
SUMS = ("12.50元", "5元", "20元", "0.50元", "105元", "1280.05元")
DAYS = ("2026-11-22", "2027-01-02", "2031-12-30", "2040-06-10")
TIMES = ("08:30", "09:00", "14:05", "17:00", "02:20")
NEEDS = ("身份证", "身份证、户口簿", "户口簿（原件，复印件）、结婚证")


def captions(*, every: int) -> list[Caption]:
    """Each `every`-th whole sentence, and all that is joined."""
    whole = [Caption(each) for each in templates() if not slots_in(each)]
    return [*whole[::every], *_joined(), *_alone()]


def _joined() -> list[Caption]:
    """Sentences of the locale with values in them, as the journeys fill them."""
    found = [Caption(SAY("printing.spoken", pages=number), "pages") for number in COUNTS[:14]]
    found += [Caption(SAY("idle_warning.spoken", seconds=number), "seconds") for number in (20, 30, 47, 59, 60)]
    found += [Caption(SAY("left_card.sentence", phone=number), "telephone") for number in NUMBERS]
    found += [Caption(ELDER("help.spoken_phone", phone=number), "telephone") for number in NUMBERS[:2]]
    for needs, minutes, fee in zip(NEEDS * 2, (3, 8, 15, 45, 90, 120), SUMS, strict=True):
        found.append(Caption(SAY("guide.spoken", needs=needs, minutes=minutes, fee=fee), "minutes and sums"))
    found.append(Caption(SAY("guide.spoken", needs="没听过的东西", minutes=5, fee="不收费"), "other wording"))
    item, licence = "个人参保证明打印", "社会保险参保信息"
    found += [
        Caption(SAY("licence_consent.spoken", item=item, licence=licence), "names of the catalogue"),
        Caption(SAY("licence_consent.spoken", item="没听过的事", licence="没听过的证"), "other wording"),
        Caption(SAY("review.spoken", name="张三", document="社会保险个人参保证明", pages=4), "without the name"),
    ]
    return found


def _alone() -> list[Caption]:
    """Values of kinds that no sentence uses yet, after one that gives the recogniser its bearings: joined of the same pieces, but
    not through the process."""
    bearings = SAY("out_of_service.spoken")
    return [Caption(f"{bearings}{value}。", kind, f"{{{slot}}}。") for kind, slot, values in ALONE for value in values]


ALONE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("date", "until", DAYS),
    ("time of day", "opens", TIMES),
    ("queue number", "number", tuple(map(str, COUNTS[4:]))),
    ("sum", "sum", SUMS),
    ("telephone", "phone", NUMBERS[:2]),
)
"""Kind, slot of the grammar, values."""
