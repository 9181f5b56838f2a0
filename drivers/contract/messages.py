"""What core and device host say to each other. The class-specific part travels as `body`, encoded by `drivers.link.wire`."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from drivers.contract.faults import Fault


class Detail(StrEnum):
    """How much a host says of what it does. DEBUG is for a technician, for a limited time."""

    NORMAL = "normal"
    DEBUG = "debug"


class Open(msgspec.Struct, frozen=True, kw_only=True, tag="open"):
    """First message to a host: which driver, its settings, whether stand-ins and emulators are allowed, how much it says."""

    driver: str
    settings: dict[str, Any]
    production: bool
    detail: Detail = Detail.NORMAL


class Say(msgspec.Struct, frozen=True, tag="say"):
    """From now on say so much; nothing that runs is disturbed by it."""

    detail: Detail


class Perform(msgspec.Struct, frozen=True, kw_only=True, tag="perform"):
    """Do a command; `id` is unique in this host's life, `seconds` are left until its deadline."""

    id: int
    seconds: float
    body: bytes


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Stop command `id` as soon as it can; it still ends with one outcome."""

    id: int


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """Answered by Pong at once, even while a command runs."""

    number: int


ToHost = Open | Say | Perform | Cancel | Ping


class Opened(msgspec.Struct, frozen=True, kw_only=True, tag="opened"):
    """The device answered; `capabilities` is the class's Capabilities."""

    capabilities: bytes


class NotOpened(msgspec.Struct, frozen=True, tag="not_opened"):
    """The device could not be opened; the host ends."""

    fault: Fault


class Accepted(msgspec.Struct, frozen=True, tag="accepted"):
    """Command `id` has begun."""

    id: int


class Happened(msgspec.Struct, frozen=True, kw_only=True, tag="happened"):
    """An event of command `id`; descriptors may come with it."""

    id: int
    body: bytes


class Succeeded(msgspec.Struct, frozen=True, kw_only=True, tag="succeeded"):
    """Command `id` ended well."""

    id: int
    body: bytes


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """Command `id` ended with a fault."""

    id: int
    fault: Fault


class Canceled(msgspec.Struct, frozen=True, tag="canceled"):
    """Command `id` ended because it was cancelled."""

    id: int


class StatusIs(msgspec.Struct, frozen=True, kw_only=True, tag="status"):
    """The status changed (or is told for the first time); `body` is the class's Status."""

    body: bytes


class Stage(StrEnum):
    """What the host's driver is in at this moment."""

    OPENING = "opening"
    IDLE = "idle"
    PROBING = "probing"
    PERFORMING = "performing"


class Pong(msgspec.Struct, frozen=True, tag="pong"):
    """The host's own loop lives; its driver is in `stage` since `seconds`."""

    number: int
    stage: Stage = Stage.IDLE
    seconds: float = 0.0


class Unwell(msgspec.Struct, frozen=True, tag="unwell"):
    """A status probe failed; the client counts these before it calls the device gone."""

    fault: Fault


FromHost = Opened | NotOpened | Accepted | Happened | Succeeded | Failed | Canceled | StatusIs | Unwell | Pong
