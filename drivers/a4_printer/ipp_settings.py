"""What a device profile may write for the IPP printer. Every figure has its reason; a wrong one is refused with its name."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

import msgspec

LAST_LOOK_SECONDS = 0.3
"""For the counter at the end of a cancelled command: with `cancel_seconds` it stays below the 3 s that a cancel may take."""

Seconds = Annotated[float, msgspec.Meta(gt=0, le=600)]


class Patience(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long what may take. Raise msgspec.ValidationError naming the key that is wrong."""

    request_seconds: Annotated[float, msgspec.Meta(gt=0, le=1.8)] = 1.8
    """For one answer. The contract wants a status within 2 s."""

    document_seconds: Seconds = 30.0
    """For handing over one page: a printer with little memory takes the bytes as fast as it prints them."""

    poll_seconds: Annotated[float, msgspec.Meta(gt=0, le=5)] = 0.3
    """Between two looks at a job. Faster tells nothing more: the quickest desktop printers take 1.5 s a page."""

    stop_seconds: Seconds = 10.0
    """How long a printer that wants attention may want it before the page is called off. Printers say "media-empty" for some
    seconds while they feed from another tray; a keeper needs minutes, for which nobody waits at the screen."""

    page_seconds: Seconds = 90.0
    """From handing over to a final job state. Laser printers name up to 60 s for the first page out of deep sleep."""

    lost_seconds: Seconds = 10.0
    """How long a printer that has a page may stay away before the page counts as lost; a network printer that renews its
    address is away for about 5 s."""

    cancel_seconds: Annotated[float, msgspec.Meta(gt=0, le=1.5)] = 1.5
    """For calling a job off and hearing what became of it. The client ends a host that needs more than 3 s for a cancel, and
    1 s of that may pass before a connection to a printer that is gone has failed."""

    exit_seconds: Seconds = 2.0
    """How long the exit sensor may lag behind the job state before the page counts as "completed" only."""

    @property
    def reserve(self) -> float:
        """Seconds kept back before a deadline, to call a page off and tell of it in time."""
        return self.cancel_seconds + 2 * LAST_LOOK_SECONDS


class Settings(Patience, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Raise ValueError (msgspec.ValidationError when converted) naming the key that is wrong."""

    uri: str
    """ipp://HOST[:PORT]/PATH. Give the address rather than a name: a name server that is away must not stop a print."""

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.uri)
            port = parts.port
        except ValueError as error:
            raise ValueError(f"uri: {error}; write ipp://HOST:PORT/PATH") from None
        if parts.username or parts.password:
            raise ValueError("uri: a user name or password does not belong here; let the printer trust this address")
        if parts.scheme != "ipp" or not parts.hostname or port == 0:
            raise ValueError(f"uri: write ipp://HOST:PORT/PATH, not {self.uri!r}")
