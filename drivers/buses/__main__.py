"""The process that watches the buses: `python -m drivers.buses`, started by `drivers.buses.client`.

A process of its own, because what it loads (libpcsclite, zeroconf) can hang or crash, and the core must not.
"""

from __future__ import annotations

import logging
import sys

from drivers.buses.messages import AskAgain, Begin, BusIs, FromWatch, Ping, Pong, ToWatch
from drivers.buses.table import Answer, BusState
from drivers.buses.watch import Watch
from drivers.contract.faults import FaultCode, fault
from drivers.link import wire
from drivers.link.channel import MAX_MESSAGE, Channel, close_all
from drivers.link.memory import be_frugal
from drivers.link.parent import parent_channel

_log = logging.getLogger("drivers.buses")

_LOOK_SECONDS = 1.0


def serve(channel: Channel) -> int:
    """Run until the core closes the channel; return the exit code."""
    begin = _receive(channel, None)
    if not isinstance(begin, Begin):
        raise SystemExit("the first message must be Begin")
    watch = Watch(begin, lambda state: _say(channel, BusIs(fitting(state))))
    watch.start()
    try:
        while True:
            match _receive(channel, _LOOK_SECONDS):
                case Ping(number=number):
                    _say(channel, Pong(number))
                case AskAgain(buses=buses):
                    watch.ask_again(buses)
                case Begin():
                    raise SystemExit("Begin came twice")
            watch.look_after()
    except EOFError:
        watch.stop()
        return 0


def _receive(channel: Channel, seconds: float | None) -> ToWatch | None:
    packet = channel.receive(seconds)
    if packet is None:
        return None
    close_all(packet[1])
    message: ToWatch = wire.decode(packet[0], ToWatch)
    return message


def _say(channel: Channel, message: FromWatch) -> None:
    try:
        channel.send(wire.encode(message))
    except OSError as error:
        _log.info("the core is gone: %s", error)  # the main thread reads its end of it and stops


def fitting(state: BusState) -> BusState:
    """Return the state if it fits in a message; otherwise say that the bus cannot be listed, and why.

    A list that was cut would call things absent that are there.
    """
    try:
        if len(wire.encode(state)) < MAX_MESSAGE - _HEAD:
            return state
        reason = fault(FaultCode.UNSUPPORTED, f"{len(state.things)} things are listed, more than one message holds")
    except UnicodeError:
        reason = fault(FaultCode.INTERNAL, "a name in the list is no text")
    _log.warning("%s: %s", state.bus, reason.detail)
    return BusState(bus=state.bus, answer=Answer.FAILED, fault=reason)


_HEAD = 64
"""Bytes that a message needs beside the state."""


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    logging.getLogger("drivers").setLevel(logging.INFO)
    be_frugal()
    sys.exit(serve(parent_channel()))
