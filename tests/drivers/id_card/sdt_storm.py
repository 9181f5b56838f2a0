"""A reader in memory behind a line that tears, changes, delays, doubles and loses what is sent; and a clock that needs no waiting.

What real lines keep is kept here, too: bytes come in the order in which they were sent, and a reader answers one command
after the other.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from drivers.contract.driver import Call
from drivers.emulators.id_card_device import LaidCard, ReaderDevice, reply, whole_commands
from drivers.id_card import sdt_frames as sdt
from drivers.id_card.sdt_driver import SdtDriver
from drivers.id_card.sdt_link import Line, Timing
from drivers.id_card.sdt_settings import SdtSettings

BYTES_PER_SECOND = 11_520.0


class Clock:
    """Stands in for the time module."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(0.0, seconds)


@dataclass
class Weather:
    """How likely each mishap is, for each answer."""

    lost: float = 0.04
    late: float = 0.08
    twice: float = 0.05
    torn: float = 0.08
    changed: float = 0.08
    noise: float = 0.08
    garbage: float = 0.03
    most_late: float = 4.0

    @property
    def calm(self) -> Weather:
        return Weather(0, 0, 0, 0, 0, 0, 0, 0)


@dataclass
class StormyLine:
    """The driver's line and, behind it, the reader. `passed` counts spoilt packets whose checksum happens to be right."""

    clock: Clock
    dice: random.Random
    weather: Weather
    device: ReaderDevice = field(default_factory=lambda: ReaderDevice(0.0, reread=True))
    passed: int = 0
    _sent: bytearray = field(default_factory=bytearray)
    _coming: deque[tuple[float, bytes]] = field(default_factory=deque)
    _busy_until: float = 0.0
    _chunk: bytearray = field(default_factory=bytearray)

    def write(self, data: bytes) -> None:
        self._sent += data
        for command in whole_commands(self._sent):
            self._answer(command[:2].hex())

    def read(self, seconds: float) -> memoryview:
        until = self.clock.now + max(0.0, seconds)
        if not self._coming or self._coming[0][0] > until:
            self.clock.now = max(self.clock.now + 0.001, until)
            return memoryview(b"")
        at, data = self._coming.popleft()
        self.clock.now = max(self.clock.now, at)
        self._chunk = bytearray(data)
        return memoryview(self._chunk)

    def discard_input(self) -> None:
        while self._coming and self._coming[0][0] <= self.clock.now:
            self._coming.popleft()

    def wipe(self) -> None:
        self._chunk[:] = bytes(len(self._chunk))

    def close(self) -> None:
        self._coming.clear()

    def let_pass(self) -> None:
        """Time goes by until the reader has sent everything; nobody has read it."""
        self.clock.now = max(self.clock.now, self._busy_until) + 0.1

    def _answer(self, key: str) -> None:
        dice, weather = self.dice, self.weather
        start = max(self.clock.now, self._busy_until) + 0.01
        if dice.random() < weather.late:
            start += dice.uniform(0, weather.most_late)
        whole = reply(*self.device.do(key))
        data = whole
        if dice.random() < weather.lost:
            data = b""
        if data and dice.random() < weather.torn:
            data = data[: dice.randrange(len(data))] + data[dice.randrange(len(data)) :]
        if data and dice.random() < weather.changed:
            data = _changed(dice, data)
        if data != whole and _is_sound(data):
            self.passed += 1
        if dice.random() < weather.twice:
            data += data
        if dice.random() < weather.noise:
            data = dice.randbytes(dice.randrange(40)) + data
        if dice.random() < weather.garbage:
            data += sdt.HEAD + dice.randbytes(dice.randrange(12))
        self._send(start, data)

    def _send(self, start: float, data: bytes) -> None:
        """In pieces, at the line's speed, behind whatever is still on its way."""
        at = 0
        while at < len(data):
            size = self.dice.choice((1, 7, 64, 400, 4096))
            piece = data[at : at + size]
            at += len(piece)
            start += len(piece) / BYTES_PER_SECOND
            self._coming.append((start, piece))
        self._busy_until = start


def _changed(dice: random.Random, data: bytes) -> bytes:
    spoilt = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        spoilt[dice.randrange(len(spoilt))] ^= dice.randint(1, 255)
    return bytes(spoilt)


def _is_sound(data: bytes) -> bool:
    reader = sdt.FrameReader()
    return bool(reader.feed(data) + reader.quiet())


class StormDriver(SdtDriver):
    """The real driver on such a line."""

    Settings = SdtSettings

    def __init__(self, line: StormyLine, settings: SdtSettings) -> None:
        self.line = line
        super().__init__(settings)

    def _open_line(self) -> Line:
        return self.line

    def _timing(self) -> Timing:
        return Timing(self._set.gap_seconds, self._set.attempts, BYTES_PER_SECOND, "in memory")


class StormCall(Call):
    """A command whose time is the clock's. It is cancelled at a moment of its own."""

    def __init__(self, clock: Clock, seconds: float, cancel_at: float) -> None:
        super().__init__(1e9, lambda event, fds: None)
        self._clock, self._end, self._cancel_at = clock, clock.now + seconds, cancel_at

    def remaining(self) -> float:
        return max(0.0, self._end - self._clock.now)

    def check(self) -> None:
        if self._clock.now >= self._cancel_at:
            self.cancel()
        super().check()

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(min(seconds, self.remaining(), max(0.0, self._cancel_at - self._clock.now)))
        self.check()


def laid(card: dict[str, str]) -> LaidCard:
    return LaidCard(card)


def said(card: Any) -> dict[str, str]:
    """What a read gave, in clear."""
    newest = card.newest_address.reveal() if card.newest_address else ""
    fields = {name: getattr(card, name).reveal() for name in ("name", "number", "birth", "address")}
    return {**fields, "issuer": card.issuer, "new_address": newest}
