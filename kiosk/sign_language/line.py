"""A line to an interpreter: a Unix socket at which the operator's own program answers (a bridge to a call centre, a browser, SIP).

The kiosk opens it when somebody asks for help, says once who calls, and closes it to hang up. The other side sends lines of JSON;
after a picture's line its bytes follow, a JPEG:

    -> {"type": "call", "kiosk": "DEMO-0001", "language": "csl"}
    <- {"type": "state", "state": "calling"}          calling, connected, busy, left
    <- {"type": "picture", "bytes": 18230}            then 18230 bytes

Nothing of the visitor goes over this line: what the interpreter sees is the operator's affair (decision 021).
"""

from __future__ import annotations

import io
import socket
import time

import msgspec
import numpy as np
from PIL import Image

from kiosk.sign_language.messages import Line as Standing
from kiosk.sign_language.source import Rgb

MOST_BYTES = 512 * 1024
"""Of one picture."""
MOST_PIXELS = 1920
"""Of a side of it: a small file may claim to be a large picture."""
_MOST_HEADER = 4096
_AT_ONCE = 256 * 1024
_LONGEST_WAIT = 1.0


class _State(msgspec.Struct, frozen=True, tag="state"):
    state: Standing


class _Picture(msgspec.Struct, frozen=True, tag="picture"):
    bytes: int


class Line:
    """One call. See `Source`."""

    def __init__(self, address: str, kiosk: str) -> None:
        """Raise OSError when nobody is at the socket."""
        self.line: Standing | None = Standing.CALLING
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.setblocking(False)
            self._socket.connect(address)
            self._socket.sendall(msgspec.json.encode({"type": "call", "kiosk": kiosk, "language": "csl"}) + b"\n")
        except OSError:
            self._socket.close()
            raise
        self._unread = bytearray()
        self._awaits = 0

    def descriptors(self) -> list[int]:
        """See `Source`."""
        return [self._socket.fileno()]

    def due(self) -> float:
        """See `Source`."""
        return time.monotonic() + _LONGEST_WAIT

    def picture(self) -> Rgb | None:
        """See `Source`. Of several pictures that are there the newest."""
        self._read()
        newest: bytes | None = None
        while True:
            if self._awaits:
                if len(self._unread) < self._awaits:
                    break
                newest = bytes(self._unread[: self._awaits])
                del self._unread[: self._awaits]
                self._awaits = 0
                continue
            end = self._unread.find(b"\n")
            if end < 0:
                if len(self._unread) > _MOST_HEADER:
                    raise ValueError("a line without an end")
                break
            self._heed(bytes(self._unread[:end]))
            del self._unread[: end + 1]
        return decoded(newest) if newest is not None else None

    def _heed(self, header: bytes) -> None:
        match msgspec.json.decode(header, type=_State | _Picture):
            case _State(state=state):
                self.line = state
            case _Picture(bytes=size):
                if not 0 < size <= MOST_BYTES:
                    raise ValueError(f"a picture of {size} bytes")
                self._awaits = size

    def _read(self) -> None:
        try:
            received = self._socket.recv(_AT_ONCE)
        except BlockingIOError:
            return
        if not received:
            raise EOFError
        self._unread += received

    def close(self) -> None:
        """See `Source`."""
        self._socket.close()


def decoded(jpeg: bytes) -> Rgb:
    """Decode a picture. Raise ValueError, OSError for what is no JPEG, or one that is too large."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
            if max(picture.size) > MOST_PIXELS:
                raise ValueError(f"a picture of {picture.width} × {picture.height} pixels")
            return np.asarray(picture.convert("RGB"), np.uint8)
    except Image.DecompressionBombError as error:
        raise ValueError(str(error)) from error
