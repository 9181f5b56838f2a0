"""Which characters a font has: as fontTools reads it, from real fonts; and bad files are refused, never waited for."""

from __future__ import annotations

import contextlib
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.emulators.receipt_paper import find_font
from drivers.receipt_printer import coverage as reader
from drivers.receipt_printer.coverage import coverage

NOTO, FACE = find_font()


def points(bits: bytes) -> set[int]:
    return {point for point in range(len(bits) * 8) if bits[point // 8] >> point % 8 & 1}


def test_a_face_of_a_collection_is_read_as_fonttools_reads_it() -> None:
    assert points(coverage(str(NOTO), FACE)) == set(TTFont(NOTO, fontNumber=FACE, lazy=True).getBestCmap())


def test_the_short_map_is_read_as_fonttools_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Format 4, as fonts without rare characters have it."""
    monkeypatch.setattr(reader, "_UNICODE", {(3, 1): 4})
    with TTFont(NOTO, fontNumber=FACE, lazy=True) as font:
        assert points(coverage(str(NOTO), FACE)) == set(font["cmap"].getcmap(3, 1).cmap)


def test_a_face_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="face 99"):
        coverage(str(NOTO), 99)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A font of a character map alone, some characters of it rare."""
    builder = FontBuilder(unitsPerEm=1000)
    builder.setupGlyphOrder([".notdef", *(f"g{number}" for number in range(40))])
    builder.setupCharacterMap({0x4E00 + 7 * number: f"g{number}" for number in range(30)} | {0x20BB7: "g30"})
    cmap = builder.font["cmap"].compile(builder.font)
    path = tmp_path_factory.mktemp("fonts") / "small.otf"
    path.write_bytes(b"OTTO" + struct.pack(">4H4s3I", 1, 0, 0, 0, b"cmap", 0, 28, len(cmap)) + cmap)
    return path


def test_the_smallest_font(small: Path) -> None:
    assert points(coverage(str(small))) == {0x4E00 + 7 * number for number in range(30)} | {0x20BB7}


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_changed_or_torn_file_is_read_or_refused(small: Path, data: st.DataObject) -> None:
    raw = bytearray(small.read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, 200) | st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    torn = small.with_name("torn.otf")
    torn.write_bytes(raw[: data.draw(st.integers(0, len(raw)) | st.just(len(raw)))])
    with contextlib.suppress(ValueError):
        assert len(coverage(str(torn))) == 0x110000 // 8


@settings(max_examples=100, deadline=None)
@given(raw=st.binary(max_size=300))
def test_any_bytes_are_refused(small: Path, raw: bytes) -> None:
    path = small.with_name("bytes")
    path.write_bytes(raw)
    with pytest.raises(ValueError, match=r"\w"):
        coverage(str(path))


@pytest.mark.parametrize("parser", ["fontTools", "asyncio"])
def test_a_host_does_not_carry_what_it_has_no_use_for(parser: str) -> None:
    """24 MB of a host that has 25 were parsed fonts; asyncio is 2 MB in each host."""
    code = "import sys, drivers.host, drivers.receipt_printer.escpos; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert "drivers.receipt_printer.coverage" in ran.stdout.split()
    assert parser not in ran.stdout.split()
