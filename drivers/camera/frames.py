"""Cameras that serve MJPEG over HTTP: network cameras, and anything that can be put behind such an address.

Sources: the de-facto multipart/x-mixed-replace stream (RFC 2046 section 5.1 syntax, one JPEG a part); python's http.client.

The picture is fetched only while somebody asked for it (a Stream command) and for a moment when the status is probed.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from PIL import Image

from drivers.camera.multipart import PartReader, boundary_of
from drivers.camera.newest import Newest, Patience, Picture, deliver
from drivers.contract import camera as contract
from drivers.contract.common import DeviceClass, Done, Identity, Readiness
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, Fault, FaultCode, failing, fault

Positive = Annotated[float, msgspec.Meta(gt=0)]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=8192)]

_READ = 65536
_MOST_PIXELS = 4096 * 4096


class FramesSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a device profile may write. `width` and `height` are what the camera is set to deliver; 0 takes what comes."""

    url: str
    width: Pixels = 0
    height: Pixels = 0
    fps: Positive = 15.0
    """As the camera is set; told in the capabilities, not enforced."""
    connect_seconds: Positive = 1.5
    """For connection and first picture; the host wants a status within 2 s."""
    silence_seconds: Positive = 2.0
    """Without a good picture for so long, the picture counts as dead."""
    standstill_seconds: Positive = 3.0
    """With one and the same picture, to the byte, for so long, too."""
    most_bytes: Annotated[int, msgspec.Meta(ge=4096)] = 4 * 1024 * 1024
    """Of one JPEG file."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("url must be http://HOST[:PORT]/PATH or https://…")
        if parts.username is not None:
            raise ValueError("url must not hold a user name; let the camera serve the kiosk's own network without one")


class FramesCamera(Driver):
    """One MJPEG source."""

    device_class = DeviceClass.CAMERA
    Settings = FramesSettings

    def __init__(self, settings: FramesSettings) -> None:
        super().__init__(settings)
        self._own = settings

    def open(self) -> contract.Capabilities:
        """Fetch one picture.

        Raise PORT_ABSENT, PORT_DENIED, LINK_SILENT, DEVICE_GONE, NO_FRAMES, or SETTING_INVALID when url or size do not fit.
        """
        picture = one_picture(self._own)
        wanted = (self._own.width or picture.width, self._own.height or picture.height)
        if wanted != (picture.width, picture.height):
            raise failing(
                FaultCode.SETTING_INVALID,
                f"the camera sends {picture.width}x{picture.height}, width and height say {wanted[0]}x{wanted[1]}",
            )
        return contract.Capabilities(identity=Identity(), width=picture.width, height=picture.height, fps=self._own.fps)

    def status(self) -> contract.Status:
        """Fetch one picture; raise as `open` does."""
        one_picture(self._own)
        return contract.Status(readiness=Readiness.READY)

    def perform(self, command: contract.Stream, call: Call) -> Done:
        """Deliver frames until cancelled. Raise NO_FRAMES, DEVICE_GONE when the camera hangs up, and what `open` raises."""
        with running(self._own) as newest:
            patience = Patience(self._own.silence_seconds, self._own.standstill_seconds)
            deliver(newest, call, command.max_fps, self._of_agreed_size, patience)
        return Done()

    def close(self) -> None:
        """Nothing is held between commands."""

    def _of_agreed_size(self, jpeg: bytes) -> Picture | None:
        picture = decode(jpeg)
        if picture is None or (picture.width, picture.height) != (
            self._own.width or picture.width,
            self._own.height or picture.height,
        ):
            return None
        return picture


def one_picture(settings: FramesSettings) -> Picture:
    """Fetch one picture. Raise as `FramesCamera.open` does, but for the size."""
    end = time.monotonic() + settings.connect_seconds
    with _connect(settings, settings.connect_seconds) as stream:
        damaged = 0
        while time.monotonic() < end:
            for jpeg in stream.read():
                picture = decode(jpeg)
                if picture is not None:
                    return picture
                damaged += 1
    raise failing(FaultCode.NO_FRAMES, f"{damaged + stream.damaged} damaged pictures, none good")


@contextlib.contextmanager
def running(settings: FramesSettings) -> Iterator[Newest[bytes]]:
    """Fetch the stream in a thread of its own; its shots are JPEG files. Raise as `FramesCamera.perform` does."""
    newest: Newest[bytes] = Newest()
    with _connect(settings, settings.silence_seconds) as stream:
        pump = threading.Thread(target=_pump, args=(stream, newest), name="camera", daemon=True)
        pump.start()
        try:
            yield newest
        finally:
            stream.hang_up()
            pump.join(settings.silence_seconds)


def decode(jpeg: bytes) -> Picture | None:
    """Return the picture, None when the file is damaged or monstrous."""
    found = _decoded(jpeg, "RGB")
    return Picture(*found) if found is not None else None


def decode_grey(jpeg: bytes) -> tuple[int, int, bytes] | None:
    """Return width, height and one byte a pixel, None when the file is damaged or monstrous. Half the work of `decode`."""
    return _decoded(jpeg, "L")


def _decoded(jpeg: bytes, mode: str) -> tuple[int, int, bytes] | None:
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            image.draft(mode, image.size)  # colour that nobody asked for is not even unpacked
            return image.width, image.height, image.convert(mode).tobytes()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        # Pillow's ways of saying that a file is broken; the caller counts it.
        return None


class _Stream:
    """An answered request: JPEG files come out of it."""

    def __init__(self, sock: socket.socket, response: http.client.HTTPResponse, reader: PartReader) -> None:
        self._socket, self._response, self._reader = sock, response, reader

    @property
    def damaged(self) -> int:
        """Parts that were no pictures."""
        return self._reader.damaged

    def read(self) -> list[bytes]:
        """Wait for bytes and return the pictures that they complete. Raise DeviceFault: LINK_SILENT, DEVICE_GONE."""
        try:
            data = self._response.read1(_READ)
        except TimeoutError:
            raise failing(FaultCode.LINK_SILENT, "the camera sends nothing") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise failing(FaultCode.DEVICE_GONE, type(error).__name__) from None
        if not data:
            raise failing(FaultCode.DEVICE_GONE, "the camera ended the stream")
        return self._reader.feed(data)

    def hang_up(self) -> None:
        """Break the connection; a `read` in another thread ends."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _connect(settings: FramesSettings, read_seconds: float) -> Iterator[_Stream]:
    parts = urlsplit(settings.url)
    assert parts.hostname is not None
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=settings.connect_seconds, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=settings.connect_seconds)
    try:
        sock = _reach(connection)
        response = _request(connection, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        boundary = boundary_of(response.getheader("Content-Type", ""))
        if boundary is None:
            raise failing(
                FaultCode.SETTING_INVALID, "url answers, but not with an MJPEG stream (multipart/x-mixed-replace)"
            )
        sock.settimeout(read_seconds)
        with response:
            yield _Stream(sock, response, PartReader(boundary, limit=settings.most_bytes))
    finally:
        connection.close()


def _reach(connection: http.client.HTTPConnection) -> socket.socket:
    """Connect; return the socket, which http.client itself lets go of as soon as the answer has begun."""
    try:
        connection.connect()
    except (OSError, ValueError) as error:
        raise failing(FaultCode.PORT_ABSENT, f"{connection.host}:{connection.port}") from error
    sock: socket.socket = connection.sock
    return sock


def _request(connection: http.client.HTTPConnection, path: str) -> http.client.HTTPResponse:
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        response = connection.getresponse()
    except TimeoutError:
        raise failing(FaultCode.LINK_SILENT, "the camera does not answer the request") from None
    except (OSError, http.client.HTTPException) as error:
        raise failing(FaultCode.DEVICE_GONE, type(error).__name__) from None
    if response.status in (401, 403):
        raise failing(FaultCode.PORT_DENIED, f"the camera answers {response.status}")
    if response.status != 200:
        raise failing(FaultCode.SETTING_INVALID, f"url: the camera answers {response.status}")
    return response


def _pump(stream: _Stream, newest: Newest[bytes]) -> None:
    """The camera's thread: reads as fast as the camera sends, whatever the consumer does."""
    try:
        while True:
            for jpeg in stream.read():
                newest.put(jpeg)
    except DeviceFault as error:
        newest.end(_as_camera_fault(error.fault))


def _as_camera_fault(reason: Fault) -> Fault:
    """Silence in the middle of a stream is a dead picture, in the words of the camera's contract."""
    return fault(FaultCode.NO_FRAMES, reason.detail) if reason.code is FaultCode.LINK_SILENT else reason
