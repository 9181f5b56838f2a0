"""`python -m kiosk.input pinyin|handwriting`, started by the shell: answers questions until its end of the line is closed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from drivers.contract.secret import wipe_all
from drivers.link import wire
from drivers.link.memory import be_frugal
from drivers.link.parent import parent_channel
from kiosk.input.limits import limits
from kiosk.input.messages import Compose, Guesses, Ready, Recognise

_log = logging.getLogger("kiosk.input")

PINYIN, HANDWRITING = "pinyin", "handwriting"

Engine = tuple[type[Compose] | type[Recognise], Callable[[Any], Guesses]]
"""The kind of question that an engine takes, and what answers it."""


def load(name: str) -> Engine:
    """Load an engine; what it needs is imported only here. Raise OSError when something is not installed."""
    if name == PINYIN:
        from kiosk.input.pinyin import Pinyin

        return Compose, Pinyin(limits().pinyin_guesses).answer
    if name == HANDWRITING:
        from kiosk.input.handwriting import Handwriting

        return Recognise, Handwriting(limits().written_guesses).answer
    raise SystemExit(f"there is no engine {name!r}; there are {PINYIN} and {HANDWRITING}")


def main() -> int:
    """Return 0 when the shell is gone or has closed the line, 1 when the engine cannot be loaded."""
    be_frugal()
    line = parent_channel()
    try:
        kind, answer = load(sys.argv[1] if len(sys.argv) == 2 else "")
    except OSError as error:
        _log.error("%s", error)
        return 1
    try:
        line.send(wire.encode(Ready()))
        while True:
            packet = line.receive()
            assert packet is not None  # it waits without a limit
            question = wire.decode(packet[0], kind)
            guesses = answer(question)
            line.send(wire.encode(guesses))
            wipe_all(question)
            wipe_all(guesses)
    except (EOFError, OSError):
        return 0


if __name__ == "__main__":
    sys.exit(main())
