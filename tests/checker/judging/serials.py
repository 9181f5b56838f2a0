"""The serials as the platform knows them: issued when, for which file, and whether they still count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from judging import platform
from judging.findings import Code, Finding
from judging.platform import Exchange
from judging.stage import Stage

_TELLING = (platform.ISSUE, platform.REPLACE, platform.SUSPEND, platform.STATE, platform.LOOKUP)
ACTIVE, SUSPENDED, REPLACED = "active", "suspended", "replaced"


class _Answer(msgspec.Struct):
    serial: str
    operation: str
    state: str
    expires: datetime
    pages: int
    licence: str
    sha256: str
    replaces: str = ""


class Serial(msgspec.Struct, frozen=True):
    """A serial with its last known state. `issued`: when an answer that names it first left the platform."""

    serial: str
    operation: str
    issued: float
    expires: float
    pages: int
    licence: str
    sha256: str
    state: str

    @property
    def counts(self) -> bool:
        """Whether a reader of its paper is told that it counts."""
        return self.state == ACTIVE


def serials(stage: Stage) -> tuple[dict[str, Serial], list[Finding]]:
    """Return every serial that the platform ever told of, by serial; and what its answers leave open."""
    known: dict[str, Serial] = {}
    findings: list[Finding] = []
    for exchange in platform.at(stage.exchanges, *_TELLING):
        if not exchange.good:
            continue
        try:
            answer = msgspec.convert(exchange.data, type=_Answer)
        except msgspec.ValidationError as error:
            findings.append(Finding(Code.EVIDENCE, exchange.name, f"not a serial: {error}"))
            continue
        issued = known[answer.serial].issued if answer.serial in known else exchange.at
        known[answer.serial] = Serial(
            serial=answer.serial,
            operation=answer.operation,
            issued=issued,
            expires=answer.expires.timestamp(),
            pages=answer.pages,
            licence=answer.licence,
            sha256=answer.sha256,
            state=answer.state,
        )
        if answer.replaces in known:
            known[answer.replaces] = msgspec.structs.replace(known[answer.replaces], state=REPLACED)
    return known, findings + list(_unsettled(stage))


def _unsettled(stage: Stage) -> Iterable[Finding]:
    """An answer that was lost may have made a serial: somebody must have asked for it afterwards."""
    asking = (platform.ISSUE, platform.REPLACE, platform.LOOKUP)
    for exchange in platform.at(stage.exchanges, platform.ISSUE, platform.REPLACE):
        operation = exchange.request.get("operation")
        later = (
            each
            for each in platform.at(stage.exchanges, *asking)
            if each.at >= exchange.at and each is not exchange and each.request.get("operation") == operation
        )
        if exchange.status is None and not any(_tells(each) for each in later):
            yield Finding(
                Code.UNSETTLED, exchange.name, "its answer was lost, and nobody asked for the operation again"
            )


def _tells(exchange: Exchange) -> bool:
    """Whether the kiosk knows after this answer if there is a serial: a refused issue made none."""
    lost = exchange.status is None
    return not lost and (exchange.path != platform.LOOKUP or exchange.status in (platform.OK, platform.NOT_FOUND))
