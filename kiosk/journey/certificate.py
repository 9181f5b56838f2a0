"""The journey 「证明打印」: which step follows which outcome. docs/journeys.md draws it from this table."""

from __future__ import annotations

from kiosk.journey import consent, face, fetch, guide, identify, other_way, output, precheck, rate, referral, review
from kiosk.journey.runner import CHOOSE, END, Route
from kiosk.journey.step import Outcome

_STEPS = (
    guide.STEP,
    precheck.STEP,
    identify.STEP,
    consent.FACE_STEP,
    face.STEP,
    other_way.CHOICE_STEP,
    other_way.KEEPER_STEP,
    consent.LICENCE_STEP,
    fetch.STEP,
    review.STEP,
    output.PRINT_STEP,
    output.FAILED_STEP,
    output.TAKE_STEP,
    rate.STEP,
    referral.STEP,
)

_O = Outcome

CERTIFICATE = Route(
    name="certificate",
    first="guide",
    steps={step.name: step for step in _STEPS},
    table={
        ("guide", _O.DONE): "precheck",
        ("guide", _O.BACK): CHOOSE,
        ("precheck", _O.DONE): "identify",
        ("precheck", _O.MISSING): CHOOSE,
        ("precheck", _O.BACK): "guide",
        ("identify", _O.DONE): "face_consent",
        ("identify", _O.OTHER_WAY): "referral",
        ("identify", _O.BACK): "guide",
        ("face_consent", _O.DONE): "face",
        ("face_consent", _O.OTHER_WAY): "other_way",
        ("face_consent", _O.BACK): "identify",
        ("face", _O.DONE): "licence_consent",
        ("face", _O.OTHER_WAY): "other_way",
        ("face", _O.FAILED): "other_way",
        ("face", _O.BACK): "face_consent",
        ("other_way", _O.DONE): "keeper",
        ("other_way", _O.REFUSED): "referral",
        ("other_way", _O.BACK): "identify",
        ("keeper", _O.DONE): "licence_consent",
        ("keeper", _O.FAILED): "referral",
        ("keeper", _O.BACK): "other_way",
        ("licence_consent", _O.DONE): "fetch",
        ("licence_consent", _O.REFUSED): "referral",
        ("licence_consent", _O.BACK): "identify",
        ("fetch", _O.DONE): "review",
        ("fetch", _O.REFUSED): "referral",
        ("fetch", _O.BACK): "licence_consent",
        ("review", _O.DONE): "print",
        ("review", _O.REFUSED): "referral",
        ("review", _O.BACK): "licence_consent",
        ("print", _O.DONE): "take",
        ("print", _O.FAILED): "print_failed",
        ("print_failed", _O.AGAIN): "print",
        ("print_failed", _O.DONE): END,
        ("take", _O.DONE): "rate",
        ("take", _O.FAILED): "print_failed",
        ("rate", _O.DONE): END,
        ("referral", _O.DONE): END,
        ("referral", _O.BACK): CHOOSE,
    },
)
