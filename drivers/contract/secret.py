"""Personal data as a type: a name, a number, a photograph that cannot slip into a log, a file name or an exception text.

A `Secret` has a fixed repr and refuses str(), format(), pickle and JSON. It is read by `reveal()`, a word that can be
searched for, and crosses a process boundary only through `drivers.link.wire`, the one encoder that knows it.

The bytes live in a bytearray and are overwritten by `wipe()`. The limit, said plainly: what `reveal()` returns is an
ordinary Python value, whose memory the interpreter frees but does not overwrite.
"""

from __future__ import annotations

import hmac
from typing import Any, NoReturn

_counts = {"made": 0, "wiped": 0, "dropped": 0}


def counts() -> dict[str, int]:
    """Return how many secrets this process has made, wiped on purpose, and only dropped. made - wiped - dropped are alive."""
    return dict(_counts)


def _count(what: str) -> None:
    _counts[what] += 1


class Secret:
    """Base of `SecretText` and `SecretBytes`; holds its value as bytes until it is wiped."""

    __slots__ = ("_buffer",)
    _buffer: bytearray | None

    def __init__(self, raw: bytes | bytearray) -> None:
        self._buffer = bytearray(raw)
        _count("made")

    def raw(self) -> bytes:
        """Return the bytes for the wire encoder. Raise ValueError after `wipe()`."""
        if self._buffer is None:
            raise ValueError("this secret has been wiped")
        return bytes(self._buffer)

    @property
    def wiped(self) -> bool:
        """Whether the value is gone."""
        return self._buffer is None

    def wipe(self) -> None:
        """Overwrite the value with zeros and forget it. Calling it again does nothing."""
        if self._buffer is not None:
            self._overwrite()
            _count("wiped")

    def __del__(self) -> None:
        # The belt to the braces of the exit chain: what was only dropped is overwritten too, and counted as dropped.
        if getattr(self, "_buffer", None) is not None:
            self._overwrite()
            _count("dropped")

    def _overwrite(self) -> None:
        assert self._buffer is not None
        self._buffer[:] = bytes(len(self._buffer))
        self._buffer = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)) or self._buffer is None or other._buffer is None:
            return NotImplemented if not isinstance(other, Secret) else False
        return hmac.compare_digest(self._buffer, other._buffer)

    __hash__ = None  # type: ignore[assignment]  # a hash of a short secret is a copy of it

    def __bool__(self) -> bool:
        return bool(self._buffer)

    def __repr__(self) -> str:
        return "<secret>"

    def __str__(self) -> NoReturn:
        raise TypeError("a secret has no text form; call reveal() where it must be shown")

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError("a secret cannot be formatted; call reveal() where it must be shown")

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a secret cannot be pickled")

    def __copy__(self) -> NoReturn:
        raise TypeError("a secret is not copied; pass it on")

    def __deepcopy__(self, memo: Any) -> NoReturn:
        raise TypeError("a secret is not copied; pass it on")


class SecretText(Secret):
    """A secret that is text: a name, a number, an address."""

    __slots__ = ()

    def __init__(self, text: str) -> None:
        super().__init__(text.encode("utf-8"))

    def reveal(self) -> str:
        """Return the text. Raise ValueError after `wipe()`."""
        return self.raw().decode("utf-8")

    @classmethod
    def from_raw(cls, raw: bytes) -> SecretText:
        """Rebuild from the wire. Raise ValueError when `raw` is not UTF-8."""
        return cls(raw.decode("utf-8"))


class SecretBytes(Secret):
    """A secret that is bytes: a photograph, a fingerprint template."""

    __slots__ = ()

    def reveal(self) -> bytes:
        """Return the bytes. Raise ValueError after `wipe()`."""
        return self.raw()

    @classmethod
    def from_raw(cls, raw: bytes) -> SecretBytes:
        """Rebuild from the wire."""
        return cls(raw)


def wipe_all(value: object) -> int:
    """Wipe every secret reachable from a value of this contract (structs, tuples, lists, dicts); return how many."""
    if isinstance(value, Secret):
        value.wipe()
        return 1
    if isinstance(value, dict):
        return sum(wipe_all(inner) for inner in value.values())
    if isinstance(value, (tuple, list)):
        return sum(wipe_all(inner) for inner in value)
    fields = getattr(value, "__struct_fields__", ())
    return sum(wipe_all(getattr(value, name)) for name in fields)
