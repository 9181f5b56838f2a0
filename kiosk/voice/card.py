"""The sound card, by a part of its name; or none, which takes the sound at its pace."""

from __future__ import annotations

import contextlib
import ctypes

import miniaudio

from kiosk.voice.messages import NO_CARD
from kiosk.voice.settings import Playing
from kiosk.voice.stream import Stream

_BACKENDS = [miniaudio.Backend.ALSA, miniaudio.Backend.PULSEAUDIO, miniaudio.Backend.JACK]
"""Named, because miniaudio by itself falls back to a card that is none, and nobody would know."""


_ALSA_NULL = b"null\0"
"""ALSA lists it among the cards: "Discard all samples"."""


class NoCard(Exception):
    """There is no such sound card; the text says why, for a technician."""


_QUIET = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)(
    lambda *_: None
)


def keep_alsa_quiet() -> None:
    """Once in a process: without a sound card ALSA writes twenty lines to standard error each time one is looked for."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_QUIET)


def cards() -> list[str]:
    """Return the names of the sound cards that there are."""
    return [str(each["name"]) for each in _playbacks()]


def _playbacks() -> list[dict[str, object]]:
    try:
        found = miniaudio.Devices(_BACKENDS).get_playbacks()
    except miniaudio.MiniaudioError:
        return []
    return [each for each in found if not bytes(miniaudio.ffi.buffer(each["id"])).startswith(_ALSA_NULL)]


class Card:
    """An open sound card that pulls from a stream."""

    def __init__(self, wanted: str, rate: int, stream: Stream, playing: Playing) -> None:
        """`wanted`: a part of its name; "": the system's own choice. Raise NoCard."""
        self.name = wanted
        chosen = None
        if wanted not in ("", NO_CARD):
            fitting = [each for each in _playbacks() if wanted in str(each["name"])]
            if not fitting:
                raise NoCard(f"no sound card is named {wanted!r}; there are: {', '.join(cards()) or 'none'}")
            chosen, self.name = fitting[0]["id"], str(fitting[0]["name"])
        try:
            self._device = miniaudio.PlaybackDevice(
                nchannels=1,
                sample_rate=rate,
                buffersize_msec=playing.period,
                callback_periods=playing.periods,
                device_id=chosen,
                backends=[miniaudio.Backend.NULL] if wanted == NO_CARD else _BACKENDS,
            )
        except miniaudio.MiniaudioError as error:
            raise NoCard(f"no sound card can be opened ({error})") from error
        blocks = stream.blocks()
        next(blocks)
        try:
            self._device.start(blocks)
        except miniaudio.MiniaudioError as error:
            self._device.close()
            raise NoCard(f"the sound card does not start ({error})") from error

    def close(self) -> None:
        """Let go of it."""
        self._device.close()
