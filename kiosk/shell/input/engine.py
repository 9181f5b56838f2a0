"""One engine beside the shell (`python -m kiosk.input`): started with the way of typing that needs it, ended with its screen.

It may crash, hang or never start: the shell only ever looks whether an answer is there. What is lost is a suggestion.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time

import msgspec

from drivers.link import channel, wire
from drivers.link.parent import CHANNEL_FD_VARIABLE
from kiosk.input.limits import limits
from kiosk.input.messages import FromEngine, Guesses, Question, Ready


class Engine:
    """A running engine. `serial` numbers its questions; only the answer to the newest one counts."""

    def __init__(self, name: str) -> None:
        """Raise OSError when no process can be started."""
        ours, theirs = channel.pair()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kiosk.input", name],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                process_group=0,
                env={**os.environ, CHANNEL_FD_VARIABLE: str(theirs.fileno())},
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        ours.setblocking(False)
        self._socket = ours
        self._ready = False
        self._deadline = time.monotonic() + limits().start_seconds
        self._asked: int | None = None
        self._waits: Question | None = None

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def ask(self, question: Question) -> None:
        """Ask; what was asked before and is not answered yet is not waited for."""
        self._waits = question
        if self._ready:
            self._send()

    def turn(self) -> tuple[Guesses | None, bool]:
        """Return the answer to the newest question, if it came, and whether the engine still serves."""
        found: Guesses | None = None
        try:
            while select.select([self._socket], [], [], 0)[0]:
                raw, fds = channel.receive_from(self._socket)
                channel.close_all(fds)
                if not raw:
                    return found, False
                message = wire.decode(raw, FromEngine)
                if isinstance(message, Ready):
                    self._ready = True
                    self._send()
                elif message.serial == self._asked:
                    found, self._asked = message, None
        except (OSError, msgspec.MsgspecError):
            return found, False
        waiting = not self._ready or self._asked is not None
        return found, not (waiting and time.monotonic() > self._deadline)

    def end(self) -> None:
        """Kill it: what it was told is gone with it."""
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _send(self) -> None:
        if self._waits is None:
            return
        question, self._waits = self._waits, None
        if self._asked is None:
            self._deadline = time.monotonic() + limits().answer_seconds
        self._asked = question.serial
        try:
            channel.send_to(self._socket, wire.encode(question), [])
        except OSError:
            # Gone, or too busy to listen: the deadline finds the one, the next look the other.
            return
