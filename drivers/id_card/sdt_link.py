"""One command and its answer over the line: time limits, repeats after damage, and answers that come too late."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.id_card.sdt_frames import Command, FrameReader, Reply, Status

CHECK_EVERY = 0.1
"""Seconds between two looks at the caller's deadline and cancel; the contract asks for 0.2."""


class Line(Protocol):
    """What carries the packets' bytes: a serial line, USB reports, USB bulk endpoints. Every method may raise DEVICE_GONE."""

    def write(self, data: bytes) -> None:
        """Send one whole packet."""

    def read(self, seconds: float) -> memoryview:
        """Wait for bytes, at most `seconds`; the view (empty: none came) is valid until the next call, which overwrites it."""

    def discard_input(self) -> None:
        """Forget what has arrived."""

    def wipe(self) -> None:
        """Overwrite what was read."""

    def close(self) -> None:
        """Close it; it may be gone already."""


@dataclass(frozen=True)
class Timing:
    """Limits in seconds: `gap` of silence ends a torn packet; `attempts` counts the first one too. `line` is for the technician."""

    gap: float
    attempts: int
    bytes_per_second: float
    line: str

    def wire(self, size: int) -> float:
        """How long `size` bytes take on the line."""
        return size / self.bytes_per_second


class _Damaged(Exception):
    """Something came that was not a whole answer."""


class _Silent(Exception):
    """Nothing came."""


class SdtLink:
    """Asks and hears. Replies carry no command id, so an answer that is still owed is awaited before the next question."""

    def __init__(self, line: Line, timing: Timing) -> None:
        self._line = line
        self._timing = timing
        self._reader = FrameReader()
        self._owed_until = 0.0

    def ask(self, command: Command, *, seconds: float, check: Callable[[], None], attempts: int | None = None) -> Reply:
        """Send a command and return its reply, whatever its status.

        `seconds` is the reader's time to answer, without the time on the wire. `check` may raise; it is called at least
        every 0.2 s. Raise DeviceFault: LINK_SILENT, LINK_GARBLED (each after `attempts`), DEVICE_GONE.
        """
        self._hear_late_answer(check, seconds)
        problem: Exception = _Silent()
        for _ in range(attempts or self._timing.attempts):
            try:
                reply = self._once(command, seconds, check)
            except (_Damaged, _Silent) as error:
                problem = error
            else:
                if reply.status not in (Status.BAD_CHECKSUM, Status.BAD_LENGTH):
                    return reply
                problem = _Damaged()
        raise self._fault_of(problem, command)

    def close(self) -> None:
        """Close the line and overwrite what was read."""
        self._reader.wipe()
        self._line.close()

    def _once(self, command: Command, seconds: float, check: Callable[[], None]) -> Reply:
        self._line.discard_input()
        self._reader.wipe()
        frame = command.frame()
        longest = max((max(sizes) for sizes in command.answers.values()), default=0)
        deadline = time.monotonic() + seconds + self._timing.wire(len(frame) + longest + 11)
        self._owed_until = deadline
        self._line.write(frame)
        reply = self._hear(command, deadline, check, late=seconds)
        self._owed_until = 0.0
        return reply

    def _hear(self, command: Command, deadline: float, check: Callable[[], None], *, late: float) -> Reply:
        """Return the first packet that can be the answer. A torn packet ends the hearing at once: asking again is quicker.

        After silence the answer may still come within `late` seconds; the next question waits for it.
        """
        heard_any = False
        damaged_before = self._reader.damaged
        silent_since = time.monotonic()
        while True:
            check()
            slice_end = min(deadline, time.monotonic() + min(CHECK_EVERY, self._timing.gap))
            chunk = self._line.read(slice_end - time.monotonic())
            now = time.monotonic()
            if chunk:
                heard_any, silent_since = True, now
                replies = self._reader.feed(chunk)
                self._line.wipe()
            elif now - silent_since >= self._timing.gap:
                replies = self._reader.quiet()
            else:
                replies = []
            for reply in replies:
                if reply.answers(command):
                    return reply
                reply.wipe()
            if (
                self._reader.damaged > damaged_before
                and not self._reader.waiting
                and now - silent_since >= self._timing.gap
            ):
                self._owed_until = 0.0
                raise _Damaged
            if now >= deadline and heard_any:
                raise _Damaged
            if now >= deadline:
                self._owed_until = now + late
                raise _Silent

    def _hear_late_answer(self, check: Callable[[], None], seconds: float) -> None:
        """A question that was given up (cancelled, timed out) may still be answered; let that answer pass first."""
        until = min(self._owed_until, time.monotonic() + seconds)
        while time.monotonic() < until:
            check()
            chunk = self._line.read(min(CHECK_EVERY, until - time.monotonic()))
            replies = self._reader.feed(chunk)
            self._line.wipe()
            for reply in replies:
                reply.wipe()
            if replies:
                break
        self._owed_until = 0.0

    def _fault_of(self, problem: Exception, command: Command) -> DeviceFault:
        code = FaultCode.LINK_SILENT if isinstance(problem, _Silent) else FaultCode.LINK_GARBLED
        return failing(code, f"{command.name} {self._timing.line}")
