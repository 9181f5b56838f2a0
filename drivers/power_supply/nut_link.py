"""Questions to upsd and its answers, one at a time over one connection.

Why not aionut, the client that is kept best: it logs each line it sends at debug level, the password's too; it sends a command
again when the connection broke under it (a second "shut down" is not a repeat of the first); it knows no SET VAR, without
which the UPS cannot be told when to cut its output; it takes quotes off values but leaves their backslashes; and it is an
asyncio client, while a driver is called from a plain thread. The protocol is lines of words: what is needed of it is here.

The protocol does not number its answers. After anything but a whole, expected answer the connection is closed, so that no
late answer is taken for that to another question.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.lines.tcp_line import TcpLine
from drivers.power_supply import nut_lines
from drivers.power_supply.nut_settings import NutSettings

Check = Callable[[], None]

_CHECK_EVERY = 0.1
"""Seconds between two looks at the caller's deadline and cancel; the contract asks for 0.2."""

_LONGEST_LIST = 2000
"""Lines; the largest rack units tell a few hundred variables."""

_POLL_SECONDS = 0.1
"""Between two looks whether a command was carried out; upsd answers from memory."""


class NutLink:
    """One upsd. Not connected until `connect()`, and no longer once an answer failed."""

    def __init__(self, settings: NutSettings) -> None:
        self._set = settings
        self._line: TcpLine | None = None
        self._rest = b""
        self._tracking = False
        """upsd tells what became of a command (NUT 2.8 and later); else its OK says no more than that it was passed on."""

    @property
    def connected(self) -> bool:
        """Whether the connection is there."""
        return self._line is not None

    def connect(self, check: Check) -> None:
        """Connect and say who asks. Raise DeviceFault: SERVICE_DOWN when nobody listens, PORT_ABSENT, SETTING_INVALID."""
        self.close()
        try:
            self._line = TcpLine(self._set.host, self._set.port, seconds=self._set.connect_seconds)
        except DeviceFault as error:
            if isinstance(error.__cause__, ConnectionRefusedError):
                raise failing(FaultCode.SERVICE_DOWN, f"upsd: {error.fault.detail}") from error
            raise
        if self._set.user:
            self._log_in(check)

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None
        self._rest = b""

    def variable(self, ups: str, name: str, check: Check) -> str | None:
        """The variable's value, None when this UPS has none of that name. Raise DeviceFault."""
        reply = self._ask(f"GET VAR {ups} {name}", check, about=name)
        if reply[0] == "ERR":
            if reply[1:] == ["VAR-NOT-SUPPORTED"]:
                return None
            raise nut_lines.refusal(reply, name)
        if len(reply) != 4 or reply[:3] != ["VAR", ups, name]:
            raise self._garbled(name)
        return reply[3]

    def listed(self, what: str, check: Check, ups: str = "") -> list[str]:
        """The names in `LIST UPS`, `LIST CMD ups`, `LIST RW ups` or `LIST VAR ups`. Raise DeviceFault."""
        title = f"LIST {what} {ups}".split()
        reply = self._ask(" ".join(title), check, about=title[1])
        if reply[0] == "ERR":
            raise nut_lines.refusal(reply, " ".join(title))
        if reply != ["BEGIN", *title]:
            raise self._garbled(what)
        names: list[str] = []
        prefix = title[1:]
        until = self._until()
        while (row := self._hear(until, check, about=what)) != ["END", *title]:
            if row[: len(prefix)] != prefix or len(row) == len(prefix) or len(names) >= _LONGEST_LIST:
                raise self._garbled(what)
            names.append(row[len(prefix)])
        return names

    def set_variable(self, ups: str, name: str, value: str, check: Check) -> None:
        """Set a variable; never sent twice. Raise DeviceFault: UNSUPPORTED, SETTING_INVALID (rights), LINK_SILENT."""
        self._carry_out(f"SET VAR {ups} {name} {nut_lines.quoted(value)}", check, about=name)

    def command(self, ups: str, name: str, check: Check) -> None:
        """Run an instant command; never sent twice. Raise as `set_variable`."""
        self._carry_out(f"INSTCMD {ups} {name}", check, about=name)

    # --- lines

    def _log_in(self, check: Check) -> None:
        user, password = nut_lines.quoted(self._set.user), self._set.password()
        try:
            for line, about in ((f"USERNAME {user}", "user"), (_password_line(password.reveal()), "password_file")):
                reply = self._ask(line, check, about=about)
                if reply[0] != "OK":
                    raise nut_lines.refusal(reply, about)
        except DeviceFault:
            self.close()
            raise
        finally:
            password.wipe()
        self._tracking = self._ask("SET TRACKING ON", check, about="tracking") == ["OK"]

    def _carry_out(self, line: str, check: Check, *, about: str) -> None:
        reply = self._ask(line, check, about=about)
        if reply[0] == "ERR":
            raise nut_lines.refusal(reply, about)
        if reply[0] != "OK":
            raise self._garbled(about)
        if not self._tracking or reply[1:2] != ["TRACKING"] or len(reply) != 3:
            return  # an older upsd: it passed the command on
        until = time.monotonic() + self._set.confirm_seconds
        while (outcome := self._ask(f"GET TRACKING {reply[2]}", check, about=about)) == ["PENDING"]:
            if time.monotonic() >= until:
                raise failing(
                    FaultCode.LINK_SILENT, f"{about}: the UPS did not confirm within {self._set.confirm_seconds} s"
                )
            check()
            time.sleep(_POLL_SECONDS)
        if outcome[0] == "ERR":
            raise _not_carried_out(outcome, about)
        if outcome != ["SUCCESS"]:
            raise self._garbled(about)

    def _ask(self, line: str, check: Check, *, about: str) -> list[str]:
        if self._line is None:
            raise failing(FaultCode.DEVICE_GONE, "not connected to upsd")
        try:
            if self._rest:
                raise failing(FaultCode.LINK_GARBLED, f"{about}: upsd said more than it was asked")
            self._line.discard_input()
            self._line.write(line.encode() + b"\n")
        except DeviceFault:
            self.close()
            raise
        return self._hear(self._until(), check, about=about)

    def _until(self) -> float:
        return time.monotonic() + self._set.answer_seconds

    def _hear(self, until: float, check: Check, *, about: str) -> list[str]:
        """Return the words of the next line, never none. On any failure the connection is closed."""
        try:
            line = self._next_line(until, check, about)
            found = nut_lines.words(line)
            if not found:
                raise nut_lines.Unreadable("an empty line")
        except nut_lines.Unreadable as error:
            self.close()
            raise failing(FaultCode.LINK_GARBLED, f"{about}: {error}") from None
        except BaseException:  # also a cancel: the answer will come later
            self.close()
            raise
        return found

    def _next_line(self, until: float, check: Check, about: str) -> bytes:
        assert self._line is not None
        while b"\n" not in self._rest:
            if len(self._rest) > nut_lines.LONGEST_LINE:
                raise nut_lines.Unreadable("a line without end")
            check()
            left = until - time.monotonic()
            if left <= 0:
                if self._rest:
                    raise nut_lines.Unreadable("half a line")
                raise failing(FaultCode.LINK_SILENT, f"{about}: upsd does not answer")
            self._rest += self._line.read(min(left, _CHECK_EVERY))
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _garbled(self, about: str) -> DeviceFault:
        self.close()
        return failing(FaultCode.LINK_GARBLED, f"{about}: the answer is to another question")


def _password_line(password: str) -> str:
    return f"PASSWORD {nut_lines.quoted(password)}"


def _not_carried_out(outcome: list[str], about: str) -> DeviceFault:
    if outcome[1:] in (["UNKNOWN"], ["INVALID-ARGUMENT"]):
        return failing(FaultCode.UNSUPPORTED, f"{about}: the NUT driver says {outcome[1]}")
    return failing(FaultCode.LINK_SILENT, f"{about}: the UPS did not do it")
