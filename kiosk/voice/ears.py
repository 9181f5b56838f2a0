"""What of the window's messages the voice must know of."""

from __future__ import annotations

from kiosk.screens.protocol import (
    Focused,
    Keyed,
    LiveHint,
    SayAgain,
    Show,
    Stirred,
    Touched,
    TypingIs,
)
from kiosk.voice.voice import Voice


class Ears:
    """Stands beside the window and tells the voice (see `kiosk.window.ShellWindow.overhears`)."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    def __call__(self, message: object) -> None:
        """Hear one message, of either direction. What was typed is not looked at."""
        match message:
            case Show(screen=screen, look=look):
                self._voice.shown(screen, look)
            case LiveHint(text=text):
                self._voice.hint(text)
            case Focused(said=said, aloud=aloud) if said:
                self._voice.focused(said, aloud)
            case Keyed(key=key):
                self._voice.keyed(key)
            case SayAgain():
                self._voice.again()
            case Touched():
                self._voice.answered()
            case Stirred() | TypingIs():
                self._voice.touched()
