"""The reader seen from outside: is the service there, is the reader there, is a card in it. No card is touched."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.smart_card.pcsc_codes import SERVICE_LOST, PcscError, as_fault
from drivers.smart_card.pcsc_line import PcscLine, ReaderSays, Seen, Stuck
from drivers.smart_card.pcsc_settings import PcscSettings

_NUMBERED = re.compile(r"(?P<name>.*) [0-9A-F]{2} (?P<slot>[0-9A-F]{2})")
"""pcsclite ends a reader's name with the reader's number and the slot's; the first changes when it is plugged in again."""


class Placement(NamedTuple):
    """One card's stay in the reader: differs from any before, also across a restart of the service."""

    connection: int
    moves: int


class Look(NamedTuple):
    """What the reader senses now."""

    card: bool
    mute: bool
    placement: Placement
    seen: Seen


class PcscWatch:
    """Connects by itself, and again when the daemon was restarted under us or the reader plugged in elsewhere."""

    def __init__(self, settings: PcscSettings) -> None:
        self._set = settings
        self._line: PcscLine | None = None
        self._connections = 0
        self.reader = ""
        """The reader's name as it is now."""

    def describe(self, check: Callable[[], None]) -> ReaderSays:
        """Ask the reader about itself; one that another program holds tells nothing. Raise DeviceFault as `look` does."""
        line = self._connected(check)
        try:
            return line.describe(self.reader, self._set.power_seconds / 2, check)
        except PcscError as error:
            if error.code in SERVICE_LOST:
                raise self._lost(error) from error
            return ReaderSays("", "", "", None)
        except Stuck:
            raise self._stuck() from None

    def look(self, check: Callable[[], None], since: Look | None = None, wait: float = 0.0) -> Look:
        """Return what the reader senses; wait at most `wait` seconds for something else than `since`.

        A connection that was lost is made again, once. Raise DeviceFault: SERVICE_DOWN, READER_ABSENT, SETTING_INVALID.
        """
        had_line = self._line is not None
        try:
            return self._look(check, since, wait)
        except DeviceFault:
            if not had_line:
                raise
            return self._look(check, None, 0.0)

    def close(self) -> None:
        """Let go of the service."""
        if self._line is not None:
            self._line.end(self._set.service_seconds / 2)
            self._line = None

    def _look(self, check: Callable[[], None], since: Look | None, wait: float) -> Look:
        line = self._connected(check)
        known = since.seen.raw if since is not None and since.placement.connection == self._connections else 0
        try:
            seen = line.look(self.reader, known, wait if known else 0.0, self._set.service_seconds, check)
        except PcscError as error:
            raise self._lost(error) from error
        except Stuck:
            raise self._stuck() from None
        return Look(seen.card, seen.mute, Placement(self._connections, seen.placement), seen)

    def _connected(self, check: Callable[[], None]) -> PcscLine:
        if self._line is None:
            line = PcscLine()
            try:
                line.establish(self._set.service_seconds, check)
                self.reader = choose(line.readers(self._set.service_seconds, check), self._set.reader)
            except PcscError as error:
                line.end(0.0)
                raise as_fault(error) from error
            except Stuck:
                line.end(0.0)
                raise failing(FaultCode.SERVICE_DOWN, "pcscd does not answer") from None
            except BaseException:
                line.end(0.0)
                raise
            self._line = line
            self._connections += 1
        return self._line

    def _lost(self, error: PcscError) -> DeviceFault:
        self.close()
        return as_fault(error)

    def _stuck(self) -> DeviceFault:
        if self._line is not None:
            self._line.end(0.0)
            self._line = None
        return failing(FaultCode.SERVICE_DOWN, "pcscd does not answer")


def choose(names: Sequence[str], wanted: str) -> str:
    """Return the reader that is meant: of that very name, else of that name and slot with another number, else by pattern.

    Raise DeviceFault: READER_ABSENT, SETTING_INVALID when several fit.
    """
    if wanted in names:
        return wanted
    fitting = [name for name in names if _unnumbered(name) == _unnumbered(wanted)] or [
        name for name in names if fnmatchcase(name.casefold(), wanted.casefold())
    ]
    if len(fitting) > 1:
        raise failing(FaultCode.SETTING_INVALID, f"reader: {wanted!r} fits {', '.join(fitting)}; write one of them")
    if not fitting:
        raise failing(FaultCode.READER_ABSENT, f"reader: {wanted!r} is not among {', '.join(names) or 'none at all'}")
    return fitting[0]


def _unnumbered(name: str) -> tuple[str, str]:
    found = _NUMBERED.fullmatch(name)
    return (found["name"], found["slot"]) if found else (name, "")
