"""Scripts of visits that the tests share."""

from __future__ import annotations

from typing import Any

from tests.support.bench import Run
from tests.support.scripted import doing, typing


def base_script(run: Run, person: str = "p1") -> dict[str, Any]:
    """The acts that every visit begins and ends with."""
    keeper = run.bench.sandbox.keepers()[0]
    return {
        "idle": ["standard", None],
        "choose": "KX-RS-001",
        "guide": "start",
        "precheck": None,
        "card": doing(lambda: run.bench.place(person)),
        "card_reading": None,
        "elder_offer": "standard",
        "face_consent": "other_way",
        "other_way": "keeper",
        "keeper": typing("confirm", keeper=keeper.code, pin=keeper.pin, only_what_is_asked=True),
        "keeper_asking": None,
        "licence_consent": "agree",
        "fetch": None,
        "review": "print",
        "printing": None,
        "take_paper": doing(lambda: run.bench.do("visitor", "take_paper", {})),
        "slip_question": "none",
        "rate": "level_5",
        "take_card": doing(lambda: run.bench.do("visitor", "lift", {})),
        "thanks": "done",
    }
