"""What a document camera sees: a desk, invented sheets that lie on it, a hand; and where the sheets' corners truly are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

PX_A_MM = 8.0
"""Of a sheet's own picture, before it is laid."""

SHEETS: dict[str, tuple[float, float]] = {
    "form": (297.0, 210.0),  # ISO 216 A4, lying across
    "blank": (297.0, 210.0),
    "booklet": (210.0, 148.0),  # A5
    "card": (85.6, 54.0),  # ISO/IEC 7810 ID-1
    "slip": (80.0, 160.0),  # a cash register's roll
}
"""Kinds of sheets: width and height in mm."""

_DESKS = {"dark": (46, 52), "light": (186, 192), "white": (222, 222)}
"""Grey of the desk's grain, darkest and lightest."""

_PAPER = (244, 246, 246)
_SKIN = (138, 164, 214)


@dataclass(frozen=True)
class Laid:
    """A sheet on the desk: its centre in mm from the desk's middle (x to the right, y towards the visitor), turned clockwise."""

    kind: str
    x: float = 0.0
    y: float = 0.0
    degrees: float = 0.0


@dataclass(frozen=True)
class Desk:
    """The picture in pixels, the desk that it shows in mm, and how far the camera looks askew (share of the width, each side)."""

    width: int
    height: int
    area_mm: tuple[float, float]
    colour: str = "dark"
    askew: float = 0.012

    def camera(self) -> Any:
        """The 3 × 3 matrix from millimetres on the desk (origin in its middle) to pixels."""
        half_x, half_y = self.area_mm[0] / 2, self.area_mm[1] / 2
        desk = np.array([(-half_x, -half_y), (half_x, -half_y), (half_x, half_y), (-half_x, half_y)], np.float32)
        inset = self.askew * self.width
        right, below = self.width - 1.0, self.height - 1.0
        seen = np.array([(inset, 0), (right - inset, 0), (right + inset, below), (-inset, below)], np.float32)
        return cv2.getPerspectiveTransform(desk, seen)


def corners(desk: Desk, laid: Laid) -> Any:
    """Where a sheet's corners truly are, 4 × 2 pixels: its own top left, top right, bottom right, bottom left."""
    width, height = SHEETS[laid.kind]
    own = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64) * PX_A_MM - 0.5
    return cv2.perspectiveTransform(own.reshape(1, 4, 2), _placing(desk, laid))[0]


def draw(desk: Desk, sheets: tuple[Laid, ...], *, hand: bool = False, blur_mm: float = 0.0) -> Any:
    """Return the picture: height × width × 3 bytes, BGR, without a sensor's noise."""
    picture = _bare(desk).copy()
    for laid in sheets:
        _lay(picture, desk, laid)
    if hand:
        _reach_in(picture, desk, sheets[0] if sheets else Laid("form"))
    picture = _lit(picture)
    sigma = max(0.6, blur_mm * desk.width / desk.area_mm[0])
    return cv2.GaussianBlur(picture, (0, 0), sigma)


def _placing(desk: Desk, laid: Laid) -> Any:
    """From a sheet's own pixels to the picture's."""
    width, height = SHEETS[laid.kind]
    turn = math.radians(laid.degrees)
    cos, sin = math.cos(turn), math.sin(turn)
    to_mm = np.diag((1 / PX_A_MM, 1 / PX_A_MM, 1.0))
    to_middle = np.array([(1, 0, -width / 2), (0, 1, -height / 2), (0, 0, 1)])
    on_desk = np.array([(cos, -sin, laid.x), (sin, cos, laid.y), (0, 0, 1)])
    return desk.camera() @ on_desk @ to_middle @ to_mm


def _lay(picture: Any, desk: Desk, laid: Laid) -> None:
    own = sheet(laid.kind)
    placing, size = _placing(desk, laid), (desk.width, desk.height)
    there = cv2.warpPerspective(np.full(own.shape[:2], 255, np.uint8), placing, size)
    scale = desk.width / desk.area_mm[0]
    shifted = np.array([(1, 0, 0.6 * scale), (0, 1, 0.9 * scale)], np.float32)
    shadow = cv2.GaussianBlur(cv2.warpAffine(there, shifted, size), (0, 0), 1.2 * scale)
    picture[:] = (picture * (1 - 0.35 / 255 * shadow[..., None])).astype(np.uint8)
    moved = cv2.warpPerspective(own, placing, size, flags=cv2.INTER_LINEAR)
    cv2.copyTo(moved, (there > 127).astype(np.uint8), picture)


