"""The program's own log as events for somebody far away: what was logged where, how often, and of its values only what is of the
program itself. A message is never kept: it may quote what was typed, read from a card, or said by a vendor's library.

Kept of a record: logger, level, place in the code (whoever reads it has that code, and there the sentence), how often since when;
of its values the types of exceptions and their codes, members of enumerations, short numbers, and of any text those words that the
program knows beforehand: exceptions by name, fault codes, states of links, names of this machine's devices and drivers.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import re
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any

from drivers.client import Link
from drivers.contract.faults import FaultCode
from kiosk.logbook.store import Logbook, LogbookError

EVENT = "event"
BROKE = "broke"
"""`_log.error(…, extra={BROKE: error})`: type and places of an exception are kept, where its text must not be logged."""

WRITE_EVERY_SECONDS = 5.0
"""The same event is one entry for so long: a loose cable logs a line a second."""

SHORT_NUMBER = 100_000
"""Numbers are kept below it: no PIN (six digits), telephone or card number is."""

_MOST_WORDS = 8
_MOST_PLACES = 6
_MOST_KINDS = 200
"""Of events between two writes; what is more is counted only."""

_OURS = ("kiosk", "drivers")
ROOT = Path(__file__).resolve().parent.parent.parent
"""The folder in which both packages lie."""

_WORD = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_FRAME = re.compile(r'File "[^"]*/((?:kiosk|drivers)/[\w/]+\.py)", line (\d{1,5})', re.ASCII)
"""A line of a traceback, as a device's host prints it."""

_ERRNOS = frozenset(errno.errorcode.values())


@dataclass(frozen=True)
class Event:
    """What was logged. `place` is file:line in this program ("" elsewhere); `places` an exception's way, the innermost last."""

    logger: str
    level: str
    place: str
    function: str
    errors: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@dataclass
class _Times:
    since: float
    last: float
    times: int = 1
    numbers: tuple[float, ...] = ()


