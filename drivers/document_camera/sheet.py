"""Where sheets of paper lie in a picture, to about a pixel.

Coarse: outlines in a small copy of the picture, by brightness (Otsu) and by edges (Canny, for white paper on a light desk); an
outer outline with four corners (approxPolyDP) may be a sheet. Fine: in the full picture each of its four sides is looked for
along perpendiculars, a straight line is laid through them, and the corners are where the lines meet. A side that is not seen
along nearly its whole length is no side: a hand lies over it, or it is a shadow. An outline that reaches the picture's border
has no four corners.

Source: OpenCV documentation (threshold, Canny, findContours, approxPolyDP, fitLine).
"""

from __future__ import annotations

from typing import Any

import cv2
import msgspec
import numpy as np


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts as a sheet. Shares are of the picture's area, or of a side's length. Tried on the emulator's desks and sheets."""

    coarse_width: int = 648  # of the small copy: four pixels of a 5-megapixel camera in one
    least_area: float = 0.02  # an ID-1 card on an A3 desk takes 0.035
    most_area: float = 0.97
    border: float = 0.004  # of the width: nearer than this to the border, a corner may lie outside
    fill: float = 0.9  # of the four-cornered shape that the outline must fill
    side_seen: float = 0.9  # of each side
    least_step: float = 5.0  # grey levels between paper and desk; a sensor's noise is 2
    desk_differs: float = (
        24.0  # grey levels that the desk beside a sheet may be off the desk at the rim: light falls off
    )
    straight_px: float = 3.0  # how far a side may leave its straight line: a lens bends it a little
    least_angle: float = 60.0  # degrees at each corner: a camera above looks a little askew, not more


_CANNY = ((120, 40), (60, 20), (24, 8))
"""From strong edges to weak ones: on a dark desk the weak ones are grain, on a white one they are the sheet."""

_REACHES = (2.0, 5.0)
"""Pixels of the small copy in which a side is looked for; farther only when it is not near, for print lies within."""

_SAMPLES = 96
"""Perpendiculars on each side."""
_CORNER_SHARE = 0.012
"""Of a side at each end where no perpendicular stands: corners are rounded, dog-eared."""


def find(grey: Any, rules: Rules) -> list[Any]:
    """Return the sheets in a grey picture (height × width bytes), each 4 × 2 floats: pixels, in the order of `ordered`."""
    height, width = grey.shape
    scale = max(1.0, width / rules.coarse_width)
    small = cv2.resize(grey, (round(width / scale), round(height / scale)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (5, 5), 0)
    desk = _desk(small)
    found: list[Any] = []
    for mask in _masks(small):
        for quad in _quads(mask, rules):
            full = (quad + 0.5) * (width / small.shape[1], height / small.shape[0]) - 0.5
            if any(_inside(full, other) for other in found):
                continue
            reaches = (pixels * scale + 6 for pixels in _REACHES)
            fine = next(
                (each for reach in reaches if (each := refine(grey, full, rules, reach=reach)) is not None), None
            )
            if fine is None or abs(_surroundings(grey, fine) - desk) > rules.desk_differs:
                continue
            if not any(_inside(fine, other) for other in found):
                found = [other for other in found if not _inside(other, fine)] + [fine]
    return found


def _desk(small: Any) -> float:
    """The desk's grey: that of most of the picture's rim."""
    rim = max(1, small.shape[1] // 50)
    strips = small[:rim], small[-rim:], small[:, :rim], small[:, -rim:]
    return float(np.median(np.concatenate([strip.ravel() for strip in strips])))


def _surroundings(grey: Any, quad: Any) -> float:
    """The grey just outside of a shape: round a sheet the desk's, round a picture on a sheet the paper's."""
    middle = quad.mean(0)
    outside = middle + (quad - middle) * (1 + 0.012 * grey.shape[1] / np.hypot(*(quad - middle).T).min())
    places = np.linspace(0.05, 0.95, 24)
    points = np.concatenate([outside[at - 1] + places[:, None] * (outside[at] - outside[at - 1]) for at in range(4)])
    columns = np.clip(np.rint(points[:, 0]).astype(int), 0, grey.shape[1] - 1)
    rows = np.clip(np.rint(points[:, 1]).astype(int), 0, grey.shape[0] - 1)
    return float(np.median(grey[rows, columns]))


def _masks(small: Any) -> list[Any]:
    kernel = np.ones((3, 3), np.uint8)
    _, bright = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    opened = cv2.morphologyEx(bright, cv2.MORPH_OPEN, kernel)
    return [opened, *(cv2.dilate(cv2.Canny(small, high, low), kernel) for high, low in _CANNY)]


def _quads(mask: Any, rules: Rules) -> list[Any]:
    """Outer outlines with four corners and of a sheet's size; 4 × 2 floats each."""
    height, width = mask.shape
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    quads = []
    for outline in outlines:
        area = cv2.contourArea(outline)
        if not rules.least_area <= area / (width * height) <= rules.most_area:
            continue
        left, top, wide, high = cv2.boundingRect(outline)
        if left <= 1 or top <= 1 or left + wide >= width - 1 or top + high >= height - 1:
            continue
        hull = cv2.convexHull(outline)
        shape = cv2.approxPolyDP(hull, 0.02 * cv2.arcLength(hull, True), True)
        if len(shape) == 4 and area >= rules.fill * cv2.contourArea(shape):
            quads.append(ordered(shape.reshape(4, 2).astype(np.float64)))
    return quads


def ordered(corners: Any) -> Any:
    """Top left, top right, bottom right, bottom left: clockwise as seen (y runs down), from the one nearest to the top left."""
    middle = corners.mean(0)
    clockwise = corners[np.argsort(np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0]))]
    return np.roll(clockwise, -int(np.argmin(clockwise.sum(1))), axis=0)


