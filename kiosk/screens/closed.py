"""The screen of a kiosk that serves nobody: why, until when, and where else to go. It has the place of the idle screen, and its
coloured field, so that staff come in the same way."""

from __future__ import annotations

from kiosk.locales import Phrasebook
from kiosk.screens.compose import Composer
from kiosk.screens.parts import Fact, Facts, Hero, Icon
from kiosk.screens.screen import Bar, BarButton, Screen


def out_of_service(say: Phrasebook, composer: Composer, *, reason: str, ends: str = "") -> Screen:
    """`ends` empty: nobody knows when."""
    place = composer.place
    rows = [Fact(label=say("paused.reason"), value=reason, icon=Icon.INFO)]
    if ends:
        rows.append(Fact(label=say("paused.ends"), value=ends, icon=Icon.CLOCK))
    elsewhere = (
        Fact(label=say("referral.place"), value=say.local(place, "elsewhere_place"), icon=Icon.PLACE),
        Fact(label=say("referral.hours"), value=say.local(place, "elsewhere_hours"), icon=Icon.CLOCK),
        Fact(label=say("referral.phone"), value=place.phone, icon=Icon.PHONE),
    )
    return Screen(
        name="out_of_service",
        title=say("paused.title"),
        spoken=say("paused.spoken"),
        header=say.local(place, "name"),
        tools=tuple(dict.fromkeys((*composer.language_tool(say), *composer.sign_tool(say)))),
        blocks=(
            Hero(
                lines=(say("paused.hero_1"), say("paused.hero_2")),
                sentence=say("paused.until", when=ends) if ends else say("paused.held"),
            ),
            Facts(rows=(*rows, *elsewhere)),
        ),
        bar=Bar(help=BarButton(label=say("bar.help"))),
        gesture=True,
    )
