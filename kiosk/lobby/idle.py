"""What stands on the screen while nobody is being served."""

from __future__ import annotations

from drivers.contract.common import DeviceClass
from kiosk.journey.desk import Desk
from kiosk.journey.precheck import hours_text
from kiosk.locales import Phrasebook
from kiosk.opening.serving import Shut
from kiosk.opening.shut_screen import shut_screen
from kiosk.screens.compose import Composer
from kiosk.screens.parts import Hero, Icon, Tile, Tiles
from kiosk.screens.screen import Bar, BarButton, Mode, Screen, Tool
from kiosk.visit import Visit

CHIPS = (
    (DeviceClass.ID_CARD_READER, Icon.ID_CARD, "idle.chip_card"),
    (DeviceClass.CAMERA, Icon.FACE, "idle.chip_face"),
    (DeviceClass.A4_PRINTER, Icon.DOCUMENT, "idle.chip_print"),
)
"""What the idle screen promises, each only on a model that is built with the device for it."""


def idle_screen(visit: Visit, desk: Desk) -> Screen:
    """The two modes are the first and only choice."""
    say = visit.say
    chips = tuple((icon, say(key)) for needs, icon, key in CHIPS if desk.devices.of(needs) is not None)
    return Screen(
        name="idle",
        title=say("idle.title"),
        spoken=say("idle.spoken"),
        header=say.local(visit.composer.place, "name"),
        tools=_idle_tools(visit.composer, say),
        blocks=(
            Hero(
                lines=(say("idle.hero_1"), say("idle.hero_2")),
                sentence=say("idle.hero_sentence", hours=hours_text(say, desk)),
                chips=chips,
            ),
            Tiles(
                tiles=(
                    Tile(
                        id=Mode.ELDER.value,
                        title=say("idle.elder"),
                        note=say("idle.elder_note"),
                        icon=Icon.SPEAKER,
                        emphasis=True,
                    ),
                    Tile(
                        id=Mode.STANDARD.value,
                        title=say("idle.standard"),
                        note=say("idle.standard_note"),
                        icon=Icon.HOME,
                    ),
                )
            ),
        ),
        bar=Bar(help=BarButton(label=say("bar.help"))),
        gesture=True,
    )


def _idle_tools(composer: Composer, say: Phrasebook) -> tuple[Tool, ...]:
    """Sign language has a tool of its own here: who does not hear does not look for it among the languages."""
    return tuple(dict.fromkeys((*composer.language_tool(say), *composer.sign_tool(say))))


def closed_screen(visit: Visit, desk: Desk, shut: Shut) -> Screen:
    """The whole machine is paused: why, until when, where else."""
    return shut_screen(visit.say, visit.composer, shut, desk.serving, desk.local_now())