def _reach_in(picture: Any, desk: Desk, laid: Laid) -> None:
    """A forearm from the visitor's side, its fingers on the sheet's near edge."""
    low = corners(desk, laid)[2:].mean(0)
    scale = desk.width / desk.area_mm[0]
    x, y = low[0] + 20 * scale, low[1]
    wrist = np.array(
        [(x - 34 * scale, desk.height), (x + 34 * scale, desk.height), (x + 40 * scale, y), (x - 40 * scale, y)]
    )
    cv2.fillConvexPoly(picture, wrist.astype(np.int32), _SKIN)
    for finger in range(4):
        at = int(x + (finger - 1.5) * 19 * scale)
        tip = int(y - (34 + 6 * (finger % 3)) * scale)
        cv2.line(picture, (at, int(y)), (at, tip), _SKIN, max(1, int(15 * scale)), cv2.LINE_AA)


@lru_cache(maxsize=4)
def _bare(desk: Desk) -> Any:
    """The desk: grain that runs across it, another one each time for nobody."""
    darkest, lightest = _DESKS[desk.colour]
    grain = np.random.default_rng(7).normal(0, 1, (max(1, desk.height // 3), max(1, desk.width // 40)))
    grain = cv2.GaussianBlur(cv2.resize(grain, (desk.width, desk.height), interpolation=cv2.INTER_CUBIC), (0, 0), 1.5)
    grain = np.clip((grain - grain.min()) / (np.ptp(grain) or 1), 0, 1)
    grey = darkest + grain * (lightest - darkest)
    tint = (0.92, 0.98, 1.0) if desk.colour == "light" else (1.0, 1.0, 1.0)
    return np.stack([grey * each for each in tint], axis=-1).astype(np.uint8)


def _lit(picture: Any) -> Any:
    """A lamp above the far left: a tenth less light at the near right."""
    height, width = picture.shape[:2]
    across = np.linspace(1.0, 0.95, width, dtype=np.float32)
    along = np.linspace(1.0, 0.95, height, dtype=np.float32)
    return (picture * (along[:, None] * across[None, :])[..., None]).astype(np.uint8)


@lru_cache(maxsize=8)
def sheet(kind: str) -> Any:
    """A sheet's own picture at PX_A_MM: nobody's data, only the look of print. Raise KeyError for an unknown kind."""
    width_mm, height_mm = SHEETS[kind]
    width, height = int(width_mm * PX_A_MM), int(height_mm * PX_A_MM)
    paper = np.full((height, width, 3), _PAPER, np.uint8)
    if kind == "blank":
        return paper
    if kind == "card":
        paper[:] = (226, 214, 190)
        cv2.rectangle(
            paper, (int(width * 0.62), int(height * 0.18)), (int(width * 0.92), int(height * 0.72)), (170, 150, 130), -1
        )
    margin, line = int(0.07 * width), int(9 * PX_A_MM if kind in ("form", "booklet") else 6 * PX_A_MM)
    cv2.putText(
        paper,
        "SPECIMEN",
        (margin, margin + line // 2),
        cv2.FONT_HERSHEY_DUPLEX,
        line / 40,
        (40, 40, 40),
        3,
        cv2.LINE_AA,
    )
    for at, y in enumerate(range(margin + 2 * line, height - margin, line)):
        text = "".join(chr(65 + (at * 7 + letter * 5) % 26) for letter in range(12 + at % 5))
        cv2.putText(paper, text, (margin, y), cv2.FONT_HERSHEY_SIMPLEX, line / 60, (50, 50, 50), 2, cv2.LINE_AA)
    if kind == "form":
        left, top, right, bottom = int(width * 0.52), int(height * 0.2), int(width * 0.94), int(height * 0.85)
        for row in range(7):
            cv2.line(
                paper,
                (left, top + row * (bottom - top) // 6),
                (right, top + row * (bottom - top) // 6),
                (60, 60, 60),
                3,
            )
        for column in (left, (left + right) // 2, right):
            cv2.line(paper, (column, top), (column, bottom), (60, 60, 60), 3)
        cv2.circle(paper, (int(width * 0.8), int(height * 0.75)), int(20 * PX_A_MM), (60, 60, 200), 6, cv2.LINE_AA)
    return paper
