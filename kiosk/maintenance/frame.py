"""How the staff's screens look: the same template as a visit's, marked, without the tools that belong to visitors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from kiosk.locales import Phrasebook
from kiosk.locales.staff import tell
from kiosk.maintenance.rights import Staff
from kiosk.screens.compose import Composer
from kiosk.screens.parts import Action, ActionKind, Countdown
from kiosk.screens.screen import Bar, BarButton, Screen


@dataclass(frozen=True)
class StaffComposer(Composer):
    """Builds the screens of one shift. `who` is None at the door."""

    who: Staff | None = None

    def screen(self, say: Phrasebook, name: str, **frame: Any) -> Screen:
        """See `Composer.screen`; nothing is spoken, there is no `step`, and the bar leads out of maintenance. `home`: the bar's
        first place leads to the tasks instead of one screen back."""
        home = frame.pop("home", False)
        back, leave = frame.pop("back", True), frame.pop("leave", True)
        drawn = super().screen(say, f"staff_{name}", **frame)
        bar = Bar(
            back=BarButton(label=tell("frame.home") if home else tell("frame.back"), enabled=back),
            leave=BarButton(label=tell("frame.leave"), enabled=leave),
        )
        return msgspec.structs.replace(drawn, spoken="", header=self._header(), tools=(), bar=bar, staff=True)

    def _header(self) -> str:
        if self.who is None:
            return tell("frame.header")
        return tell("frame.header_with", role=tell(f"frame.role_{self.who.role.value}"), code=self.who.code)

    def idle_warning(self, say: Phrasebook, seconds: int) -> Screen:
        """还在维护吗? Silence leaves maintenance, so that a forgotten machine serves visitors again."""
        return self.screen(
            say,
            "still_there",
            title=tell("frame.still_title"),
            sentence=tell("frame.still_sentence", seconds=seconds),
            blocks=(Countdown(seconds=seconds, label=tell("frame.still_seconds")),),
            actions=(
                Action(id="go_on", label=tell("frame.still_go_on")),
                Action(id="leave", label=tell("frame.leave"), kind=ActionKind.SECONDARY),
            ),
            back=False,
        )
