"""JPEG pictures out of a multipart/x-mixed-replace stream, as network cameras send it.

The stream is not trusted: parts are torn, lengths lie, boundaries come without their dashes, garbage comes between. Whatever comes,
the reader holds at most `limit` bytes and goes on with the next boundary. A picture is handed out as soon as its last byte is here,
not when the next boundary arrives: that would be one picture late.

Sources: RFC 2046 section 5.1; ITU-T T.81 (JPEG) annex B for the markers.
"""

from __future__ import annotations

import re

_START, _END = b"\xff\xd8\xff", b"\xff\xd9"
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"^content-length:\s*(\d{1,9})\s*$", re.IGNORECASE | re.MULTILINE)
_MOST_HEADERS = 4096
_PADDING = b"\r\n\0-"
"""What may stand between a picture's end and the next boundary."""


def boundary_of(content_type: str) -> bytes | None:
    """Return the boundary of a multipart content type, None when it is none. Cameras disagree on leading dashes: dropped."""
    if not content_type.lower().lstrip().startswith("multipart/"):
        return None
    found = re.search(r'boundary\s*=\s*(?:"([^"]*)"|([^;\s]+))', content_type, re.IGNORECASE)
    name = (found.group(1) or found.group(2) or "") if found else ""
    return name.strip().lstrip("-").encode("latin-1", "replace") or None


_TAIL = 64
"""Bytes looked at for a picture's end; padding is a few bytes."""


class PartReader:
    """Fed with bytes as they come; gives whole JPEG files. `damaged` counts parts that were none."""

    def __init__(self, boundary: bytes, *, limit: int) -> None:
        self._delimiter = b"--" + boundary
        self._limit = limit
        self._buffer = bytearray()
        self._in_body = False
        self._length: int | None = None
        self._searched = 0
        self.damaged = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes, return the pictures that they complete, in order."""
        self._buffer += data
        pictures = []
        while (found := self._body() if self._in_body else self._head()) is not None:
            if found:
                pictures.append(found)
        return pictures

    def _head(self) -> bytes | None:
        """Find a boundary and the headers behind it; None when more bytes are needed."""
        at = self._buffer.find(self._delimiter)
        if at < 0:
            # Nothing before a boundary matters; keep only what may be the beginning of one.
            del self._buffer[: max(0, len(self._buffer) - len(self._delimiter))]
            return None
        del self._buffer[:at]
        end = _HEADERS_END.search(self._buffer, len(self._delimiter), _MOST_HEADERS)
        if end is None:
            if len(self._buffer) < _MOST_HEADERS:
                return None
            self.damaged += 1
            del self._buffer[: len(self._delimiter)]
            return b""
        headers = bytes(self._buffer[len(self._delimiter) : end.start()]).replace(b"\r", b"")
        length = _LENGTH.search(headers)
        self._length = int(length.group(1)) if length else None
        del self._buffer[: end.end()]
        self._in_body, self._searched = True, 0
        return b""

    def _body(self) -> bytes | None:
        """Find the end of the picture; None when more bytes are needed, b"" when it was damaged."""
        delimiter = self._buffer.find(self._delimiter, self._searched)
        self._searched = max(0, len(self._buffer) - len(self._delimiter))
        length = self._length
        if length is not None and delimiter < 0 and len(self._buffer) < length <= self._limit:
            return None
        if length is not None and not -1 < delimiter < length and self._buffer[max(0, length - 2) : length] == _END:
            return self._finish(length)
        if delimiter >= 0:
            return self._finish(delimiter)
        tail = self._buffer[-_TAIL:]
        bare = tail.rstrip(_PADDING)
        if bare.endswith(_END):
            # No length, or a lying one, but the bytes here end as a picture ends. What follows may be half a boundary: it stays.
            return self._finish(len(self._buffer) - len(tail) + len(bare))
        if len(self._buffer) > self._limit:
            return self._finish(len(self._buffer))
        return None

    def _finish(self, end: int) -> bytes:
        part = bytes(self._buffer[:end]).rstrip(_PADDING)
        del self._buffer[:end]
        self._in_body, self._searched = False, 0
        if len(part) <= self._limit and part.startswith(_START) and part.endswith(_END):
            return part
        self.damaged += 1
        return b""
