"""What serves now: the pauses of staff and what a safe start left out, as the lobby, the precheck and the devices ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from kiosk.locales import Phrasebook
from kiosk.opening.pauses import Kind, Pause, Pauses, Why
from kiosk.opening.said import moment_text
from kiosk.opening.start import Start, Way
from kiosk.settings.profile import Profile


@dataclass(frozen=True)
class Shut:
    """Why the whole kiosk serves nobody. `pause` None: its start was held, and it waits for staff."""

    pause: Pause | None

    @property
    def until(self) -> float | None:
        """When it ends by itself (Unix time); None: when staff say so."""
        return self.pause.until if self.pause is not None else None


@dataclass(frozen=True)
class Serving:
    """`zone` is the place's."""

    pauses: Pauses
    start: Start
    left_out: frozenset[str]
    """Names of devices that this start did without."""
    zone: tzinfo

    def shut(self) -> Shut | None:
        """Why nobody is served now; None: visitors are."""
        if self.start.way is Way.HELD:
            return Shut(None)
        pause = self.pauses.of(Kind.KIOSK)
        return Shut(pause) if pause is not None else None

    def rests(self, device: str) -> bool:
        """Whether a device is not to be used for visitors, however well it is."""
        return self.pauses.of(Kind.DEVICE, device) is not None

    def note(self, say: Phrasebook, kind: Kind, name: str, now: datetime) -> str:
        """What a visitor is told of a pause, at this local time: why, and until when. "" where there is none."""
        pause = self.pauses.of(kind, name)
        if pause is None:
            return ""
        return say("paused.note", reason=why_text(say, pause), when=self.end_text(say, pause.until, now))

    def end_text(self, say: Phrasebook, until: float, now: datetime) -> str:
        """The end of a pause, as short as it is clear at this local time."""
        return moment_text(say, datetime.fromtimestamp(until, self.zone).replace(tzinfo=None), now)


def why_text(say: Phrasebook, pause: Pause) -> str:
    """The reason in the visitor's language, or staff's own words."""
    return pause.words if pause.why is Why.OWN else say(f"paused.why_{pause.why.value}")


def serving(pauses: Pauses, start: Start, profile: Profile, zone: tzinfo) -> Serving:
    """What this start lets serve: a safe one does without what the profile does not require, a held one without everything."""
    left_out = {
        Way.FULL: (),
        Way.SAFE: (name for name, device in profile.devices.items() if not device.required),
        Way.HELD: profile.devices,
    }
    return Serving(pauses, start, frozenset(left_out[start.way]), zone)
