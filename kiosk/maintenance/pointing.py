"""Where touches land: the X server's `Coordinate Transformation Matrix` of the touch panel, read, set through xinput, and kept in a
file that each start applies (the server forgets it with its end, and with the device's).

A matrix turns a device's place into a place on the screen, both in shares of 0 to 1: (x, y, 1) → rows 1 and 2; row 3 is 0 0 1.
Source: X.Org `xf86-input-libinput(4)`, wiki.x.org "XInputCoordinateTransformationMatrixUsage".
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drivers.link.within import within

_log = logging.getLogger("kiosk.maintenance")

PROPERTY = "Coordinate Transformation Matrix"
Matrix = tuple[float, float, float, float, float, float, float, float, float]
STRAIGHT: Matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
Point = tuple[float, float]

_SECONDS = 3.0
_KEPT = "touch_matrix.json"


@dataclass(frozen=True)
class TouchDevice:
    """A touch panel that the X server knows: its number there, its name, its matrix now."""

    id: str
    name: str
    matrix: Matrix


class CannotPoint(Exception):
    """There is no xinput, no X server that answers it, or no touch panel on it; says which."""


async def touch_devices() -> list[TouchDevice]:
    """Return the touch panels of the display. Raise CannotPoint."""
    listed = await _xinput("list", "--long")
    found = []
    for block in re.split(r"\n(?=\S)", listed):
        head = re.match(r"\W*(?P<name>.+?)\s+id=(?P<id>\d+)\s+\[slave", block)
        if head is None or "Touch mode: direct" not in block:
            continue
        props = await _xinput("list-props", head["id"])
        line = next((each for each in props.splitlines() if PROPERTY in each), None)
        if line is not None:
            found.append(TouchDevice(head["id"], head["name"].strip(), _matrix(line.rsplit(":", 1)[1].split(","))))
    if not found:
        raise CannotPoint("no_panel")
    return found


async def set_matrix(device: TouchDevice, matrix: Matrix) -> None:
    """Let touches of this device land so from now on. Raise CannotPoint."""
    await _xinput("set-prop", device.id, PROPERTY, *(f"{number:.6f}" for number in matrix))


async def _xinput(*arguments: str) -> str:
    program = shutil.which("xinput")
    if program is None or not os.environ.get("DISPLAY"):
        raise CannotPoint("no_xinput")
    try:
        process = await asyncio.create_subprocess_exec(
            program, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
    except OSError:
        raise CannotPoint("no_xinput") from None
    try:
        out, _ = await within(_SECONDS, process.communicate())
    except TimeoutError:
        process.kill()
        raise CannotPoint("no_server") from None
    if process.returncode != 0:
        raise CannotPoint("no_server")
    return out.decode("utf-8", "replace")


def _matrix(numbers: Sequence[str | float]) -> Matrix:
    a, b, c, d, e, f, g, h, i = (float(number) for number in numbers)
    return a, b, c, d, e, f, g, h, i


# --- what a correction is


def correction(wanted: Sequence[Point], touched: Sequence[Point], before: Matrix) -> Matrix:
    """Return the matrix with which touches that landed at `touched` (shares of the panel, at least three, not on one line) land as
    near to `wanted` as an even stretch, turn and shift can bring them (least squares). `before` was in force meanwhile."""
    landed = np.array([(x, y, 1.0) for x, y in touched])
    solved, _, rank, _ = np.linalg.lstsq(landed, np.array(wanted), rcond=None)
    if rank < 3:
        raise ValueError("touched: three places that are not on one line are needed")
    turn = np.vstack([solved.T, (0.0, 0.0, 1.0)])
    return _matrix((turn @ np.array(before).reshape(3, 3)).flatten().tolist())


def moved(points: Sequence[Point], matrix: Matrix, before: Matrix) -> list[Point]:
    """Return where touches that landed at `points` under `before` would land under `matrix`."""
    change = np.array(matrix).reshape(3, 3) @ np.linalg.inv(np.array(before).reshape(3, 3))
    return [tuple((change @ (x, y, 1.0))[:2].tolist()) for x, y in points]


# --- what is kept


def keep(folder: Path, device: TouchDevice, matrix: Matrix) -> None:
    """Remember a panel's matrix for the next start, by its name. Raise OSError."""
    known = {**kept(folder), device.name: matrix}
    whole = folder / f"{_KEPT}.new"
    whole.write_text(json.dumps(known, ensure_ascii=False, indent=1), "utf-8")
    whole.replace(folder / _KEPT)


def kept(folder: Path) -> dict[str, Matrix]:
    """Return what was kept, by the panel's name; nothing where the file is not there or is not one of ours."""
    try:
        found = json.loads((folder / _KEPT).read_text("utf-8"))
        return {str(name): _matrix(numbers) for name, numbers in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        _log.error("%s cannot be read (%s): touches land as the X server has it", folder / _KEPT, type(error).__name__)
        return {}


async def apply_kept(folder: Path) -> int:
    """Set what was kept on the panels that are there; return on how many."""
    known = kept(folder)
    if not known:
        return 0
    try:
        there = [device for device in await touch_devices() if device.name in known]
        for device in there:
            await set_matrix(device, known[device.name])
    except CannotPoint as error:
        _log.warning("the touch panel's matrix cannot be set (%s)", error)
        return 0
    return len(there)
