"""What a device profile may write for `crt_591`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Seconds = Annotated[float, msgspec.Meta(gt=0, le=30)]


class CrtSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Figures: the maker's protocol text where a clause is named, else as public hosts drive these machines."""

    port: str
    # The machine takes over the host's speed with the first command after power-on (3.1.1). The M001 text ends at 57600; a
    # CRT-591-R02 was seen at 115200.
    baud: Literal[115200, 57600, 38400, 19200, 9600] = 115200
    address: Annotated[int, msgspec.Meta(ge=0, le=15)] = 0  # DIP switches, 0 from the factory (1.3)

    ack_seconds: Seconds = 0.3  # 1.4.2 case 1
    # 1.4.2 case 4 gives the machine 20 ms; a USB-serial adapter alone may hold bytes back for 16.
    answer_seconds: Annotated[float, msgspec.Meta(gt=0, le=0.5)] = 0.4
    move_seconds: Seconds = 15.0  # public hosts wait so long for a motor
    init_seconds: Annotated[float, msgspec.Meta(gt=0, le=3)] = 3.0  # what opening can spare
    gap_seconds: Annotated[float, msgspec.Meta(gt=0, le=0.2)] = (
        0.05  # silence that ends a torn frame; USB adapters pause 16 ms
    )
    settle_seconds: Seconds = 5.0  # how long to ask where the card is, after a reply was lost
    attempts: Annotated[int, msgspec.Meta(ge=1, le=5)] = 3  # public hosts send a command that was refused up to 3 times

    poll_ms: Annotated[int, msgspec.Meta(ge=50, le=1000)] = 200
    gone_looks: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3  # house rule: "gone" needs three misses
    # Some machines draw a card that nobody takes into the bin, by a timer of their own (seen on a CRT-591-R02). Then only the
    # bin's counter tells "taken" from "taken back".
    takes_back: bool = True
