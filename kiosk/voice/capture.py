"""What was played, as a WAV file: for the demo and for tests. It is what the sound card pulled, sample by sample."""

from __future__ import annotations

import wave
from pathlib import Path

from kiosk.voice.stream import Stream


class Capture:
    """At most one file at a time."""

    def __init__(self, stream: Stream, rate: int) -> None:
        self._stream, self._rate = stream, rate
        self._file: wave.Wave_write | None = None

    def into(self, path: str) -> None:
        """End the file that is being written; begin another, unless the path is empty. Raise OSError."""
        self.write()
        if self._file is not None:
            self._file.close()
            self._file = None
        self._stream.keep(bool(path))
        if path:
            self._file = wave.open(str(Path(path)), "wb")  # noqa: SIM115  it stays open from message to message
            self._file.setnchannels(1)
            self._file.setsampwidth(2)
            self._file.setframerate(self._rate)

    def write(self) -> None:
        """Write what was pulled since it was asked last."""
        if self._file is not None:
            for block in self._stream.played():
                self._file.writeframes(block.astype("<i2").tobytes())