def refine(grey: Any, quad: Any, rules: Rules, *, reach: float) -> Any | None:
    """Return the corners to about a pixel, None when these are not a sheet's sides. `reach`: pixels to look for a side."""
    for each in (reach, max(4.0, reach / 3)):
        seen = (_side(grey, quad[at], quad[(at + 1) % 4], each, rules) for at in range(4))
        lines = [line for line in seen if line is not None]
        if len(lines) < 4:
            return None
        meeting = [_meet(lines[at - 1], lines[at]) for at in range(4)]
        if any(corner is None for corner in meeting):
            return None
        quad = np.array(meeting)
    return quad if _plausible(quad, grey.shape, rules) else None


def _side(grey: Any, begin: Any, end: Any, reach: float, rules: Rules) -> tuple[Any, Any] | None:
    """The straight line along which the picture steps from desk to paper, as (point, direction); None when it is not all there."""
    along = end - begin
    length = float(np.hypot(*along))
    if length < 8 * rules.straight_px:
        return None
    inward = np.array((-along[1], along[0])) / length
    steps = np.arange(-round(reach) - 2, round(reach) + 3)
    places = np.linspace(_CORNER_SHARE, 1 - _CORNER_SHARE, _SAMPLES)
    points = begin + places[:, None] * along
    grid = (points[:, None, :] + steps[None, :, None] * inward).astype(np.float32)
    profile = cv2.remap(grey, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(
        np.float32
    )
    # The difference of the means over four pixels on either side: an edge that is out of focus is still one step.
    sums = np.cumsum(profile, axis=1)
    step = (sums[:, 8:] - 2 * sums[:, 4:-4] + sums[:, :-8]) / 4
    step = step if step.mean() >= 0 else -step
    best = step.argmax(1)
    strong = step[np.arange(_SAMPLES), best] >= rules.least_step
    if strong.mean() < rules.side_seen:
        return None
    offsets = steps[4:-4][best] + 0.5 + _peak(step, best)
    found = points + offsets[:, None] * inward
    line = _line(found[strong])
    for _ in range(2):
        near = strong & (np.abs(_distance(found, line)) <= rules.straight_px)
        if near.mean() < rules.side_seen:
            return None
        line = _line(found[near])
    return line


def _peak(step: Any, best: Any) -> Any:
    """Where between the pixels the step is steepest: the top of the parabola through three values, -0.5 to 0.5."""
    rows = np.arange(len(best))
    inner = np.clip(best, 1, step.shape[1] - 2)
    before, here, after = step[rows, inner - 1], step[rows, inner], step[rows, inner + 1]
    bend = before - 2 * here + after
    shift = np.where(np.abs(bend) > 1e-6, 0.5 * (before - after) / np.where(np.abs(bend) > 1e-6, bend, 1), 0)
    return np.where(best == inner, np.clip(shift, -0.5, 0.5), 0)


def _line(points: Any) -> tuple[Any, Any]:
    dx, dy, x, y = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    return np.array((x, y), np.float64), np.array((dx, dy), np.float64)


def _distance(points: Any, line: tuple[Any, Any]) -> Any:
    off = points - line[0]
    return off[:, 0] * line[1][1] - off[:, 1] * line[1][0]


def _meet(one: tuple[Any, Any], other: tuple[Any, Any]) -> Any | None:
    across = one[1][0] * other[1][1] - one[1][1] * other[1][0]
    if abs(across) < 0.1:
        return None
    off = other[0] - one[0]
    return one[0] + one[1] * ((off[0] * other[1][1] - off[1] * other[1][0]) / across)


def _plausible(quad: Any, shape: tuple[int, int], rules: Rules) -> bool:
    height, width = shape
    margin = rules.border * width
    inside = (
        (quad >= margin).all()
        and (quad[:, 0] <= width - 1 - margin).all()
        and (quad[:, 1] <= height - 1 - margin).all()
    )
    area = cv2.contourArea(quad.astype(np.float32)) / (width * height)
    sides = np.roll(quad, -1, axis=0) - quad
    sides /= np.hypot(sides[:, 0], sides[:, 1])[:, None]
    straightness = np.abs((sides * np.roll(sides, 1, axis=0)).sum(1)).max()
    return bool(
        inside and rules.least_area <= area <= rules.most_area and straightness <= np.cos(np.radians(rules.least_angle))
    )


def _inside(one: Any, other: Any) -> bool:
    """Whether the middle of one shape lies in the other: two looks at one sheet, or something printed on it."""
    middle = tuple(float(each) for each in one.mean(0))
    return cv2.pointPolygonTest(other.astype(np.float32), middle, False) >= 0
