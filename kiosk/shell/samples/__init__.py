"""One example of every screen of a visit, in every mode and language, with synthetic people: for the gallery and for the gates
of the tests. The sentences are the locale's own; tests/kiosk/shell holds that no screen of a journey is missing here."""

from __future__ import annotations

from kiosk.screens.screen import Mode, Screen
from kiosk.shell.samples import arriving, asked, finding, paper, proving, typing_screens
from kiosk.shell.samples.common import PAGE, stage

__all__ = ["PAGE", "samples"]

_ALL = (
    arriving.idle,
    finding.choose,
    finding.more,
    finding.departments,
    finding.gathered,
    finding.find,
    finding.guide_listed,
    finding.stuck,
    arriving.guide,
    arriving.precheck,
    arriving.cannot,
    arriving.limited,
    proving.card,
    proving.card_signed,
    proving.card_reading,
    proving.card_trouble,
    proving.face_consent,
    proving.face,
    proving.face_not_matched,
    proving.other_way,
    asked.keeper,
    asked.keeper_wrong,
    proving.keeper_asking,
    asked.licence_consent,
    paper.fetch,
    paper.fetch_slow,
    asked.review_facts,
    asked.review,
    paper.printing,
    paper.print_failed,
    paper.take_paper,
    paper.slip_question,
    paper.take_card,
    paper.rate,
    paper.thanks,
    arriving.referral,
    arriving.help_,
    arriving.help_called,
    arriving.elder_offer,
    arriving.idle_warning,
    arriving.languages,
    arriving.recovering,
    arriving.out_of_service,
    typing_screens.name,
    typing_screens.plate,
    typing_screens.number,
)


def samples(mode: Mode, language: str = "zh-Hans") -> list[Screen]:
    """The screens in the order of a visit."""
    found = stage(mode, language)
    return [make(found) for make in _ALL]
