"""One command and its reply over the line: ACK, NAK and EOT, their times, and what may be sent again.

What is repeated, and what never: a command that the machine refused (NAK) was not carried out and is sent again. A question
that stayed unanswered is asked again. A move that stayed unanswered may have been carried out: it is not sent again, the
caller is told by `ReplyLost` and asks the sensors. A reply that came damaged is not lost: NAK makes the machine say it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum

from drivers.card_dispenser.crt_frames import Command, Control, FrameReader, Reply
from drivers.card_dispenser.crt_settings import CrtSettings
from drivers.contract.driver import CommandCanceled
from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.lines.serial_line import SerialLine

_BITS_A_BYTE = 10
"""8N1: a start bit, eight data bits, a stop bit."""

Check = Callable[[], None]
Tokens = list[Reply | Control]


class ReplyLost(Exception):
    """A move was sent, and nobody knows whether it was carried out. The text says what was missing."""


class _Trouble(Enum):
    SILENT = "silent"
    GARBLED = "garbled"


class CrtLink:
    """Asks and hears one machine on one line."""

    def __init__(self, line: SerialLine, settings: CrtSettings) -> None:
        self._line = line
        self._set = settings
        self._reader = FrameReader(settings.address)
        self._quiet = True
        """Nothing came within the last gap: half-way through a burst of noise the machine would not hear a NAK."""
        self._owed: Command | None = None
        self._owed_until = 0.0

    def ask(
        self,
        command: Command,
        check: Check,
        *,
        seconds: float,
        attempts: int | None = None,
        taken: Callable[[], None] | None = None,
    ) -> Reply:
        """Send a command and return its reply, be it a failure.

        `seconds`: the machine's time to carry it out, after it acknowledged. `check` may raise; it is called at least every
        0.2 s. `taken` is called when the machine has acknowledged. Raise ReplyLost (moves only), and DeviceFault:
        LINK_SILENT, LINK_GARBLED (nothing was carried out, or nothing that moves a card), DEVICE_GONE.
        """
        self.settle(check)
        trouble = _Trouble.SILENT
        for _ in range(attempts or self._set.attempts):
            try:
                heard = self._once(command, seconds, check, taken)
            except (CommandCanceled, DeviceFault):
                # The caller gives up; the machine does not know that, and goes on.
                self._owed, self._owed_until = command, time.monotonic() + seconds
                raise
            if isinstance(heard, Reply):
                return heard
            trouble = heard
        code = FaultCode.LINK_SILENT if trouble is _Trouble.SILENT else FaultCode.LINK_GARBLED
        raise failing(code, f"{command.name} at {self._set.baud} baud")

    def settle(self, check: Check, *, within: float | None = None) -> bool:
        """Hear out a command that its caller gave up; False when it is still under way after `within` seconds."""
        if self._owed is None:
            return True
        until = self._owed_until if within is None else min(self._owed_until, time.monotonic() + within)
        while time.monotonic() < until:
            check()
            for token in self._listen(until):
                if isinstance(token, Reply) and token.answers(self._owed):
                    self._line.write(bytes((Control.ACK,)))
                    self._owed = None
                    return True
        if time.monotonic() < self._owed_until:
            return False
        self._owed = None
        self._clear_line()
        return True

    def close(self) -> None:
        """Close the line."""
        self._line.close()

    def _once(
        self, command: Command, seconds: float, check: Check, taken: Callable[[], None] | None
    ) -> Reply | _Trouble:
        heard, tokens = self._send(command, check)
        if heard is Control.NAK:
            return _Trouble.GARBLED
        if heard is None:
            trouble, missing = _Trouble.SILENT, "no acknowledgement"
        else:
            if taken is not None:
                taken()
            reply = self._hear_reply(command, tokens, seconds, check)
            if isinstance(reply, Reply):
                return reply
            trouble, missing = reply, f"acknowledged, then {reply.value}"
        if command.moves:
            raise ReplyLost(missing)
        return trouble

    def _send(self, command: Command, check: Check) -> tuple[Control | None, Tokens]:
        """Send; return ACK or NAK and what came behind it, None for neither. What comes before is of an earlier command.

        A NAK amid noise may be noise, and lets a move be sent twice: for a move it counts only when it came alone.
        """
        self._line.discard_input()
        self._reader.clear()
        frame = command.frame(self._set.address)
        deadline = time.monotonic() + self._set.ack_seconds + len(frame) * _BITS_A_BYTE / self._set.baud
        self._line.write(frame)
        refused = False
        while time.monotonic() < deadline and not (refused and self._quiet):
            check()
            tokens = self._listen(deadline)
            if Control.ACK in tokens:
                return Control.ACK, tokens[tokens.index(Control.ACK) + 1 :]
            refused = refused or Control.NAK in tokens
        believed = refused and not (command.moves and self._reader.noise)
        return (Control.NAK if believed else None), []

    def _hear_reply(self, command: Command, tokens: Tokens, seconds: float, check: Check) -> Reply | _Trouble:
        """Return the reply, asking for it again when it came damaged; clear the line when none comes."""
        again = self._set.attempts - 1
        damaged = 0
        self._reader.damaged = 0
        deadline = time.monotonic() + seconds
        while True:
            for token in tokens:
                if isinstance(token, Reply) and token.answers(command):
                    self._line.write(bytes((Control.ACK,)))
                    return token
            if self._reader.damaged > damaged and self._quiet:
                if not again:
                    return _Trouble.GARBLED
                again -= 1
                damaged = self._reader.damaged
                self._line.write(bytes((Control.NAK,)))
            if time.monotonic() >= deadline:
                return self._clear_line(command) or _Trouble.SILENT
            check()
            tokens = self._listen(deadline)

    def _clear_line(self, command: Command | None = None) -> Reply | None:
        """Say EOT, so that the machine hears the next command; a reply that crosses it counts (1.4.2 cases 5 to 7).

        Said only when a command's time is over, never to stop a card on its way: between two sensors it would be jammed.
        """
        self._line.write(bytes((Control.EOT,)))
        until = time.monotonic() + self._set.ack_seconds
        while time.monotonic() < until:
            for token in self._listen(until):
                if isinstance(token, Reply) and command is not None and token.answers(command):
                    self._line.write(bytes((Control.ACK,)))
                    return token
                if token is Control.EOT:
                    return None
        return None

    def _listen(self, deadline: float) -> Tokens:
        """What arrives next; after a gap of silence a torn frame is given up."""
        chunk = self._line.read(min(self._set.gap_seconds, max(0.0, deadline - time.monotonic())))
        self._quiet = not chunk
        return self._reader.feed(chunk) if chunk else self._reader.quiet()
