"""What a device profile may write for `nut`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import msgspec

from drivers.contract.faults import FaultCode, failing
from drivers.contract.secret import SecretText

Seconds = Annotated[float, msgspec.Meta(gt=0, le=2)]

_NAME = re.compile(r"[A-Za-z0-9._-]*")  # what upsd takes for a section of ups.conf that other programs can ask for


class NutSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`ups` is its name in upsd's ups.conf; empty: the only one there. `user` and `password_file` are needed for commands
    only (self-test, turning off): a user of upsd.users with `actions = SET` and the `instcmds` in question. The file holds the
    password in its first line and should be readable by this program alone."""

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 3493  # registered for NUT
    ups: str = ""
    user: str = ""
    password_file: str = ""

    connect_seconds: Seconds = 0.5
    answer_seconds: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.4  # upsd answers from memory, within a millisecond
    confirm_seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 8.0
    """How long the UPS may take to confirm a command: NUT drivers talk to it every 2 s."""
    result_seconds: Annotated[float, msgspec.Meta(gt=0, le=120)] = 35.0
    """After so long an unchanged test result is taken for that of the new test: drivers ask for it every 30 s (pollfreq)."""

    def __post_init__(self) -> None:
        if not self.host:
            raise ValueError("host is empty; it is where upsd runs")
        if not _NAME.fullmatch(self.ups):
            raise ValueError("ups may have letters, digits, dot, dash and underscore only")
        if any(character in self.user for character in "\r\n\0"):
            raise ValueError("user must be one line")
        if bool(self.user) != bool(self.password_file):
            raise ValueError("user and password_file go together")

    def password(self) -> SecretText:
        """Read the password. Raise DeviceFault(SETTING_INVALID) naming the key."""
        try:
            lines = Path(self.password_file).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            kind = type(error).__name__  # the text of a UnicodeDecodeError would quote the file
            raise failing(FaultCode.SETTING_INVALID, f"nut: password_file: cannot be read: {kind}") from None
        if not lines or not lines[0]:
            raise failing(FaultCode.SETTING_INVALID, "nut: password_file: its first line is empty")
        return SecretText(lines[0])
