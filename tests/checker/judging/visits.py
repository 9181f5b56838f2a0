"""Who stood there, when: the cards that were laid down, one after the other, and the consents that the platform was told of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import msgspec

from judging import platform
from judging.platform import Exchange
from judging.stage import Person, Stage

CLOCK = 0.05
"""Seconds by which two far ends may differ on what came first: one stamps before it sends, another after."""


class Placement(msgspec.Struct, frozen=True):
    """A card on the reader, from its first good read to the next card's. `person` is None for a card of nobody seeded."""

    person: Person | None
    begins: float
    ends: float
    personal_fields: int


class Consent(msgspec.Struct, frozen=True):
    """A grant that was asked for. `answered`: the grants that the platform gave."""

    exchange: Exchange
    person: Person | None
    answered: tuple[str, ...]

    @property
    def at(self) -> float:
        """When it was asked for."""
        return self.exchange.at

    @property
    def purpose(self) -> str:
        """The words of the consent, which become the watermark."""
        return str(self.exchange.request.get("purpose", ""))


def placements(stage: Stage) -> list[Placement]:
    """Return the placements in order; reads that repeat within one placement count once."""
    groups = [list(group) for _, group in groupby(stage.reads, key=lambda read: read.placement)]
    found = []
    for index, group in enumerate(groups):
        first = group[0]
        person = stage.person(first.number)
        found.append(
            Placement(
                person=person if person is not None and person.name == first.name else None,
                begins=first.at,
                ends=groups[index + 1][0].at if index + 1 < len(groups) else float("inf"),
                personal_fields=first.personal_fields,
            )
        )
    return found


def last_before(found: Sequence[Placement], moment: float) -> Placement | None:
    """Return the card that was read last before a moment."""
    return next((each for each in reversed(found) if each.begins <= moment + CLOCK), None)


def consents(stage: Stage) -> list[Consent]:
    """Return every consent in order, one for each key; a repetition of a request whose answer was lost adds its answer."""
    by_key: dict[str, Consent] = {}
    for exchange in platform.at(stage.exchanges, platform.GRANT):
        key = str(exchange.request.get("key", exchange.name))
        grants = tuple(str(each.get("grant")) for each in exchange.data.get("grants", ()))
        known = by_key.get(key)
        if known is not None:
            by_key[key] = msgspec.structs.replace(known, answered=known.answered + grants)
            continue
        person = stage.person(str(exchange.request.get("holder_number", "")))
        by_key[key] = Consent(exchange=exchange, person=person, answered=grants)
    return list(by_key.values())
