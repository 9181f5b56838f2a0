"""One example of every screen of a visit, in both modes, with synthetic people: for the gallery and for the gates of the tests."""

from __future__ import annotations

from kiosk.screens.screen import Mode, Screen
from kiosk.shell.samples import arriving, paper, proving
from kiosk.shell.samples.common import PAGE

__all__ = ["PAGE", "samples"]


def samples(mode: Mode) -> list[Screen]:
    """The screens in the order of a visit."""
    elder = mode is Mode.ELDER
    return [
        arriving.idle(),
        arriving.home_elder() if elder else arriving.home(),
        arriving.guide(elder),
        arriving.precheck(elder),
        arriving.precheck_missing(elder),
        proving.card(elder),
        proving.reading(elder),
        proving.face_consent(elder),
        proving.face(elder),
        proving.other_way(elder),
        proving.licence_consent(elder),
        paper.fetch(elder),
        paper.review(elder),
        paper.printing(elder),
        paper.take(elder),
        paper.take_card(elder),
        paper.rate(elder),
        paper.thanks(),
        arriving.help(elder),
        arriving.idle_warning(elder),
        proving.keeper(elder),
        paper.not_printed(elder),
        arriving.out_of_service(),
    ]
