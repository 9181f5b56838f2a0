"""What the core and the nursery say to each other (see drivers.link.nursery)."""

from __future__ import annotations

import msgspec


class Fork(msgspec.Struct, frozen=True, kw_only=True, tag="fork"):
    """Fork a child. With it come the child's end of its channel and what becomes its stdout and stderr."""

    number: int
    title: str


class Kill(msgspec.Struct, frozen=True, tag="kill"):
    """SIGKILL a child. Goes through its parent, which has not waited for it: the process id is still that child's."""

    pid: int


ToNursery = Fork | Kill


class Forked(msgspec.Struct, frozen=True, kw_only=True, tag="forked"):
    """Answers Fork."""

    number: int
    pid: int


class NotForked(msgspec.Struct, frozen=True, kw_only=True, tag="not_forked"):
    """Answers Fork; `errno` is the kernel's reason."""

    number: int
    errno: int


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="ended"):
    """A child ended: its exit code, or the signal as a negative number."""

    pid: int
    code: int


FromNursery = Forked | NotForked | Ended
