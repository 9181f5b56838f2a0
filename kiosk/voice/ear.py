"""What a listener by earphone has chosen."""

from __future__ import annotations

from kiosk.voice.settings import Earphone


class Ear:
    """Volume and speed, a step at a time; at the end of the scale a step changes nothing."""

    def __init__(self, choices: Earphone) -> None:
        self._choices = choices
        self.volume, self.speed = choices.volume, choices.speed

    def change_volume(self, steps: int) -> None:
        """Louder by so many steps, quieter for a negative number."""
        self.volume = _step(sorted(self._choices.volumes), self.volume, steps)

    def change_speed(self, steps: int) -> None:
        """Faster by so many steps, slower for a negative number."""
        self.speed = _step(sorted(self._choices.speeds), self.speed, steps)


def _step(scale: list[float], now: float, steps: int) -> float:
    return scale[min(max(0, scale.index(now) + steps), len(scale) - 1)]
