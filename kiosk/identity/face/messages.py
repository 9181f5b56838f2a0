"""What core and face worker say to each other. Each question has one answer with its number.

No message carries a score: whoever holds the worker's socket can learn no more than a visitor may.
"""

from __future__ import annotations

import msgspec

from drivers.contract.secret import SecretBytes
from kiosk.identity.face.limits import EngineName, Outcome, PictureLimits, Thresholds


class Open(msgspec.Struct, frozen=True, tag="open"):
    """First message: load this engine. Answered by Ready or NotReady."""

    engine: EngineName
    limits: PictureLimits


class Enrol(msgspec.Struct, frozen=True, kw_only=True, tag="enrol"):
    """Take the face in this image file as the one to compare with. Answered by Enrolment."""

    id: int
    photo: SecretBytes
    thresholds: Thresholds


class Look(msgspec.Struct, frozen=True, kw_only=True, tag="look"):
    """Judge a frame: one descriptor comes along, a sealed memfd of height × width × 3 bytes RGB. Answered by Seen."""

    id: int
    width: int
    height: int


class Forget(msgspec.Struct, frozen=True, tag="forget"):
    """Wipe the enrolled face. Answered by Forgotten."""

    id: int


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """Answered by Pong, after what was asked before."""

    id: int


ToWorker = Open | Enrol | Look | Forget | Ping


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The models are loaded."""


class NotReady(msgspec.Struct, frozen=True, tag="not_ready"):
    """The engine cannot run here; the text is for a technician and names the cure. The worker ends."""

    why: str


class Enrolment(msgspec.Struct, frozen=True, tag="enrolment"):
    """Frames are compared with this face from now on, unless there is a problem.

    NO_FACE and MANY_FACES: the photograph has not exactly one; NO_PICTURE: it is no image file.
    """

    id: int
    problem: Outcome | None = None


class Seen(msgspec.Struct, frozen=True, tag="seen"):
    """What the frame said."""

    id: int
    outcome: Outcome


class Forgotten(msgspec.Struct, frozen=True, tag="forgotten"):
    """No face is enrolled any more."""

    id: int


class Pong(msgspec.Struct, frozen=True, tag="pong"):
    """The worker lives."""

    id: int


Answer = Enrolment | Seen | Forgotten | Pong
FromWorker = Ready | NotReady | Answer
