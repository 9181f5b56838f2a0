"""The figures and words of the paper, read from `paper.toml`."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import msgspec


class Intake(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bounds of an issuer's file; lengths in mm."""

    max_bytes: int
    max_pages: int
    page_width: float
    page_height: float
    page_tolerance: float


class Raster(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a page becomes a picture."""

    dpi: int
    flate_level: int
    flate_limit: int
    sample_rows: int
    sample_share: int
    jpeg_quality: int


class BlockLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the block; `grey` from 0 (black) to 1. Names in braces are filled once: a brace in a value stays a brace."""

    parts: tuple[str, ...]
    size: float
    grey: float


class Footer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The block with times, serial and code. Lengths in mm, letters and strokes in points."""

    margin: float
    clearance: float
    ink_level: int
    cell: float
    widths: tuple[float, ...]
    padding: float
    gap: float
    leading: float
    frame: float
    frame_grey: float
    corner: float
    qr_module: float
    qr_error: str
    draft_serial: str
    lines: tuple[BlockLine, ...]


class Watermark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The repeated diagonal words. Lengths in mm, letters in points, angle in degrees."""

    text: str
    size: float
    angle: float
    alpha: float
    gap: float
    step: float


class PreviewStyle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page on the screen. `grey` from 0 to 255; `padding` above and below a covered letter, of its height."""

    narrowest: int
    widest: int
    grey: int
    padding: float


class PaperPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of `paper.toml`."""

    time_format: str
    intake: Intake
    raster: Raster
    footer: Footer
    watermark: Watermark
    preview: PreviewStyle

    def local(self, unix: float, timezone: str) -> str:
        """Return a Unix time in seconds as it is written on paper; `timezone` by its IANA name, as in the site's file."""
        return datetime.fromtimestamp(unix, ZoneInfo(timezone)).strftime(self.time_format)


def read(name: str) -> dict[str, Any]:
    """Return the content of a TOML file beside this module."""
    return tomllib.loads(files("kiosk.documents").joinpath(name).read_text("utf-8"))


@cache
def paper_policy() -> PaperPolicy:
    """Return the bundled policy. Raise msgspec.ValidationError when `paper.toml` has a wrong or unknown key."""
    return msgspec.convert(read("paper.toml"), type=PaperPolicy)