class EventLog(logging.Handler):
    """A handler of the root logger that remembers; `run` writes it into the logbook now and then."""

    def __init__(self, logbook: Logbook, words: Iterable[str] = ()) -> None:
        """`words`: names of this machine's devices and drivers, codes of its gateways."""
        super().__init__(logging.INFO)
        self._logbook = logbook
        self._words = frozenset(words) | frozenset(FaultCode) | frozenset(Link) | _ERRNOS
        self._exceptions: frozenset[str] = frozenset()
        self._found: dict[Event, _Times] = {}
        self._lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record in; called with the handler's lock held. Libraries are heard from WARNING on."""
        if record.name.split(".")[0] in _OURS or record.levelno >= logging.WARNING:
            self._take(self._event(record), tuple(_numbers(_values(record))), record.created)

    def _event(self, record: logging.LogRecord) -> Event:
        errors: list[str] = []
        words: list[str] = []
        places: list[str] = []
        for value in _values(record):
            if isinstance(value, BaseException):
                errors += _told(value)
                places += places_of(value)
            elif isinstance(value, Enum):
                words.append(str(value.value))
            elif isinstance(value, str):
                for word in _WORD.findall(value):
                    if word in self._words:
                        words.append(word)
                    elif self._is_exception(word):
                        errors.append(word)
                places += [f"{file}:{line}" for file, line in _FRAME.findall(value) if (ROOT / file).is_file()]
        return Event(
            logger=record.name,
            level=record.levelname,
            place=place(record.pathname, record.lineno),
            function=record.funcName or "",
            errors=tuple(dict.fromkeys(errors))[:_MOST_WORDS],
            words=tuple(dict.fromkeys(words))[:_MOST_WORDS],
            places=tuple(dict.fromkeys(places))[-_MOST_PLACES:],
        )

    def _is_exception(self, word: str) -> bool:
        """Whether it is the name of an exception that is loaded: somebody's name is none."""
        if word[0].isupper() and word not in self._exceptions:
            self._exceptions = frozenset(each.__name__ for each in _below(BaseException))
        return word in self._exceptions

    def _take(self, event: Event, numbers: tuple[float, ...], at: float) -> None:
        known = self._found.get(event)
        if known is not None:
            known.last, known.times, known.numbers = at, known.times + 1, numbers
        elif len(self._found) < _MOST_KINDS:
            self._found[event] = _Times(at, at, 1, numbers)
        else:
            self._lost += 1

    def broke(self, error: BaseException) -> None:
        """Take in what nobody logs: the exception by which all of it ends."""
        event = Event("kiosk", "CRITICAL", "", "", tuple(_told(error)), (), places_of(error)[-_MOST_PLACES:])
        with self._locked():
            self._take(event, (), time.time())

    def write(self) -> None:
        """Write down what was heard. A logbook that cannot be written costs these events only."""
        with self._locked():
            found, lost = self._found, self._lost
            self._found, self._lost = {}, 0
        try:
            for event, times in found.items():
                self._logbook.write(EVENT, event.logger, at=times.last, **_body(event, times))
            if lost:
                self._logbook.write(EVENT, "kiosk.logbook", lost=lost)
        except LogbookError:
            pass  # whoever else writes there says so; saying it here would be heard here again

    def _locked(self) -> Any:
        assert self.lock is not None, "made by logging.Handler"
        return self.lock

    async def run(self) -> None:
        """Write for ever."""
        while True:
            await asyncio.sleep(WRITE_EVERY_SECONDS)
            await asyncio.to_thread(self.write)

    def ended(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """How the kiosk ended; then written down. An exit callback."""
        logging.getLogger().removeHandler(self)
        if error is not None and not isinstance(error, asyncio.CancelledError | GeneratorExit):
            self.broke(error)
        self.write()


def listening(logbook: Logbook, words: Iterable[str] = ()) -> EventLog:
    """Hear what the program logs from now on, until `ended`."""
    heard = EventLog(logbook, words)
    logging.getLogger().addHandler(heard)
    return heard


def place(path: str, line: int) -> str:
    """file:line within this program, "" elsewhere."""
    file = Path(path)
    ours = file.is_relative_to(ROOT) and file.relative_to(ROOT).parts[0] in _OURS
    return f"{file.relative_to(ROOT).as_posix()}:{line}" if ours else ""


def places_of(error: BaseException) -> tuple[str, ...]:
    """Where an exception, and then what caused it, came through this program: the innermost last."""
    frames = [frame for each in _chain(error) for frame in traceback.extract_tb(each.__traceback__)]
    return tuple(found for each in frames if (found := place(each.filename, each.lineno or 0)))


def _told(error: BaseException) -> Iterator[str]:
    """An exception's type and codes, and those of what caused it: never its text."""
    for each in _chain(error):
        yield type(each).__name__
        code = getattr(getattr(each, "fault", each), "code", None)
        if isinstance(code, Enum):
            yield str(code.value)
        if isinstance(each, OSError) and (name := errno.errorcode.get(each.errno or 0)):
            yield name


def _chain(error: BaseException) -> list[BaseException]:
    """It, what caused it, and so on."""
    found = [error]
    while (cause := found[-1].__cause__) is not None and cause not in found:
        found.append(cause)
    return found


def _values(record: logging.LogRecord) -> list[Any]:
    """What was put into the message, and what went with it."""
    given = record.args if isinstance(record.args, tuple) else (record.args or {}).values()
    broke = getattr(record, BROKE, None) or (record.exc_info[1] if record.exc_info else None)
    return [*given, *([broke] if broke is not None else [])]


def _numbers(values: Iterable[Any]) -> Iterator[float]:
    for value in values:
        if isinstance(value, int | float) and not isinstance(value, bool | Enum) and abs(value) < SHORT_NUMBER:
            yield round(value, 3)


def _below(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _body(event: Event, times: _Times) -> dict[str, Any]:
    return {
        "level": event.level,
        "place": event.place,
        "function": event.function,
        "errors": event.errors,
        "words": event.words,
        "places": event.places,
        "numbers": times.numbers,
        "since": times.since,
        "times": times.times,
    }
