"""The multipart reader: whole pictures at once, and whatever else bad lines and odd firmware send."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.camera.multipart import PartReader, boundary_of

LIMIT = 20_000


def jpeg(seed: int = 0) -> bytes:
    noise = random.Random(seed).randbytes(48 * 32 * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (48, 32), noise).save(out, "JPEG")
    return out.getvalue()


PICTURES = [jpeg(seed) for seed in range(4)]


def part(data: bytes, *, length: object = "right", dashes: bytes = b"--") -> bytes:
    shown = len(data) if length == "right" else length
    header = b"" if shown is None else f"Content-Length: {shown}\r\n".encode()
    return dashes + b"cut\r\nContent-Type: image/jpeg\r\n" + header + b"\r\n" + data + b"\r\n"


def read(stream: bytes, step: int | None = None) -> tuple[list[bytes], PartReader]:
    reader = PartReader(b"cut", limit=LIMIT)
    size = step or len(stream) or 1
    found = [picture for at in range(0, len(stream), size) for picture in reader.feed(stream[at : at + size])]
    return found, reader


@pytest.mark.parametrize("step", [None, 1, 7, 500, 1460])
@pytest.mark.parametrize("length", ["right", None, 3])
def test_pictures_come_out_whole_however_they_are_cut(step: int | None, length: object) -> None:
    found, reader = read(b"".join(part(picture, length=length) for picture in PICTURES), step)
    assert found == PICTURES
    assert reader.damaged == 0


@pytest.mark.parametrize("length", ["right", None, 3])
def test_a_picture_is_given_with_its_last_byte_not_with_the_next_boundary(length: object) -> None:
    stream = part(PICTURES[0], length=length)
    assert read(stream[:-2])[0] == [PICTURES[0]]
    assert read(stream[:-3])[0] == []


def test_a_length_that_says_too_much_costs_no_picture() -> None:
    stream = part(PICTURES[0], length=15_000) + part(PICTURES[1]) + part(PICTURES[2], length=10**9) + part(PICTURES[3])
    assert read(stream)[0] == PICTURES


def test_a_torn_part_costs_itself_only() -> None:
    stream = (
        part(PICTURES[0])
        + part(PICTURES[1])[:700]
        + part(PICTURES[2])
        + b"\0noise\xff\xd8\xff" * 50
        + part(PICTURES[3])
    )
    found, reader = read(stream, 333)
    assert found == [PICTURES[0], PICTURES[2], PICTURES[3]]
    assert reader.damaged == 1


@pytest.mark.parametrize("dashes", [b"--", b"----", b"\r\n--"])
def test_cameras_disagree_on_dashes(dashes: bytes) -> None:
    assert read(b"".join(part(picture, dashes=dashes) for picture in PICTURES))[0] == PICTURES


@pytest.mark.parametrize(
    "junk",
    [
        b"x" * 100_000,
        b"--cut" * 30_000,
        b"--cut\r\n" + b"h" * 100_000,
        b"--cut\r\n\r\n\xff\xd8\xff" + b"d" * 100_000,
        b"--cut\r\nContent-Length: 999999999\r\n\r\n" + b"e" * 100_000,
        b"--cut--\r\n",
    ],
)
def test_junk_is_bounded_and_survived(junk: bytes) -> None:
    reader = PartReader(b"cut", limit=LIMIT)
    for at in range(0, len(junk), 1000):
        assert reader.feed(junk[at : at + 1000]) == []
        assert len(reader._buffer) <= LIMIT + 2000
    assert PICTURES[1] in reader.feed(b"\r\n" + part(PICTURES[0]) + part(PICTURES[1]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(range(4)), st.binary(max_size=300)), max_size=8), st.integers(1, 2000))
def test_nothing_is_invented(pieces: list[int | bytes], step: int) -> None:
    """Between any noise, each whole part that follows another whole part comes out, and nothing but sent pictures does."""
    stream = b"".join(part(PICTURES[piece]) if isinstance(piece, int) else piece for piece in pieces)
    found, _ = read(stream, step)
    assert all(picture in PICTURES for picture in found)
    if all(isinstance(piece, int) for piece in pieces):
        assert found == [PICTURES[piece] for piece in pieces if isinstance(piece, int)]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=3000), st.integers(1, 400))
def test_noise_gives_no_picture_and_no_error(noise: bytes, step: int) -> None:
    assert read(noise, step)[0] == []


@pytest.mark.parametrize(
    ("header", "boundary"),
    [
        ("multipart/x-mixed-replace; boundary=frame", b"frame"),
        ('multipart/x-mixed-replace;boundary="--myboundary"', b"myboundary"),
        ("Multipart/X-Mixed-Replace; charset=x; Boundary=a-b; q=1", b"a-b"),
        ("multipart/x-mixed-replace", None),
        ("multipart/x-mixed-replace; boundary=", None),
        ("image/jpeg", None),
        ("", None),
    ],
)
def test_boundaries(header: str, boundary: bytes | None) -> None:
    assert boundary_of(header) == boundary
