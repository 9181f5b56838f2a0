"""The lines of NUT's network protocol: words and quotes. No I/O.

Source: RFC 9271 (Uninterruptible Power Supply Management Protocol): words are parted by spaces; a word with spaces
stands in double quotes, in which a quote and a backslash are preceded by a backslash.
"""

from __future__ import annotations

import re

from drivers.contract.faults import DeviceFault, FaultCode, failing

LONGEST_LINE = 2048
"""Bytes without a line feed after which the stream is no answer; upsd's own buffers hold 1,024."""

_FIRST_PRINTABLE = 0x20
_DELETE = "\x7f"

_ONE = r'(?:"(?:[^"\\]|\\.)*"|[^ "\\]+)'
_WORD = re.compile(_ONE)
_WORDS = re.compile(rf" *(?:{_ONE}(?: +|$))*")
_ESCAPED = re.compile(r"\\(.)")

_ERROR_NAME = re.compile(r"[A-Z-]{1,40}")

_ERRORS = {
    "ACCESS-DENIED": (
        FaultCode.SETTING_INVALID,
        "user, password_file: upsd.users does not allow this, or not from here",
    ),
    "INVALID-USERNAME": (FaultCode.SETTING_INVALID, "user: refused"),
    "INVALID-PASSWORD": (FaultCode.SETTING_INVALID, "password_file: refused"),
    "USERNAME-REQUIRED": (FaultCode.SETTING_INVALID, "user: needed for this"),
    "PASSWORD-REQUIRED": (FaultCode.SETTING_INVALID, "password_file: needed for this"),
    "UNKNOWN-UPS": (FaultCode.SETTING_INVALID, "ups: upsd knows none of this name"),
    "DATA-STALE": (FaultCode.LINK_SILENT, "upsd runs, but the UPS itself does not answer its driver"),
    "DRIVER-NOT-CONNECTED": (FaultCode.SERVICE_DOWN, "upsd runs, but the NUT driver of this UPS does not"),
    "CMD-NOT-SUPPORTED": (FaultCode.UNSUPPORTED, "the UPS has no such command"),
    "VAR-NOT-SUPPORTED": (FaultCode.UNSUPPORTED, "the UPS has no such variable"),
    "READONLY": (FaultCode.UNSUPPORTED, "the variable cannot be set"),
    "INVALID-VALUE": (FaultCode.UNSUPPORTED, "the UPS does not take this value"),
    "INSTCMD-FAILED": (FaultCode.LINK_SILENT, "the UPS did not take the command"),
    "SET-FAILED": (FaultCode.LINK_SILENT, "the UPS did not take the value"),
}
"""RFC 9271's error names, and who must act on each."""


class Unreadable(ValueError):
    """A line that is no line of the protocol. Its text names no part of the line."""


def words(line: bytes) -> list[str]:
    """Take a line apart. Raise Unreadable: a quote that does not end, a control character."""
    text = line.decode("utf-8", errors="replace")  # some devices tell their own names in other encodings
    if any(ord(character) < _FIRST_PRINTABLE or character == _DELETE for character in text):
        raise Unreadable("a control character")
    if _WORDS.fullmatch(text) is None:
        raise Unreadable("a quote that does not end")
    return [_unquoted(word) for word in _WORD.findall(text)]


def _unquoted(word: str) -> str:
    bare = word[1:-1] if word.startswith('"') else word
    return _ESCAPED.sub(r"\1", bare)


def quoted(text: str) -> str:
    """Return the word as it is sent. Raise ValueError for what a line cannot hold."""
    if any(ord(character) < _FIRST_PRINTABLE or character == _DELETE for character in text):
        raise ValueError("a word of a line holds no control characters")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def refusal(reply: list[str], about: str) -> DeviceFault:
    """The fault for a reply `ERR NAME`."""
    name = reply[1] if len(reply) > 1 and _ERROR_NAME.fullmatch(reply[1]) else "without a name"
    code, text = _ERRORS.get(name, (FaultCode.LINK_GARBLED, "an error that is not in the protocol"))
    return failing(code, f"{about}: {name}: {text}")
