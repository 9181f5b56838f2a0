"""The reader seen from outside: is the service there, is the reader there, is a card in it. No card is touched."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from drivers.contract.faults import FaultCode, failing
from drivers.smart_card.pcsc_codes import PcscError, as_fault
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

    def look(self, check: Callable[[], None], since: Look | None = None, wait: float = 0.0) -> Look:
        """Return what the reader senses; wait at most `wait` seconds for something else than `since`.

        Raise DeviceFault: SERVICE_DOWN, READER_ABSENT, SETTING_INVALID.
        """
        try:
            try:
                return self._look(check, since, wait)
            except PcscError:
                self.close()  # the daemon may have been restarted under us: once more, from the start
                return self._look(check, None, 0.0)
        except PcscError as error:
            self.close()
            raise as_fault(error) from error
        except Stuck:
            self.close()
            raise failing(FaultCode.SERVICE_DOWN, "pcscd does not answer") from None

    def describe(self, check: Callable[[], None]) -> ReaderSays:
        """Ask the reader about itself, after a `look`; one that another program holds tells nothing."""
        assert self._line is not None
        try:
            return self._line.describe(self.reader, self._set.service_seconds, check)
        except PcscError:
            return ReaderSays("", "", "", None)  # the next look will tell whether that is all that is wrong
        except Stuck:
            self.close()
            raise failing(FaultCode.SERVICE_DOWN, "pcscd does not answer") from None

    def close(self) -> None:
        """Let go of the service."""
        line, self._line = self._line, None
        if line is not None:
            line.end(self._set.service_seconds / 2)

    def _look(self, check: Callable[[], None], since: Look | None, wait: float) -> Look:
        line = self._connected(check)
        known = since.seen.raw if since is not None and since.placement.connection == self._connections else 0
        seen = line.look(self.reader, known, wait if known else 0.0, self._set.service_seconds, check)
        return Look(seen.card, seen.mute, Placement(self._connections, seen.moves), seen)

    def _connected(self, check: Callable[[], None]) -> PcscLine:
        if self._line is None:
            self._line = PcscLine()
            self._connections += 1
            try:
                self._line.establish(self._set.service_seconds, check)
                self.reader = choose(self._line.readers(self._set.service_seconds, check), self._set.reader)
            except BaseException:
                self.close()
                raise
        return self._line


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
