"""The line to an interpreter: whatever comes over it, in whatever pieces, becomes a picture, a state, or an error that is told."""

from __future__ import annotations

import io
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from kiosk.sign_language.line import MOST_BYTES, MOST_PIXELS, Line, decoded
from kiosk.sign_language.messages import Line as Standing
from kiosk.sign_language.source import Rgb


def jpeg(size: tuple[int, int] = (40, 50), kind: str = "JPEG") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "#c03020").save(made, kind)
    return made.getvalue()


BOMB = jpeg().replace((50).to_bytes(2, "big") + (40).to_bytes(2, "big"), b"\xff\xff\xff\xff")
"""It says of itself that it has 65,535 × 65,535 pixels."""


def line_of(**header: object) -> bytes:
    return json.dumps(header).encode() + b"\n"


def pictured(data: bytes) -> bytes:
    return line_of(type="picture", bytes=len(data)) + data


@contextmanager
def called(folder: Path) -> Iterator[tuple[Line, socket.socket]]:
    """A call, and the other end of it."""
    address = folder / "line"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(address))
        server.listen(1)
        line = Line(str(address), "TEST-1")
        other, _ = server.accept()
        try:
            with other:
                yield line, other
        finally:
            line.close()
            address.unlink()


def asked(line: Line) -> Rgb | None:
    """Ask until something is there; the other end has sent already."""
    for _ in range(20):
        picture = line.picture()
        if picture is not None:
            return picture
        time.sleep(0.001)
    return None


def test_who_calls_is_said_once_and_nothing_else(tmp_path: Path) -> None:
    with called(tmp_path) as (line, other):
        assert line.line is Standing.CALLING
        assert json.loads(other.recv(1000)) == {"type": "call", "kiosk": "TEST-1", "language": "csl"}
        assert line.picture() is None


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 900), max_size=40))
def test_a_picture_is_whole_in_whatever_pieces_it_comes(tmp_path: Path, cuts: list[int]) -> None:
    stream = line_of(type="state", state="connected") + pictured(jpeg())
    with called(tmp_path) as (line, other):
        found = None
        for cut in [*cuts, len(stream)]:
            other.sendall(stream[:cut])
            stream = stream[cut:]
            found = line.picture() if found is None else found
        found = asked(line) if found is None else found
        assert line.line is Standing.CONNECTED
        assert found is not None
        assert found.shape == (50, 40, 3)


def test_of_several_pictures_the_newest_is_shown(tmp_path: Path) -> None:
    with called(tmp_path) as (line, other):
        other.sendall(pictured(jpeg((40, 50))) + pictured(jpeg((60, 80))))
        picture = asked(line)
        assert picture is not None
        assert picture.shape == (80, 60, 3)


@pytest.mark.parametrize(
    "sent",
    [
        b"x" * 5000,
        b"no json\n",
        line_of(type="state", state="dancing"),
        line_of(type="command", run="rm"),
        line_of(type="picture", bytes=MOST_BYTES + 1),
        line_of(type="picture", bytes=-1),
        pictured(b"no picture"),
        pictured(jpeg(kind="PNG")),
        pictured(jpeg((MOST_PIXELS + 1, 8))),
        pictured(BOMB),
    ],
    ids=[
        "no end",
        "no json",
        "no state",
        "no message",
        "too long",
        "negative",
        "no jpeg",
        "png",
        "too many pixels",
        "a bomb",
    ],
)
def test_nonsense_is_an_error_and_no_picture(tmp_path: Path, sent: bytes) -> None:
    with called(tmp_path) as (line, other):
        other.sendall(sent)
        with pytest.raises((ValueError, OSError)):
            asked(line)


def test_the_end_of_the_line_is_told(tmp_path: Path) -> None:
    with called(tmp_path) as (line, other):
        other.close()
        with pytest.raises((EOFError, ConnectionError)):
            asked(line)


def test_nobody_at_the_socket_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Line(str(tmp_path / "nobody"), "TEST-1")


def test_a_picture_is_decoded_in_its_colours() -> None:
    red, green, blue = decoded(jpeg())[10, 10]
    assert red > 2 * green > blue
