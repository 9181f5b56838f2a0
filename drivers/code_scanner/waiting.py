"""Waiting for one code on a line of bytes: what the serial scanner and the typing scanner share."""

from __future__ import annotations

import time
from collections.abc import Callable

from drivers.code_scanner.framing import Framer, Framing, Refused
from drivers.contract.code_scanner import Code, TryAgain
from drivers.contract.driver import Call
from drivers.contract.faults import FaultCode
from drivers.contract.secret import SecretBytes

LOOK_UP = 0.1
"""Seconds between two looks at cancel and deadline; the contract asks for 0.2."""

_WORDS = {Refused.TORN: FaultCode.CODE_UNREADABLE, Refused.TOO_LONG: FaultCode.CODE_TOO_LONG}

Heard = bytes | bytearray | memoryview | None
"""Bytes that came (empty: none), or None for a sign that has no byte."""


def wait_for_code(
    hear: Callable[[float], list[Heard]], framing: Framing, call: Call, *, was_quiet: bool = False
) -> Code:
    """Return the first whole code that begins after this call; tell of what is none by TryAgain.

    `was_quiet`: the line is known to be quiet now (see Framer). `hear` waits at most so many seconds and returns what came.
    Raise CommandCanceled, DeviceFault(DEADLINE), what `hear` raises.
    """
    framer = Framer(framing, time.monotonic(), was_quiet=was_quiet)
    try:
        while True:
            call.check()
            # A silence is noticed at its end, not at the next look: half a gap late at most.
            heard = hear(min(LOOK_UP, framing.gap / 2) if framer.waiting else LOOK_UP)
            code = _first_code(framer, heard, call)
            if code is not None:
                return Code(data=code)
    finally:
        framer.wipe()


def _first_code(framer: Framer, heard: list[Heard], call: Call) -> SecretBytes | None:
    """The first code in what was heard; later ones came before the next command, and do not count."""
    now = time.monotonic()
    code: SecretBytes | None = None
    for each in heard or [b""]:
        for piece in framer.spoil(now) if each is None else framer.feed(each, now) if each else framer.quiet(now):
            if isinstance(piece, Refused):
                if code is None:
                    call.emit(TryAgain(_WORDS[piece]))
                continue
            code = code or SecretBytes(piece)
            piece[:] = bytes(len(piece))
    return code
